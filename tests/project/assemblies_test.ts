import assert from "node:assert/strict";
import { isUnituneError } from "../../lib/core/errors.ts";
import { Assemblies } from "../../lib/project/assemblies.ts";
import { image } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";

/** Runs with a folder for temporary files that nobody else uses, and returns what is left there. */
async function leftIn(work: (temporary: string) => Promise<void>): Promise<string[]> {
  const temporary = await Deno.makeTempDir(), before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", temporary);
  try {
    await work(temporary);
    return Array.from(Deno.readDirSync(temporary), ({ name }) => name);
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    await Deno.remove(temporary, { recursive: true });
  }
}

Deno.test("an assembly lies in a folder that only its owner may read, whose name cannot be guessed, until it is closed", async () => {
  const left = await leftIn(async (temporary) => {
    const one = new Assemblies(smallest()), other = new Assemblies(smallest());
    const folders = [await one.folder(), await other.folder()];
    for (const folder of folders) {
      assert.ok(folder.startsWith(`${temporary}/unitune-assembly-`), folder);
      assert.match(folder, /-[0-9a-f]{8,}$/);
      if (Deno.build.os !== "windows") assert.equal(Deno.statSync(folder).mode! & 0o777, 0o700);
    }
    assert.notEqual(folders[0], folders[1]);
    await Promise.all([one.close(), other.close()]);
  });
  assert.deepEqual(left, []);
});

Deno.test("an assembly that cannot be made leaves no folder", async () => {
  const left = await leftIn(async () => {
    const images = Array.from({ length: 600 }, (_, at) => image(`image-${at}`));
    const assemblies = new Assemblies(smallest({ images }));
    const error = await assemblies.folder().catch((error) => error);
    assert.ok(isUnituneError(error) && error.code === "STACK_TOO_LARGE", String(error));
    await assemblies.close();
  });
  assert.deepEqual(left, []);
});

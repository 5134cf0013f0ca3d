/** A process of its own for each case: folders are swept once a process. */
import assert from "node:assert/strict";

const MODULE = new URL("../../lib/adapters/temporary.ts", import.meta.url).href;

async function create(tmp: string): Promise<string> {
  const code = `import { temporaryFolder } from "${MODULE}"; console.log(temporaryFolder("assembly"));`;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", code],
    env: { TMPDIR: tmp },
    stderr: "inherit",
  }).output();
  assert.ok(success);
  return new TextDecoder().decode(stdout).trim();
}

Deno.test({
  name: "folders of processes that have ended are deleted by the next, and nobody else's",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const tmp = await Deno.makeTempDir();
    try {
      const left = await create(tmp);
      await Deno.writeTextFile(`${left}/manifest.json`, "{}");
      const name = left.split("/").at(-1)!, [, , space] = name.split("-");
      const live = `unitune-assembly-${space}-${Deno.pid}-abc`, elsewhere = `unitune-assembly-1-999999999-abc`;
      for (const other of [live, elsewhere, "unitune-notes", "other"]) await Deno.mkdir(`${tmp}/${other}`);
      const next = await create(tmp);
      const found = (await Array.fromAsync(Deno.readDir(tmp))).map(({ name }) => name).sort();
      assert.deepEqual(found, [live, elsewhere, "unitune-notes", "other", next.split("/").at(-1)!].sort());
    } finally {
      await Deno.remove(tmp, { recursive: true });
    }
  },
});

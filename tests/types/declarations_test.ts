/** The types that `unitune init` writes for editors. */
import assert from "node:assert/strict";
import { DECLARATIONS, declarations } from "../../.ci/declarations.ts";

const root = new URL("../../", import.meta.url).pathname;

Deno.test("the editor's types match the sources, including every rejection", async () => {
  assert.equal(await Deno.readTextFile(DECLARATIONS), declarations(), "deno task declarations writes them again");
  const folder = await Deno.makeTempDir({ prefix: "unitune-types-" });
  try {
    await Deno.copyFile(`${root}tests/types/config_types.ts`, `${folder}/config_types.ts`);
    await Deno.copyFile(DECLARATIONS, `${folder}/unitune.d.ts`);
    await Deno.writeTextFile(`${folder}/deno.json`, '{ "imports": { "unitune/config": "./unitune.d.ts" } }');
    const check = new Deno.Command(Deno.execPath(), { args: ["check", "config_types.ts"], cwd: folder });
    const { code, stderr } = await check.output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

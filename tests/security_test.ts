/** SECURITY.md names the tests that hold each wall. */
import assert from "node:assert/strict";

const root = new URL("../", import.meta.url);
const text = await Deno.readTextFile(new URL("SECURITY.md", root));

Deno.test("each test that SECURITY.md names exists, and each wall has one", async () => {
  const named = [...new Set(text.match(/tests\/[\w/.-]+_test\.ts/g))];
  assert.ok(named.length > 20, `${named.length} tests are named`);
  for (const path of named) assert.ok((await Deno.stat(new URL(path, root))).isFile, path);
  const walls = text.split(/^### /m).slice(1);
  assert.ok(walls.length >= 7);
  for (const wall of walls) assert.match(wall, /`tests\/[\w/.-]+_test\.ts`/, wall.split("\n")[0]);
});

Deno.test("the number of kinds that SECURITY.md tells is that of the hostile configs", async () => {
  const { HOSTILE } = await import("./adapters/config/hostile/mod.ts");
  const kinds = new Set(HOSTILE.map(({ kind }) => kind)).size;
  assert.match(text, new RegExp(`Hostile configs of ${kinds} kinds`));
});

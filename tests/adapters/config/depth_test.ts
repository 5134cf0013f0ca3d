import assert from "node:assert/strict";
import { isTooDeep } from "../../../lib/adapters/config/depth.ts";

/** Each overflows a parser's stack, or would with some more. */
const DEEP: Readonly<Record<string, string>> = {
  brackets: "[".repeat(201),
  functions: "() => { return ".repeat(201),
  templates: "`${".repeat(201),
  arrows: "a => ".repeat(600),
  types: `type A = ${"B<".repeat(600)}`,
  signs: "!".repeat(1_001),
  "lines of an expression": "a =>\n".repeat(600),
  "brackets behind what looks like a comment": `const a = "//"; ${"[".repeat(201)}`,
  "brackets in a template's line that looks like a comment": "`\n// ${" + "[".repeat(201),
  "brackets after a template that ends in what looks like a comment": "`\n// `, " + "[".repeat(201),
};

for (const [what, source] of Object.entries(DEEP)) {
  Deno.test(`${what} are too deep`, () => assert.equal(isTooDeep(source), true));
}

Deno.test("what people write is not: long files without semicolons, banners, comments", async () => {
  const sources = [
    "const a = { b: [1, 2, 3], c: image({}) }\n".repeat(2_000),
    `${"/".repeat(2_000)}\n`,
    "// a comment of many words that go on and on without any comma\n".repeat(500),
    await Deno.readTextFile(new URL("../../../unitune.config.ts", import.meta.url)),
    await Deno.readTextFile(new URL("../../../lib/adapters/config/evaluate.ts", import.meta.url)),
  ];
  for (const source of sources) assert.equal(isTooDeep(source), false, source.slice(0, 80));
});

/** The names, imports and exports of a parsed module. */
import assert from "node:assert/strict";
import { parse } from "acorn";
import { exportsIn, importsOf, namesIn } from "../../../lib/config/source/nodes.ts";

const parsed = (text: string) => parse(text, { ecmaVersion: "latest", sourceType: "module" });

Deno.test("imports and re-exports have the original and the local name, with the place", () => {
  const text = 'import a, { b as c, "d-e" as e } from "x";\nimport * as f from "y";\nexport { g as h } from "z";\n' +
    'export * from "u";\nexport * as all from "v";\nimport "w";';
  assert.deepEqual(importsOf(parsed(text)).map(namesIn), [
    [{ name: "a", local: "a", at: 7 }, { name: "b", local: "c", at: 12 }, { name: "d-e", local: "e", at: 20 }].map(
      (one, at) => at === 0 ? { ...one, name: "default" } : one,
    ),
    [{ name: "*", local: "f", at: text.indexOf("* as f") }],
    [{ name: "g", local: "h", at: text.indexOf("g as h") }],
    [],
    [{ name: "*", local: "all", at: text.indexOf("all") }],
    [],
  ]);
});

Deno.test("exports are found in every form, with the local name of those that have one", () => {
  const text = "const t = 1;\nexport { t as train };\nexport const { a, b: [c], ...d } = {}, e = 1;\n" +
    "export function f() {}\nexport class G {}\nexport default {};\nexport { x } from 'y';\nexport * as z from 'y';";
  assert.deepEqual(
    [...exportsIn(parsed(text))],
    [
      ["train", "t"],
      ["a", "a"],
      ["c", "c"],
      ["d", "d"],
      ["e", "e"],
      ["f", "f"],
      ["G", "G"],
      ["default", undefined],
      ["x", undefined],
      ["z", undefined],
    ],
  );
});

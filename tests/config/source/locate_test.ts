import assert from "node:assert/strict";
import { parse } from "acorn";
import type { Path } from "../../../lib/config/issues.ts";
import { locate, type SourceModule } from "../../../lib/config/source/locate.ts";

const parsed = (text: string) => parse(text, { ecmaVersion: "latest", sourceType: "module" });

/** The text at the place of a path, up to the end of its word. */
function at(text: string, path: Path): string | undefined {
  const module: SourceModule = { file: "a.ts", text, program: parsed(text), imports: [], exports: new Map() };
  const place = locate(new Map([["a.ts", module]]), "a.ts", path);
  return place && text.split("\n")[place.line - 1]?.slice(place.column - 1).match(/^[\w$-]+|^"[^"]*"|^./)?.[0];
}

Deno.test("a key is found in nested literals, after strings, templates and regular expressions that look like it", () => {
  const text =
    'const r = /[/}]{b:/g, s = "{ b: 1 }"; // { b: }\nexport default f({ a: { x: `${"}"}b: ${{ b: 2 }.b}`, "b": 1 } });';
  assert.equal(at(text, ["a", "b"]), '"b"');
});

Deno.test("names, shorthands, spreads, parentheses and members are followed", () => {
  const text = [
    "const shared = { disk: 1 }, both = { one: { ...shared, gpu: 2 } };",
    "const pools = { train: both.one, ...(both) };",
    "export default defineConfig({ name: 1, pools });",
  ].join("\n");
  assert.equal(at(text, ["pools", "train", "disk"]), "disk");
  assert.equal(at(text, ["pools", "one", "gpu"]), "gpu");
});

Deno.test("functions are followed: arrows, blocks, declarations, calls", () => {
  assert.equal(at("export default defineConfig(({ stage }) => ({ region: stage }));", ["region"]), "region");
  assert.equal(at("export default defineConfig(c => { const x = 1; return { region: x }; });", ["region"]), "region");
  assert.equal(
    at("function make(n) { return cpuPool({ disk: n }); }\nexport default f({ a: make({ disk: 1 }) });", [
      "a",
      "disk",
    ]),
    "disk",
  );
  assert.equal(at("export default f(function () { return { region: 1 } });", ["region"]), "region");
});

Deno.test("elements of a list are found, but not after a spread", () => {
  assert.equal(at("export default f({ a: [x, (y, z), w] });", ["a", 2]), "w");
  assert.equal(at("export default f({ a: [...x, w] });", ["a", 1]), "a");
});

Deno.test("if a key cannot be followed, the place is that of the last key found", () => {
  assert.equal(at("export default f({ cluster: load() });", ["cluster", "endpoint"]), "cluster");
  assert.equal(at("export default f({ [key]: 1, cluster: {} });", ["cluster", "endpoint"]), "cluster");
  assert.equal(at("export default f({});", ["cluster", "endpoint"]), "f");
  assert.equal(at("export const config = f({});", ["cluster"]), undefined);
});

Deno.test("circular names are not followed forever", () => {
  assert.equal(at("const a = b, b = a;\nexport default f({ pools: a });", ["pools", "x"]), "pools");
  assert.equal(at("const a = { ...a };\nexport default f({ pools: a });", ["pools", "x"]), "pools");
});

Deno.test("names are followed into the modules that they are imported from", () => {
  const text = "const t = { disk: 1 };\nexport { t as train };\nexport default { region: 2 };";
  const shared: SourceModule = {
    file: "b.ts",
    text,
    program: parsed(text),
    imports: [],
    exports: new Map([["train", "t"], ["default", undefined]]),
  };
  const main = "export default f({ ...rest, pools: { mine } });";
  const config: SourceModule = {
    file: "a.ts",
    text: main,
    program: parsed(main),
    imports: [{ file: "b.ts", names: [{ name: "train", local: "mine" }, { name: "default", local: "rest" }] }],
    exports: new Map([["default", undefined]]),
  };
  const modules = new Map([["b.ts", shared], ["a.ts", config]]);
  assert.deepEqual(locate(modules, "a.ts", ["pools", "mine", "disk"]), { file: "b.ts", line: 1, column: 13 });
  assert.deepEqual(locate(modules, "a.ts", ["region"]), { file: "b.ts", line: 3, column: 18 });
});

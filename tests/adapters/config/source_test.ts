/** Types are stripped by the runtime or by amaro: what comes out is the same, character for character. */
import assert from "node:assert/strict";
import nodeModule from "node:module";
import { transformSync } from "amaro";
import { readSource } from "../../../lib/adapters/config/source.ts";

const root = new URL("../../../", import.meta.url).pathname;

const TYPED = `
import { type Size, image } from "unitune/config";
import type { Duration } from "unitune/config";
type Name = "a" | "b";
interface Sizes { readonly [name: string]: Size }
declare const nothing: number;
export const sizes: Sizes = { a: "1Gi" } satisfies Sizes as Sizes;
export function pick<T extends Name>(this: void, name?: T, ...rest: readonly T[]): Size | undefined {
  const found = sizes[name!] as Size;
  return found ?? [...rest].map((each): Size => sizes[each]!)[0];
}
abstract class Made<T> { private readonly text = "<b>: ü"; abstract go(): T; }
export default image<never>({ context: \`./\${"x" as string}\` });
`;

async function texts(): Promise<Map<string, string>> {
  const found = new Map([["all kinds of types", TYPED], ["Windows' line ends", TYPED.replaceAll("\n", "\r\n")]]);
  for (const folder of ["examples", "tests/types"]) {
    for await (const file of files(`${root}${folder}`)) found.set(file, await Deno.readTextFile(file));
  }
  return found;
}

async function* files(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* files(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

Deno.test("the runtime strips as amaro does", async () => {
  const { stripTypeScriptTypes } = nodeModule as { stripTypeScriptTypes?: (source: string) => string };
  assert.ok(stripTypeScriptTypes, "the Deno that runs the tests has it; the compiled program is tested without");
  for (const [name, text] of await texts()) {
    assert.equal(stripTypeScriptTypes(text), transformSync(text, { mode: "strip-only" }).code, name);
  }
});

Deno.test("what cannot be stripped is told with its place, by amaro", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(file, "export const x = 1;\nenum A { B }\n");
  const source = await readSource(file);
  assert.ok("code" in source);
  assert.deepEqual([source.code, source.place?.line, source.place?.column], ["SYNTAX", 2, 1]);
  await Deno.remove(file);
});

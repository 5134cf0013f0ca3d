/**
 * Code that a grammar makes: walks from everything that a config can name, over every property, call, constructor and
 * import, to whatever it reaches. The canary is a variable of the host's global object, in its environment and in a
 * file: code that got out would find it by one more step.
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { loadConfig } from "../../../lib/adapters/config/load.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { makeBed } from "./hostile/mod.ts";
import { EXPORT, HEAD } from "./hostile/case.ts";

const HOST_NAME = "unituneCanary";

const NAMES = [
  ..."globalThis this Object Function Array Promise Proxy Reflect Symbol JSON Iterator Date RegExp Error Map".split(
    " ",
  ),
  ..."console console.log unitune defineConfig image cpuPool gpuPool Deno process require module self window".split(
    " ",
  ),
  ..."eval Worker fetch WebAssembly Atomics SharedArrayBuffer std os print load arguments new.target import.meta".split(
    " ",
  ),
  ..."(()=>0) (async()=>0) (function*(){}) (class{}) [] ({}) 'a' 1n /x/ `a` null undefined (x=>x) new.Error".split(" "),
].filter((name) => name !== "new.Error");
const KEYS = [
  ..."constructor prototype __proto__ call apply bind caller callee arguments log input stack then next env".split(" "),
  ..."toString valueOf toJSON Deno process core ops internal require mainModule _load readTextFileSync".split(" "),
  ..."getPrototypeOf setPrototypeOf getOwnPropertyDescriptors ownKeys construct defineProperty resolve raw".split(" "),
  HOST_NAME,
];
const TEXTS = ["return this", "return Deno", `return ${HOST_NAME}`, "import('node:fs')", "../elsewhere/canary.ts", "0"];

const text = fc.constantFrom(...TEXTS).map((value) => JSON.stringify(value));
const key = fc.constantFrom(...KEYS);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie("expression");
  const args = fc.oneof(text, inner, fc.constant(""), inner.map((one) => `...[${one}]`));
  return {
    expression: fc.oneof(
      { maxDepth: 7, withCrossShrink: true },
      fc.constantFrom(...NAMES),
      fc.tuple(inner, key).map(([one, name]) => `(${one})?.${name}`),
      fc.tuple(inner, inner).map(([one, other]) => `(${one})?.[${other}]`),
      fc.tuple(inner, args).map(([one, other]) => `(${one})(${other})`),
      fc.tuple(inner, args).map(([one, other]) => `new (${one})(${other})`),
      fc.tuple(inner, key, args).map(([one, name, other]) => `(${one}).${name}(${other})`),
      fc.tuple(inner, text).map(([one, other]) => `(${one})\`\${${other}}\``),
      fc.tuple(inner, args).map(([one, other]) => `Reflect.construct(${one}, [${other}])`),
      fc.tuple(inner, inner).map(([one, other]) => `Reflect.apply(${one}, ${other}, ["return this"])`),
      inner.map((one) => `Object.getOwnPropertyDescriptors(${one} ?? {})`),
      inner.map((one) => `Object.getPrototypeOf(${one} ?? {})`),
      inner.map((one) => `(await (${one}))`),
      inner.map((one) => `new (class extends (${one}) { constructor(...a) { return super(...a); } })("return this")`),
      inner.map((one) => `new Proxy(${one}, { get: (t, k, r) => [t, k, r] })`),
      inner.map((one) =>
        `(() => { try { null.x; } catch (e) { e.constructor.prepareStackTrace = (_, s) => s; return ${one}; } })()`
      ),
      fc.tuple(inner, inner).map(([one, other]) =>
        `Object.assign(${one}, { __proto__: ${other}, toString: ${other} })`
      ),
    ),
  };
});

/** Logs what was found, and everything one step from it. */
const SHOW = `function show(found) {
  try { console.log(String(found)); } catch {}
  try { console.log(String(found.${HOST_NAME}), Reflect.ownKeys(Object(found)).map(String).join()); } catch {}
  for (const code of ${JSON.stringify(TEXTS)}) {
    try { console.log(String(found(code)), String(found(code)())); } catch {}
  }
}\n`;

/** Names of the host that no text of the sandbox has. */
/** In quotes, a name is that of a property which the engine says is missing. */
const OF_THE_HOST = /\[object (?:Deno|process|Window)\]|readTextFileSync,|dlopen|(?<!')mainModule/;

Deno.test("code that a grammar makes finds no way to the host", async () => {
  await using bed = await makeBed();
  const host = globalThis as Record<string, unknown>, untouched = hostState();
  host[HOST_NAME] = bed.canary;
  Deno.env.set(bed.variable, bed.canary);
  let ran = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(expression, { minLength: 1, maxLength: 4 }), async (expressions) => {
        const steps = expressions.map((one) => `try { show(${one}); } catch (error) { show(error); }\n`).join("");
        await Deno.writeTextFile(`${bed.root}/unitune.config.ts`, HEAD + SHOW + steps + EXPORT);
        const logged: string[] = [], log = (line: string) => logged.push(line);
        const answer = await loadConfig({ cwd: bed.root, env: {}, timeoutMs: 2_000, log }).catch((error) => error);
        if (answer instanceof Error && !(isUnituneError(answer) && answer.exit === 3)) throw answer;
        if (logged.length > 0) ran++;
        const told = [...logged, ...(isUnituneError(answer) ? [answer.message, ...answer.lines] : [])].join("\n");
        assert.ok(!told.includes(bed.canary), told);
        assert.doesNotMatch(told, OF_THE_HOST);
        assert.equal(bed.connections(), 0);
      }),
      { numRuns: 300 },
    );
  } finally {
    delete host[HOST_NAME];
    Deno.env.delete(bed.variable);
  }
  assert.deepEqual(hostState(), untouched);
  assert.ok(ran > 50, `only ${ran} of the programs ran at all`);
});

/** What code that got out could have changed. */
function hostState(): unknown {
  return [Object.prototype, Array.prototype, Function.prototype, JSON, Promise.prototype].map((one) =>
    Object.entries(Object.getOwnPropertyDescriptors(one)).map(([name, { value, get, set }]) => [name, value, get, set])
  );
}

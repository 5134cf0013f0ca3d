/** Code that looks for a way to the host, or that wants to end, fill or steer the program. */
import { HEAD, type Hostile, withCode, withFields } from "./case.ts";

type Entry = readonly [name: string, code: string | Hostile["config"], says: RegExp | null, endless?: true];

const THREW = /unitune\.config\.ts:\d+:\d+ {2}threw (ReferenceError|TypeError|SyntaxError|EvalError)/;
const SANDBOX = /threw ReferenceError: \w+ is not defined/;

/** Each way to the host gives what it found to the config, whose name then shows it. */
function reach(expression: string): string {
  return withCode(`const found = ${expression}; throw new Error("reached " + String(found));`);
}

const IMPORT_META: readonly Entry[] = [
  ["url", reach("import.meta.url"), /must not use import\.meta/],
  ["resolve", reach('import.meta.resolve("npm:left-pad")'), /must not use import\.meta/],
  ["in a template", reach("`${import.meta.dirname}`"), /must not use import\.meta/],
  ["by escaped letters", reach(String.raw`import.\u006deta.url`), /cannot be read as|must not use/],
];

const MODULES: readonly Entry[] = [
  ["require", reach('require("node:fs")'), SANDBOX],
  ["module", reach("module.constructor._load"), SANDBOX],
  ["exports", reach("exports"), SANDBOX],
  ["a file's own folder", reach("__dirname"), SANDBOX],
  ["TypeScript's require", withCode('import fs = require("node:fs");'), /cannot be read as|not supported/],
  ["a namespace", withCode("namespace a { export const b = 1; }"), /not supported/],
];

const GLOBALS: readonly Entry[] = [
  ["Deno", (a) => reach(`Deno.readTextFileSync(${JSON.stringify(a.file)})`), SANDBOX],
  ["process", (a) => reach(`process.env[${JSON.stringify(a.variable)}]`), SANDBOX],
  ["fetch", (a) => reach(`await fetch("http://127.0.0.1:${a.port}/")`), SANDBOX],
  ["a socket", (a) => reach(`new WebSocket("ws://127.0.0.1:${a.port}/")`), SANDBOX],
  [
    "a request of the old kind",
    (a) => reach(`new XMLHttpRequest().open("GET", "http://127.0.0.1:${a.port}")`),
    SANDBOX,
  ],
  ["a Worker", (a) => reach(`new Worker("http://127.0.0.1:${a.port}/x.js", { type: "module" })`), SANDBOX],
  [
    "every global by name",
    reach(
      "Object.getOwnPropertyNames(globalThis).find((n) => /deno|process|fetch|require|std|os|bjson|print|load/i.test(n))",
    ),
    /threw reached undefined/,
  ],
  [
    "QuickJS's own modules",
    reach("[typeof std, typeof os, typeof scriptArgs, typeof print, typeof gc]"),
    /threw reached undefined,undefined,undefined,undefined,undefined/,
  ],
  ["the global object by a loose function", reach("(function () { return this; })()?.Deno"), /threw reached undefined/],
  [
    "names that are not listed",
    reach(
      'Reflect.ownKeys(globalThis).filter((key) => typeof key === "symbol").map((key) => String(globalThis[key])).join()',
    ),
    /threw reached (\[object|global|$)/m,
  ],
];

const STRINGS: readonly Entry[] = [
  ["eval", reach('eval("Deno")'), THREW],
  ["Function", reach('Function("return this")()'), THREW],
  ["a constructor's constructor", reach('({}).constructor.constructor("return this")()'), THREW],
  ["that of what unitune exports", reach('defineConfig.constructor("return this")()'), THREW],
  ["that of the console", reach('console.log.constructor("return this")()'), THREW],
  ["that of a bound function", reach('image.bind(null).constructor("return 1")()'), THREW],
  ["that of a method", reach('({ a() {} }).a.constructor("return 1")()'), THREW],
  ["that of an async arrow", reach('(async () => {}).constructor("return 1")()'), THREW],
  ["that of an async generator", reach('Object.getPrototypeOf(async function* () {}).constructor("yield 1")()'), THREW],
  ["Reflect.construct", reach('Reflect.construct((() => {}).constructor, ["return 1"])()'), THREW],
  ["a timer", reach('setTimeout("throw 1", 0)'), SANDBOX],
  ["a regular expression's replacer", reach('"a".replace(/a/, "$&".constructor.constructor)'), /threw/],
  ["an accessor of a class", reach('class { static get a() { return this.constructor("return 1"); } }.a()'), THREW],
];

const PROMISES: readonly Entry[] = [
  ["at the top", withCode("await new Promise(() => {});"), /waits for a promise that never settles/],
  ["a thenable", withCode("await { then() {} };"), /waits for a promise that never settles/],
  ["in an async config", `${HEAD}export default defineConfig(async () => ({}));`, /must not be async/],
  [
    "a promise as the config",
    `${HEAD}export default defineConfig(new Promise(() => {}));`,
    /must come from|must be plain data|a Promise/,
  ],
  [
    "an async iteration",
    withCode("for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });"),
    /never settles/,
  ],
  ["a rejection that is a function", withCode("await Promise.reject(() => {});"), /threw/],
  [
    "microtasks for ever",
    withCode("const again = () => queueMicrotask(again); again();"),
    /must be evaluated within|must finish/,
    true,
  ],
];

const ENDLESS: readonly Entry[] = [
  ["while", withCode("while (true);"), /must be evaluated within/, true],
  [
    "in the function of the config",
    `${HEAD}export default defineConfig(() => { for (;;); });`,
    /must be evaluated within/,
    true,
  ],
  ["in a getter of the result", withFields("get tags() { for (;;); }"), /must be evaluated within/, true],
  [
    "a generator",
    withCode("for (const x of (function* () { for (;;) yield 1; })());"),
    /must be evaluated within/,
    true,
  ],
  ["a catch around everything", withCode("for (;;) { try { for (;;); } catch {} }"), /must be evaluated within/, true],
  ["finally", withCode("(function f() { try { for (;;); } finally { f(); } })();"), /must be evaluated within/, true],
  [
    "a Proxy that has every key",
    withFields("tags: new Proxy({}, { ownKeys: () => { for (;;); } })"),
    /must be evaluated within/,
    true,
  ],
];

const STEPS: readonly Entry[] = [
  [
    "a regular expression of nested stars",
    withCode('/(a+)+$/.test("a".repeat(40) + "b");'),
    /must be evaluated within/,
    true,
  ],
  ["one with a reference", withCode(String.raw`/(x+x+)+\1y/.test("x".repeat(60));`), /must be evaluated within/, true],
  [
    "a search of one long text in another",
    withCode('"a".repeat(2 ** 22).indexOf("a".repeat(2 ** 21) + "b");'),
    /would take too long/,
  ],
  ["a number of many digits", withCode("2n ** 100000000n;"), /threw|MiB/],
  ["many digits as text", withCode("String(7n ** 3000000n);"), /must be evaluated|threw/, true],
  ["a text that is normalized", withCode('"\\u0344".repeat(2 ** 22).normalize("NFD");'), /must be evaluated|threw/],
  [
    "a long list that is sorted badly",
    withCode("Array.from({ length: 1e5 }, (_, i) => i).sort(() => { for (let i = 0; i < 1e4; i++); return 1; });"),
    /must be evaluated|threw/,
    true,
  ],
  ["a list with a huge length", withCode("const a = []; a.length = 2 ** 32 - 1; a.join();"), /must be evaluated|threw/],
  ["holes that are filled", withCode("new Array(2 ** 32 - 1).fill(0);"), /must be evaluated|threw/],
];

const RECURSION: readonly Entry[] = [
  ["a function", withCode("(function f() { f(); })();"), /threw (RangeError|InternalError)|shallow stack/],
  [
    "a getter",
    withCode("const o = { get a() { return this.a; } }; o.a;"),
    /threw (RangeError|InternalError)|shallow stack/,
  ],
  ["a Proxy of itself", withCode("const p = new Proxy({}, {}); Object.setPrototypeOf(p, p);"), null],
  [
    "toString",
    withCode("const o = { toString() { return `${this}`; } }; `${o}`;"),
    /threw (RangeError|InternalError)|shallow stack/,
  ],
  ["nested JSON", withCode('JSON.parse("[".repeat(1e5));'), /threw|shallow stack/],
  ["a nested regular expression", withCode('new RegExp("(".repeat(1e5) + ")".repeat(1e5));'), /threw|shallow stack/],
  [
    "a deep object as text",
    withCode("let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; JSON.stringify(o);"),
    /threw|shallow stack|MiB/,
  ],
  [
    "what catches its own overflow",
    withCode("function f() { try { f(); } catch { f(); } } f();"),
    /must be evaluated|threw/,
    true,
  ],
];

const MEMORY: readonly Entry[] = [
  ["a list that doubles", withCode("let a = [1]; for (;;) a = a.concat(a);"), /64 MiB|threw|must be evaluated/],
  ["a text that doubles", withCode('let s = "a"; for (;;) s += s;'), /64 MiB|threw|must be evaluated/],
  ["a text that is cut in pieces", withCode('"ab".repeat(2 ** 25).split("");'), /64 MiB|threw|must be evaluated/],
  [
    "a Map",
    withCode("const m = new Map(); for (let i = 0;; i++) m.set(i, {});"),
    /64 MiB|threw|must be evaluated/,
    true,
  ],
  [
    "closures",
    withCode("let f = () => 0; for (;;) { const g = f; f = () => g; }"),
    /64 MiB|threw|must be evaluated/,
    true,
  ],
  [
    "symbols",
    withCode("const a = []; for (;;) a.push(Symbol('x'.repeat(1000)));"),
    /64 MiB|threw|must be evaluated/,
    true,
  ],
  [
    "errors with stacks",
    withCode("const a = []; for (;;) a.push(new Error('x'.repeat(1000)));"),
    /64 MiB|threw|must be evaluated/,
    true,
  ],
  [
    "a template of templates",
    withCode("let s = 'x'; for (let i = 0; i < 60; i++) s = `${s}${s}`;"),
    /64 MiB|threw|must be evaluated/,
  ],
  [
    "what a regular expression matched",
    withCode('[..."x".repeat(2 ** 24).matchAll(/x/g)];'),
    /64 MiB|threw|must be evaluated/,
    true,
  ],
  [
    "caught, and tried again",
    withCode("const a = []; for (let i = 0; i < 50; i++) try { for (;;) a.push('x'.repeat(1e5)); } catch {}"),
    /64 MiB|threw|must be evaluated/,
  ],
];

const POLLUTION: readonly Entry[] = [
  ["Object.prototype", withCode("Object.prototype.publicFrom = ['0.0.0.0/0'];"), /must not change built-in objects/],
  ["by __proto__", withCode("({}).__proto__.admins = [];"), /must not change built-in objects/],
  ["Array.prototype", withCode("Array.prototype.toJSON = () => ['forged'];"), /must not change built-in objects/],
  [
    "Array's iterator",
    withCode("Array.prototype[Symbol.iterator] = function* () {};"),
    /must not change built-in objects/,
  ],
  [
    "JSON.stringify",
    withCode('JSON.stringify = () => \'{"plain":{"value":{},"refused":[]}}\';'),
    /must not change built-in objects/,
  ],
  ["JSON.parse", withCode("JSON.parse = () => ({ env: { HOME: 1 } });"), /must not change built-in objects/],
  ["Map.prototype", withCode("Map.prototype.get = () => 'forged';"), /must not change built-in objects/],
  [
    "Promise.prototype.then",
    withCode("Promise.prototype.then = () => {};"),
    /must not change built-in objects|never settles/,
  ],
  [
    "String.prototype.startsWith",
    withCode("String.prototype.startsWith = () => true;"),
    /must not change built-in objects/,
  ],
  [
    "Reflect and Object at once",
    withCode(
      "Object.getOwnPropertyDescriptor = Reflect.getOwnPropertyDescriptor = () => undefined; Reflect.ownKeys = () => []; Object.keys = () => [];",
    ),
    /must not change built-in objects/,
  ],
  [
    "an iterator's prototype",
    withCode("Object.getPrototypeOf(Object.getPrototypeOf([].values())).next = () => ({ done: true });"),
    /must not change built-in objects|threw/,
  ],
  [
    "changed, and changed back by a getter",
    withFields("get tags() { Object.prototype.x = 1; delete Object.prototype.x; return {}; }"),
    null,
  ],
  ["Symbol.for's registry", withCode("image({ [Symbol.for('unitune.config')]: 'config' });"), null],
];

const CLOCKS: readonly Entry[] = [
  ["Intl", reach("Intl.DateTimeFormat().resolvedOptions().timeZone"), SANDBOX],
  [
    "the zone of a Date",
    reach("new Date(0).getTimezoneOffset() + new Date(0).toString()"),
    /threw reached 0Thu Jan 01 1970 00:00:00 GMT\+0000/,
  ],
  ["shared memory", reach("new SharedArrayBuffer(8)"), SANDBOX],
  ["Atomics.wait", reach("Atomics.wait"), SANDBOX],
  ["weak references", reach("new WeakRef({})"), SANDBOX],
  ["a registry of what is collected", reach("new FinalizationRegistry(() => {})"), SANDBOX],
  ["a fine clock", reach("performance.now()"), SANDBOX],
  ["randomness", reach("Math.random()"), THREW],
  [
    "the machine's language",
    reach('(1234.5).toLocaleString() + ["ä", "z"].sort((a, b) => a.localeCompare(b)).join("")'),
    /threw reached 1234\.5zä/,
  ],
];

const FLOODS: readonly Entry[] = [
  ["many lines", withCode("for (let i = 0; i < 1e4; i++) console.log(i);"), null],
  ["long lines", withCode('for (let i = 0; i < 300; i++) console.error("x".repeat(1e5));'), null],
  ["one line with many breaks", withCode('console.log("\\n".repeat(1e5));'), null],
  ["what logs itself", withCode("const o = {}; o.o = o; console.log(o);"), /threw/],
  ["what cannot be text", withCode("console.log({ toJSON() { throw new Error('no'); } });"), /threw no/],
];

function list(kind: string, entries: readonly Entry[]): Hostile[] {
  return entries.map(([name, config, says, isEndless]) => ({
    kind,
    name,
    config,
    says,
    ...(isEndless && { isEndless }),
  }));
}

export const CODE: readonly Hostile[] = [
  ...list("import.meta", IMPORT_META),
  ...list("modules of another kind", MODULES),
  ...list("globals", GLOBALS),
  ...list("code from strings", STRINGS),
  ...list("promises", PROMISES),
  ...list("endless loops", ENDLESS),
  ...list("single slow steps", STEPS),
  ...list("recursion", RECURSION),
  ...list("memory", MEMORY),
  ...list("changes of the language", POLLUTION),
  ...list("clocks and languages", CLOCKS),
  ...list("floods of the log", FLOODS),
];

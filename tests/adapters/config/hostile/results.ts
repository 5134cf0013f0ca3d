/** What a config returns, throws and is written in. */
import { BODY, EXPORT, HEAD, type Hostile, withCluster, withCode, withFields } from "./case.ts";

type Entry = readonly [name: string, config: Hostile["config"], says: RegExp | null, endless?: true];

const RESULTS: readonly Entry[] = [
  ["a getter that throws", withFields("get tags() { throw new Error('no tags'); }"), /threw no tags/],
  ["toJSON", withFields("tags: { toJSON() { return { a: 'forged' }; } }"), /must be plain data: found a function/],
  [
    "a Proxy",
    withFields(
      "tags: new Proxy({}, { ownKeys: () => ['a'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 'b' }), get: () => 'b' })",
    ),
    /tags\["\$"\] {2}its name/,
  ],
  [
    "a Proxy that answers differently each time",
    withFields("tags: new Proxy({ a: '' }, { get: (t, k) => Math.floor(Date.now()) % 2 ? k.constructor : 1 })"),
    /must be|plain data/,
  ],
  [
    "a revoked Proxy",
    withFields("tags: (() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()"),
    /threw TypeError/,
  ],
  ["a function", withFields("tags: { a: () => 1 }"), /must be plain data: found a function/],
  ["an instance", withFields("tags: new (class Tags { a = 'b'; })()"), /must be plain data: found a Tags/],
  ["a Map", withFields("tags: new Map([['a', 'b']])"), /must be plain data: found a Map/],
  ["a Date", withFields("tags: new Date(0)"), /must be plain data: found a Date/],
  [
    "a symbol, a bigint and NaN",
    withFields("tags: { a: Symbol('x'), b: 1n, c: NaN }"),
    /found a symbol[\s\S]*found a bigint[\s\S]*found NaN/,
  ],
  ["a boxed string", withFields("tags: { a: new String('b') }"), /must be plain data: found a String/],
  [
    "a name with a hostile class",
    withFields(String.raw`tags: new (class { static name = "\x1b[2J\n::error::x"; })()`),
    /must be plain data/,
  ],
  [
    "the mark of unitune, forged",
    `${HEAD}export default { [Symbol.for("unitune.config")]: "config", input: { ${BODY}, evil: 1 } };`,
    /evil {2}is not one of the fields/,
  ],
  ["$ keys, forged", withFields('images: { a: { $: "image", context: "/etc" } }'), /./],
  ["nothing", "export {};\n", /must come from defineConfig/],
  ["a number", "export default 1;\n", /must come from defineConfig/],
  ["null", `${HEAD}export default defineConfig(null);\n`, /must be an object|must come from/],
  ["a list", `${HEAD}export default defineConfig([]);\n`, /must be an object|is missing/],
];

const SIZES: readonly Entry[] = [
  ["a long name", `${HEAD}export default defineConfig({ name: "x".repeat(2e6) });`, /at most 1000000 characters/],
  [
    "many keys",
    withFields("tags: Object.fromEntries(Array.from({ length: 1e5 }, (_, i) => ['k' + i, 'v'.repeat(20)]))"),
    /at most 1000000 characters/,
  ],
  [
    "a long list of mistakes",
    withFields("pools: Object.fromEntries(Array.from({ length: 2000 }, (_, i) => ['P' + i, 1]))"),
    /mistakes/,
  ],
  [
    "a sparse list",
    withCluster("admins: new Array(1e9)"),
    /must be evaluated|threw|plain data/,
    true,
  ],
];

const SHAPES: readonly Entry[] = [
  [
    "inside itself",
    withCode("const tags = {}; tags.tags = tags;").replace(BODY, `${BODY}, tags`),
    /an object inside itself/,
  ],
  [
    "inside itself through a list",
    withCode("const tags = []; tags.push([tags]);").replace(BODY, `${BODY}, tags`),
    /an object inside itself/,
  ],
  [
    "deep",
    withCode("let tags = {}; for (let i = 0; i < 1e4; i++) tags = { tags };").replace(BODY, `${BODY}, tags`),
    /more than 16 levels deep/,
  ],
  [
    "made while it is read",
    withFields("get tags() { return { get a() { return { get b() { return this; } }; } }; }"),
    /levels deep|inside itself|must be/,
  ],
];

const KEYS: readonly Entry[] = [
  [
    "__proto__ of the config",
    withCode('const more = JSON.parse(\'{"__proto__": {"network": {"nat": "none"}}}\');').replace(
      BODY,
      `${BODY}, ...more`,
    ),
    /__proto__ {2}must be plain data/,
  ],
  [
    "__proto__ as a pool",
    withFields('pools: { ["__proto__"]: cpuPool({ maxCpus: 8 }) }'),
    /__proto__ {2}must be plain data/,
  ],
  ["constructor as a pool", withFields("pools: { constructor: cpuPool({ maxCpus: 8 }) }"), null],
  ["constructor as an image", withFields('images: { constructor: image({ context: "./images/base" }) }'), null],
  [
    "constructor as an image without a context",
    withFields("images: { constructor: image({}) }"),
    /images\.constructor\.context {2}is missing/,
  ],
  ["toString as an image", withFields('images: { toString: image({ context: "./images/base" }) }'), /its name must be/],
  [
    "hasOwnProperty and valueOf as tags",
    withFields("tags: { hasOwnProperty: 'a', valueOf: 'b', constructor: 'c', toString: 'd' }"),
    null,
  ],
  ["__proto__ as a tag", withFields('tags: JSON.parse(\'{"__proto__": "a"}\')'), /__proto__ {2}must be plain data/],
  [
    "constructor as an argument, a label and a secret",
    withFields(
      'images: { base: image({ context: "./images/base", args: { constructor: "a", toString: "b" }, labels: { constructor: "a" }, secrets: { constructor: { env: "A" }, valueOf: { env: "B" } } }) }',
    ),
    null,
  ],
  [
    "__proto__ as an argument",
    withFields('images: { base: image({ context: "./images/base", args: JSON.parse(\'{"__proto__": "a"}\') }) }'),
    /__proto__ {2}must be plain data/,
  ],
  [
    "constructor as a section",
    withFields("constructor: {}, toString: {}, valueOf: {}"),
    /constructor {2}is not one of the fields/,
  ],
  [
    "constructor as a need",
    withFields('images: { base: image({ context: "./images/base", needs: { constructor: "base" } }) }'),
    /needs\.constructor/,
  ],
  [
    "constructor as a mirror and a digest",
    withFields('mirrors: { constructor: "a.example.com" }, digests: { constructor: "b" }'),
    /mirrors\.constructor|digests\.constructor/,
  ],
  ["constructor as an add-on", withCluster("addOns: { constructor: {} }"), null],
];

const BAD = String
  .raw`\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u200b\n::add-mask::x\n##[command]y ##vso[task.setvariable]z\r::error::w`;

const STEERING: readonly Entry[] = [
  ["a log", withCode(`console.log("${BAD}");`), null],
  ["a log of an object", withCode(`console.warn({ "${BAD}": "${BAD}" });`), null],
  ["a log of several lines", withCode('console.log("a\\n::error::b\\n  ::set-output name=a::b");'), null],
  ["an error's message", withCode(`throw new Error("${BAD}");`), /threw/],
  ["an error's name", withCode(`throw Object.assign(new Error("a"), { name: "${BAD}" });`), /threw/],
  [
    "an error's stack",
    withCode(`throw Object.assign(new Error("a"), { stack: "    at ${BAD} (unitune.config.ts:1:1)" });`),
    /threw a/,
  ],
  ["values", withFields(`tags: { a: "${BAD}" }, ...{ region: "${BAD}" }`), /region/],
  ["names", withFields(`"${BAD}": 1, pools: { "${BAD}": cpuPool({ maxCpus: 8 }) }`), /is not one of the fields/],
  ["a path", withFields(`images: { base: image({ context: "./${BAD}" }) }`), /does not exist/],
  ["an import", withCode(`import x from "./${BAD}";`), /must name an existing file/],
  ["an exported name", withCode(`import { "${BAD}" as x } from "unitune/config";`), /is not exported/],
  ["a tag that is taken", withFields(`tags: { "::error::a": "b ##[error]c" }`), /./],
];

const THROWN: readonly Entry[] = [
  ["undefined", withCode("throw undefined;"), /threw undefined/],
  ["null", withCode("throw null;"), /threw something without a message/],
  ["a number", withCode("throw 7;"), /threw 7/],
  ["a symbol", withCode("throw Symbol('x');"), /threw a symbol/],
  ["a function", withCode("throw () => {};"), /threw/],
  ["an object without a prototype", withCode("throw Object.create(null);"), /threw/],
  ["an error whose message throws", withCode("throw { get message() { throw new Error('again'); } };"), /threw/],
  [
    "an error whose getters never end",
    withCode("throw { get message() { for (;;); } };"),
    /must be evaluated within|threw/,
    true,
  ],
  ["an error whose message is huge", withCode("throw new Error('x'.repeat(2 ** 24));"), /threw/],
  ["an error that is a Proxy", withCode("throw new Proxy(new Error('p'), { get: () => { throw 1; } });"), /threw/],
  [
    "an error that says it is ours",
    withCode("throw Object.assign(new Error('x'), { brand: 'unitune.error', code: 'UNEXPECTED', exit: 0 });"),
    /threw x/,
  ],
  [
    "an error that names another file",
    withCode("throw Object.assign(new Error('x'), { stack: '    at f (/etc/passwd:1:1)' });"),
    /unitune\.config\.ts:1:1 {2}threw x/,
  ],
  [
    "an error with places that do not exist",
    withCode("throw Object.assign(new Error('x'), { stack: '    at f (unitune.config.ts:99999999999999999999:1)' });"),
    /threw x/,
  ],
  [
    "out of memory, forged",
    withCode("throw Object.assign(new Error('out of memory'), { name: 'InternalError' });"),
    /threw|must be evaluated/,
  ],
];

const bytes = (...parts: (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => typeof part === "string" ? [...new TextEncoder().encode(part)] : [...part]));
const utf16 = (text: string) =>
  Uint8Array.from([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8])]);

const SOURCES: readonly Entry[] = [
  ["a byte order mark", bytes([0xef, 0xbb, 0xbf], HEAD, EXPORT), null],
  ["UTF-16", utf16(HEAD + EXPORT), /cannot be read as/],
  ["NUL", bytes(HEAD, [0], EXPORT), /cannot be read as/],
  ["bytes that are no text", bytes(HEAD, "const a = '", [0xff, 0xfe, 0x80], "';", EXPORT), null],
  ["a lone surrogate in a value", withFields(String.raw`tags: { a: "\ud800" }`), /./],
  ["10 MB", bytes(HEAD, `/*${"x".repeat(10_000_000)}*/`, EXPORT), /at most 1 MiB/],
  ["deep brackets", withCode(`const a = ${"[".repeat(20_000)}${"]".repeat(20_000)};`), /nested too deeply/],
  ["deep parentheses that do not end", withCode("(".repeat(50_000)), /nested too deeply/],
  ["deep blocks", withCode("{".repeat(20_000) + "}".repeat(20_000)), /nested too deeply/],
  ["deep templates", withCode("`${".repeat(10_000) + "1" + "}`".repeat(10_000)), /nested too deeply/],
  ["deep types", withCode(`type A = ${"[".repeat(20_000)}${"]".repeat(20_000)};`), /nested too deeply/],
  ["a long chain", withCode(`1${"+1".repeat(100_000)};`), /nested too deeply/],
  ["a long line of arrows", withCode(`const f = ${"a => ".repeat(20_000)} 1;`), /nested too deeply/],
  ["nothing at all", "", /must come from|no default export/],
  ["a program's head", `#!/usr/bin/env -S cat /etc/passwd\n${HEAD}${EXPORT}`, null],
  ["an HTML comment", withCode("<!-- x"), /cannot be read as/],
  ["an enum", withCode("enum A { B }"), /not supported/],
  ["JSX", withCode("const a = <b>{1}</b>;"), /cannot be read as/],
  ["a decorator", withCode("@(() => {}) class A {}"), /./],
  [
    "letters that look alike",
    withCode("const dеfineConfig = 1; throw new Error('mixed ' + typeof defineConfig);"),
    /threw mixed function/,
  ],
  ["a long comment of slashes", withCode(`${"/".repeat(80)} import types ${"/".repeat(10_000)}`), null],
  ["with", withCode("with ({}) {}"), /cannot be read as/],
];

function list(kind: string, entries: readonly Entry[]): Hostile[] {
  return entries.map(([name, config, says, isEndless]) => {
    return { kind, name, config, says, ...(isEndless && { isEndless }) };
  });
}

export const RESULTS_AND_SOURCES: readonly Hostile[] = [
  ...list("results that are not data", RESULTS),
  ...list("results of great size", SIZES),
  ...list("results of odd shape", SHAPES),
  ...list("odd keys", KEYS),
  ...list("texts that steer a terminal", STEERING),
  ...list("thrown values", THROWN),
  ...list("sources", SOURCES),
];

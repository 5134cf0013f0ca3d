/** What a config tries to read, and does not get. */
import assert from "node:assert/strict";
import { makeProject } from "../../config/project.ts";
import { EXPORT, GLOBALS, HEAD, IMPORTS, LOOKALIKES, TRICKS } from "./thefts.ts";

for (const [what, [code, place]] of Object.entries(IMPORTS)) {
  Deno.test(`a config cannot import ${what}`, async () => {
    await using project = await makeProject();
    const failure = await project.failure(HEAD + code + EXPORT);
    assert.match(failure, new RegExp(`^CONFIG_INVALID .*\nunitune\\.config\\.ts:${place}  `));
    assert.doesNotMatch(failure, /stolen|threw/);
  });
}

for (const [what, code] of Object.entries(LOOKALIKES)) {
  Deno.test(`what looks like an import ${what} is none`, async () => {
    await using project = await makeProject();
    const { config } = await project.load(HEAD + code + EXPORT);
    assert.equal(config.name, "acme-ml");
  });
}

for (const [what, code] of Object.entries(GLOBALS)) {
  Deno.test(`a config cannot ${what}`, async () => {
    await using project = await makeProject();
    const failure = await project.failure(`${HEAD}const x = ${code};${EXPORT}`);
    assert.match(failure, /^CONFIG_INVALID .*\nunitune\.config\.ts:2:\d+ {2}threw (ReferenceError|TypeError): /);
  });
}

for (const [what, [code, changed]] of Object.entries(TRICKS)) {
  Deno.test(`a config cannot ${what}`, async () => {
    await using project = await makeProject();
    const failure = await project.failure(HEAD + code + (code.includes("export default") ? "" : EXPORT));
    assert.match(failure, /\nunitune\.config\.ts:1:1 {2}must not change built-in objects: found (\S+) changed/);
    assert.equal(/found (\S+) changed/.exec(failure)?.[1], changed);
  });
}

Deno.test("a config cannot smuggle a prototype into its result", async () => {
  await using project = await makeProject();
  const failure = await project.failure(
    `${HEAD}const tags = JSON.parse('{"__proto__": { "endpoint": "private" }}');\n` +
      'export default defineConfig({ name: "a", region: "us-west-2", cluster: {}, tags });',
  );
  assert.match(failure, /cluster\.endpoint {2}is missing/);
});

Deno.test("a config may ask for the date", async () => {
  await using project = await makeProject();
  const { config } = await project.load(
    `${HEAD}const tags = { year: String(new Date().getFullYear()), ms: String(Date.now()) };\n` +
      'export default defineConfig({ name: "a", region: "us-west-2", cluster: { endpoint: "private" }, tags });',
  );
  assert.ok(Number(config.tags["year"]) >= 2026);
  assert.ok(Math.abs(Number(config.tags["ms"]) - Date.now()) < 60_000);
});

Deno.test("a config that never ends is given up at its time limit", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}while (true);${EXPORT}`, { timeoutMs: 300 });
  assert.match(failure, /must be evaluated within 0\.3 s — look for an endless loop/);
});

Deno.test("a config that waits for what never comes is told so at once", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}await new Promise(() => {});${EXPORT}`);
  assert.match(failure, /unitune\.config\.ts:1:1 {2}must finish: it waits for a promise that never settles/);
});

Deno.test("a config that asks for more and more memory is given up", async () => {
  await using project = await makeProject();
  for (
    const bomb of [
      '"a".repeat(2 ** 28).split("");',
      "let a = ['a']; for (;;) a = a.concat(a);",
      "let s = 'a'; for (;;) s += s;",
    ]
  ) {
    assert.match(
      await project.failure(HEAD + bomb + EXPORT),
      /must be evaluated with 64 MiB|threw InternalError: string too long/,
      bomb,
    );
  }
});

Deno.test("a recursion without an end is an error at its place", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}function f() { return f() + 1; }\nf();${EXPORT}`);
  assert.match(failure, /unitune\.config\.ts:2:\d+ {2}threw RangeError: Maximum call stack size exceeded\n/);
});

Deno.test("nothing that takes one step for ever outlives the time limit", async () => {
  await using project = await makeProject();
  const long = "const a = 'a'.repeat(2 ** 22), b = 'a'.repeat(2 ** 21) + 'b';";
  for (const step of ["a.indexOf(b)", "a.includes(b)", "a.split(b)", "a.replaceAll(b, '')", "a.lastIndexOf(b)"]) {
    const failure = await project.failure(`${HEAD}${long} ${step};${EXPORT}`, { timeoutMs: 2000 });
    assert.match(failure, /threw RangeError: \w+ would take too long/, step);
  }
  const regexp = await project.failure(`${HEAD}/(a+)+$/.test("a".repeat(60) + "b");${EXPORT}`, { timeoutMs: 300 });
  assert.match(regexp, /must be evaluated within 0\.3 s/);
});

Deno.test("a flood of the console is cut, lines and characters", async () => {
  await using project = await makeProject();
  const lines: string[] = [];
  await project.load(`${HEAD}for (let i = 0; i < 1e4; i++) console.log("x".repeat(1e4));${EXPORT}`, {
    log: (line) => lines.push(line),
  });
  assert.equal(lines.length, 201);
  assert.equal(lines[0]!.length, 2001);
  assert.match(lines[200]!, /more than 200 lines/);
});

Deno.test("the zone of the clock and the language are the same everywhere", async () => {
  await using project = await makeProject();
  const lines: string[] = [];
  await project.load(
    `${HEAD}const d = new Date(0);\nconsole.log(d.getTimezoneOffset(), d.getHours(), d.toLocaleString(), ` +
      `(1234.5).toLocaleString("de"), typeof Intl);${EXPORT}`,
    { log: (line) => lines.push(line) },
  );
  assert.deepEqual(lines, ["0 0 01/01/1970, 12:00:00 AM 1234.5 undefined"]);
});

Deno.test("a result cannot be forged by what a getter does while it is copied", async () => {
  await using project = await makeProject();
  const forge = "Object.prototype.toJSON = () => ({ name: 'forged' });";
  const failure = await project.failure(
    `${HEAD}export default defineConfig({ get name() { ${forge} return "a"; }, region: "us-west-2" });`,
  );
  assert.match(failure, /must not change built-in objects: found Object\.prototype changed/);
});

Deno.test("a config that gives too much is refused", async () => {
  await using project = await makeProject();
  const failure = await project.failure(`${HEAD}export default defineConfig({ name: "x".repeat(2e6) });`);
  assert.match(failure, /must return a config of at most 1000000 characters/);
});

Deno.test("a config that goes around in itself, or that is no data, is refused with its path", async () => {
  await using project = await makeProject();
  const failure = await project.failure(
    `${HEAD}const tags = { n: 1n, s: Symbol("s"), nan: NaN };\ntags.self = tags;\n` +
      'export default defineConfig({ name: "a", region: "us-west-2", cluster: { endpoint: "private" }, tags });',
  );
  assert.match(failure, /2:16 {2}tags\.n {2}must be plain data: found a bigint\n/);
  assert.match(failure, /2:23 {2}tags\.s {2}must be plain data: found a symbol\n/);
  assert.match(failure, /2:39 {2}tags\.nan {2}must be plain data: found NaN\n/);
  assert.match(failure, /tags\.self {2}must be plain data: found an object inside itself\n/);
});

Deno.test("an error that a config makes up cannot pretend to come from elsewhere", async () => {
  await using project = await makeProject();
  const failure = await project.failure(
    `${HEAD}throw Object.assign(new Error("no"), { stack: "at file:///etc/passwd:7:7" });${EXPORT}`,
  );
  assert.match(failure, /\nunitune\.config\.ts:1:1 {2}threw no\n/);
});

Deno.test("a rejection that nobody catches does not end the program", async () => {
  await using project = await makeProject();
  const { config } = await project.load(`${HEAD}Promise.reject(new Error("lost"));${EXPORT}`);
  assert.equal(config.name, "acme-ml");
});

Deno.test("an error outside of the config's own course is told at its place, and does not end the program", async () => {
  await using project = await makeProject();
  const code = 'queueMicrotask(() => { throw new Error("late"); });\nawait new Promise(() => {});';
  assert.match(await project.failure(HEAD + code + EXPORT), /\nunitune\.config\.ts:2:34 {2}threw late\n/);
});

Deno.test("a commented-out import is no import", async () => {
  await using project = await makeProject();
  const { config } = await project.load(
    `${HEAD}// import { x } from "npm:left-pad";\n  // const y = await import("../../config/y.ts");${EXPORT}`,
  );
  assert.equal(config.name, "acme-ml");
});

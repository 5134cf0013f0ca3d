/**
 * Hostile configs through the compiled program: exit code 3 with one clean message, whatever they try. Each has a
 * project, a home and a folder for temporary files of its own, and a canary that may show up in none of them.
 */
import assert from "node:assert/strict";
import { HOSTILE, type Hostile, makeBed } from "../adapters/config/hostile/mod.ts";
import { withCode } from "../adapters/config/hostile/case.ts";
import { isSteering } from "../../lib/core/text.ts";
import { runProgram } from "../lab/program.ts";

/** Of each kind; the library is given all (`tests/adapters/config/hostile_test.ts`). */
const OF_A_KIND = 4;
/** Each takes the program's whole time limit. */
const ENDLESS = ["a catch around everything", "one with a reference", "microtasks for ever"];
const AT_ONCE = 2, LONGEST_MS = 60_000;

const kinds = Map.groupBy(HOSTILE, ({ kind }) => kind);
const chosen = [...kinds].map(([kind, all]) => {
  const quick = all.filter(({ isEndless }) => !isEndless).slice(0, OF_A_KIND);
  return { kind, cases: [...quick, ...all.filter(({ name }) => ENDLESS.includes(name))] };
});

Deno.test("the program is given 80 hostile configs or more, of 20 kinds or more", () => {
  assert.ok(chosen.flatMap(({ cases }) => cases).length >= 80);
  assert.ok(chosen.filter(({ cases }) => cases.length > 0).length >= 20);
});

for (const { kind, cases } of chosen) {
  Deno.test(`the program answers hostile configs with a message: ${kind}`, async () => {
    const waiting = [...cases];
    const work = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) await holds(one);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  });
}

Deno.test("Ctrl-C ends the program while a config runs for ever, also within a built-in function", async () => {
  for (const code of ["for (;;);", "for (const a = [];;) { a.length = 2 ** 32 - 1; try { a.join(); } catch {} }"]) {
    await using bed = await makeBed();
    await bed.put({ kind: "", name: "", config: withCode(`console.log("begun"); ${code}`), says: null });
    const started = performance.now();
    const ran = await runProgram(["plan", "--offline", "-v"], { cwd: bed.root, env: {}, interruptAt: /begun/ });
    assert.equal(ran.code, 130, ran.stderr);
    assert.doesNotMatch(ran.stderr, /must be evaluated within/);
    assert.ok(performance.now() - started < LONGEST_MS);
  }
});

async function holds(hostile: Hostile): Promise<void> {
  await using bed = await makeBed();
  await bed.put(hostile);
  const before = await names(bed.root), temporary = `${bed.folder}/tmp`, started = performance.now();
  await Deno.mkdir(temporary);
  const { code, stdout, stderr } = await runProgram(["plan", "--offline"], {
    cwd: bed.root,
    env: { [bed.variable]: bed.canary, TMPDIR: temporary, GITHUB_ACTIONS: "true" },
  });
  const spent = performance.now() - started, about = `${hostile.kind}: ${hostile.name}\n${stderr.slice(0, 4000)}`;
  if (hostile.says === null) assert.equal(code, 0, about);
  else {
    assert.equal(code, 3, about);
    assert.equal(stdout, "", about);
    assert.match(stderr, hostile.says, about);
    assert.equal(stderr.match(/^error /gm)?.length, 1, about);
  }
  assert.doesNotMatch(stderr, /UNEXPECTED|^\s+at .+:\d+:\d+\)?$/m, about);
  assert.equal(isSteering(stdout) || isSteering(withoutAnnotations(stderr)), false, JSON.stringify(about));
  assert.ok(!`${stdout}${stderr}`.includes(bed.canary), about);
  assert.deepEqual(await bed.leaks(), [], about);
  assert.deepEqual(await names(bed.root), before, about);
  assert.deepEqual(await names(temporary), [], about);
  assert.equal(bed.connections(), 0, about);
  assert.ok(stderr.length < 1_000_000, about.slice(0, 200));
  assert.ok(spent < LONGEST_MS, about);
}

/** The program's own annotation of a mistake for GitHub's runner; what is in its text must be text. */
const ANNOTATION = /^::error (?:file=[^,:\n]*,line=\d+,col=\d+,)?title=[A-Z_]+::(.*)$/gm;

/** There is one for each of the first ten mistakes that the error counts: a config cannot add to them. */
function withoutAnnotations(stderr: string): string {
  const told = /^error [A-Z_]+: .*$/m.exec(stderr), counted = /as it has (\d+) mistakes?$/.exec(told?.[0] ?? "")?.[1];
  const wanted = told ? Math.min(Number(counted ?? 1), 10) : 0;
  assert.equal([...stderr.matchAll(ANNOTATION)].length, wanted, stderr.slice(0, 4000));
  return stderr.replaceAll(ANNOTATION, "$1");
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    found.push(name, ...(isDirectory ? (await names(`${folder}/${name}`)).map((inner) => `${name}/${inner}`) : []));
  }
  return found.toSorted();
}

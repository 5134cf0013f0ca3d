/** What a config tries to reach, through the compiled program: refused with its place, and no file outside is read. */
import assert from "node:assert/strict";
import { makeProject, type Project } from "../config/project.ts";
import { EXPORT, GLOBALS, HEAD, IMPORTS, TRICKS } from "../adapters/config/thefts.ts";
import { type Ran, runProgram } from "../lab/program.ts";

/** Older than its content: so the next read of the file, and nothing else, moves its time of access. */
const LONG_AGO = new Date(1e12);

function secrets(project: Project): string[] {
  const elsewhere = `${project.root}/../elsewhere`;
  return ["secret.ts", "secret.txt", "secret.json"].map((name) => `${elsewhere}/${name}`);
}

async function wasRead(file: string): Promise<boolean> {
  return (await Deno.stat(file)).atime!.getTime() !== LONG_AGO.getTime();
}

/** Plans a config, and says which of the files beside the project were read meanwhile. */
async function plan(project: Project, config: string): Promise<Ran & { readonly read: string[] }> {
  await project.write("unitune.config.ts", config);
  for (const file of secrets(project)) await Deno.utime(file, LONG_AGO, new Date());
  const ran = await runProgram(["plan", "--offline"], { cwd: project.root, env: { SECRET: "stolen" } });
  const read: string[] = [];
  for (const file of secrets(project)) if (await wasRead(file)) read.push(file);
  return { ...ran, read };
}

function assertRefused(ran: Ran & { readonly read: string[] }, says: RegExp): void {
  assert.equal(ran.code, 3, ran.stderr);
  assert.equal(ran.stdout, "");
  assert.match(ran.stderr, says);
  assert.doesNotMatch(ran.stderr, /stolen/);
  assert.deepEqual(ran.read, []);
}

Deno.test("a file that is read is seen by these tests", async () => {
  await using project = await makeProject();
  const [file = ""] = secrets(project);
  await Deno.utime(file, LONG_AGO, new Date());
  assert.equal(await wasRead(file), false);
  await Deno.readTextFile(file);
  assert.equal(await wasRead(file), true);
});

Deno.test("the program takes the config that these tests spoil", async () => {
  await using project = await makeProject();
  const ran = await plan(project, HEAD + EXPORT);
  assert.equal(ran.code, 0, ran.stderr);
});

for (const [what, [code, place]] of Object.entries(IMPORTS)) {
  Deno.test(`through the program, a config cannot import ${what}`, async () => {
    await using project = await makeProject();
    assertRefused(await plan(project, HEAD + code + EXPORT), new RegExp(`unitune\\.config\\.ts:${place}  (?!threw)`));
  });
}

for (const [what, code] of Object.entries(GLOBALS)) {
  Deno.test(`through the program, a config cannot ${what}`, async () => {
    await using project = await makeProject();
    const ran = await plan(project, `${HEAD}const x = ${code};${EXPORT}`);
    assertRefused(ran, /unitune\.config\.ts:2:\d+ {2}threw (ReferenceError|TypeError|EvalError): /);
  });
}

for (const [what, [code]] of Object.entries(TRICKS)) {
  Deno.test(`through the program, a config cannot ${what}`, async () => {
    await using project = await makeProject();
    const config = HEAD + code + (code.includes("export default") ? "" : EXPORT);
    assertRefused(await plan(project, config), /must not change built-in objects: found \S+ changed/);
  });
}

Deno.test("through the program, a config that never ends is given up at its time limit", async () => {
  await using project = await makeProject();
  assertRefused(
    await plan(project, `${HEAD}while (true);${EXPORT}`),
    /must be evaluated within 10 s — look for an endless loop/,
  );
});

Deno.test("through the program, modules in a cycle are refused", async () => {
  await using project = await makeProject();
  const config = `${HEAD}import { a } from "./circle_a.ts";\nexport default defineConfig({ name: a });`;
  assertRefused(await plan(project, config), /circle_b\.ts:1:20 {2}modules must not import each other in a cycle/);
});

/** What lies outside of a project: not read, not waited for, and not told by any message. */
import assert from "node:assert/strict";
import { isInside, placeOf } from "../../../lib/adapters/config/walls.ts";
import { readSecrets } from "../../../lib/adapters/config/secrets.ts";
import { makeProject, type Project } from "../../config/project.ts";

const HEAD = 'import { defineConfig, image } from "unitune/config";\n';

function withImage(fields: string): string {
  return `${HEAD}export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
    images: { base: image({ ${fields} }) } });`;
}

/** A folder beside the project that a link in it leads to, with a file whose name nobody should learn. */
async function withNeighbour(project: Project): Promise<void> {
  await project.write("../elsewhere/payroll-2026.ts", "export default 1;");
  await project.write("../elsewhere/payroll-2026/Dockerfile", "FROM busybox\n");
  await Deno.symlink(`${project.root}/../elsewhere`, `${project.root}/images/base/beside`);
}

Deno.test("a suggestion names no file outside of the project, whatever link leads there", async () => {
  await using project = await makeProject();
  await withNeighbour(project);
  const configs: Readonly<Record<string, string>> = {
    "an import": `${HEAD}import x from "./images/linked/payroll-2025.ts";\n`,
    "an import without its ending": `${HEAD}import x from "./images/linked/payroll-2026";\n`,
    "a context": withImage('context: "./images/linked/payroll-2025"'),
    "a Dockerfile": withImage('context: "./images/base", dockerfile: "beside/payroll-2025.ts"'),
    "an ignore file": withImage('context: "./images/base", ignoreFile: "beside/payroll-2025.ts"'),
    "a secret": withImage('context: "./images/base", secrets: { a: { file: "./images/linked/payroll-2025.ts" } }'),
    "certificates": `${HEAD}export default defineConfig({ name: "acme-ml", region: "us-west-2",
      cluster: { endpoint: "private" }, builder: { registries: { "r.example.com": { ca: "./images/linked/payroll" } } } });`,
  };
  for (const [what, config] of Object.entries(configs)) {
    const failure = await project.failure(config);
    assert.match(failure, /is outside/, what);
    assert.doesNotMatch(failure, /payroll-2026[^"]|did you mean/, what);
  }
});

Deno.test("whether a file outside exists is not told", async () => {
  await using project = await makeProject();
  for (const field of ["dockerfile", "ignoreFile"]) {
    const answers: string[] = [];
    for (const target of ["secret.txt", "nothing.txt"]) {
      await Deno.symlink(`${project.root}/../elsewhere/${target}`, `${project.root}/images/base/to-outside`);
      answers.push(await project.failure(withImage(`context: "./images/base", ${field}: "to-outside"`)));
      await Deno.remove(`${project.root}/images/base/to-outside`);
    }
    assert.equal(answers[0], answers[1], field);
    assert.match(answers[0]!, /"to-outside" is outside/);
  }
});

Deno.test("a link that leads around in a circle leads nowhere", async () => {
  await using project = await makeProject();
  await Deno.symlink("b", `${project.root}/a`);
  await Deno.symlink("a", `${project.root}/b`);
  assert.equal(await placeOf(`${project.root}/a`), null);
  assert.equal(isInside(await placeOf(`${project.root}/a/c`), [project.root]), false);
  assert.equal(await placeOf(`${project.root}/none/c`), `${project.root}/none/c`);
});

/** Runs `test` with a pipe that nobody writes to, at the path: reading it would never end. */
async function withPipe(path: string, test: () => Promise<void>): Promise<void> {
  await Deno.remove(path).catch(() => undefined);
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assert.ok(success);
  await test();
  await Deno.remove(path);
}

Deno.test("a pipe in the place of a file is refused, and not waited for", async () => {
  await using project = await makeProject();
  const { root } = project, plain = withImage('context: "./images/base"');
  const refused = async (config: string, says: RegExp) => assert.match(await project.failure(config), says);
  await withPipe(`${root}/images/base/.dockerignore`, () => refused(plain, /"\.dockerignore" is a named pipe/));
  await withPipe(`${root}/images/base/Dockerfile.dockerignore`, () => refused(plain, /ignore" is a named pipe/));
  await withPipe(
    `${root}/token`,
    () => refused(withImage('context: "./images/base", secrets: { a: { file: "token" } }'), /"token" is a named pipe/),
  );
  await withPipe(`${root}/module.ts`, () => refused(`${HEAD}import "./module.ts";`, /must name an existing file/));
  await withPipe(`${root}/images/base/Dockerfile`, () => refused(plain, /"Dockerfile" is a named pipe/));
});

Deno.test("a pipe in the place of the config is refused", async () => {
  await using project = await makeProject();
  await withPipe(`${project.root}/pipe.config.ts`, async () => {
    assert.match(await project.failure("", { file: "pipe.config.ts" }), /CONFIG_NOT_FOUND .*it is not a file/);
  });
});

Deno.test("a secret's file that became a pipe since the config was loaded is refused", async () => {
  await using project = await makeProject();
  const places = { walls: { root: project.root, allowed: [] }, env: () => undefined };
  await withPipe(`${project.root}/token`, async () => {
    const image = { name: "base", secrets: { netrc: { file: "./token" } }, ssh: {} };
    const error = await readSecrets(image, [], places).catch((error) => error);
    assert.match(
      error.lines[0],
      /secret "netrc": file "\.\/token" cannot be read: it must be a file: found a named pipe/,
    );
  });
});

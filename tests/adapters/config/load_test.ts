import assert from "node:assert/strict";
import { isTrusted, loadConfig } from "../../../lib/adapters/config/load.ts";
import { isUnituneError } from "../../../lib/core/errors.ts";
import { makeProject } from "../../config/project.ts";

const MINIMAL = `
import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" } });
`;

Deno.test("a function is told the stage and only the variables that were let through", async () => {
  await using project = await makeProject();
  const { config } = await project.load(
    `import { defineConfig } from "unitune/config";
    export default defineConfig(({ stage, env }) => ({
      name: "acme-ml", region: env.REGION, cluster: { endpoint: "private" },
      tags: { stage, names: Object.keys(env).join(" "), home: String(env.HOME) },
    }));`,
    { stage: "prod", env: { REGION: "eu-west-1" } },
  );
  assert.equal(config.name, "acme-ml-prod");
  assert.equal(config.project, "acme-ml");
  assert.equal(config.stage, "prod");
  assert.equal(config.region, "eu-west-1");
  assert.deepEqual(config.tags, { home: "undefined", names: "REGION", stage: "prod" });
});

const FROM_GIT = `import { defineConfig, image } from "unitune/config";
  const base = image({ context: "./images/base", tags: ({ git }) => [git.short, { name: git.branch, moves: true }] });
  export default defineConfig({
    name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" }, images: { base },
  });`;

async function git(cwd: string, ...args: string[]): Promise<void> {
  const identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
  assert.ok((await new Deno.Command("git", { args: [...identity, ...args], cwd, stdout: "null" }).output()).success);
}

Deno.test("a function of tags gets the commit, the branch, and whether files differ from it", async () => {
  await using project = await makeProject();
  const none = await project.failure(FROM_GIT);
  assert.match(none, /images\.base\.tags .*found a function, which needs a Git repository with a commit/);
  await git(project.root, "init", "-q", "-b", "trunk");
  await git(project.root, "add", ".");
  await git(project.root, "commit", "-q", "-m", "first");
  const tagsOf = async () => (await project.load(FROM_GIT)).config.images[0]!;
  const clean = await tagsOf();
  assert.deepEqual([clean.gitTags, clean.tags[1]], [true, { name: "trunk", moves: true }]);
  assert.match(clean.tags[0]!.name, /^[0-9a-f]{12}$/);
  await Deno.writeTextFile(`${project.root}/images/base/Dockerfile`, "FROM scratch AS changed\n");
  assert.equal((await tagsOf()).tags[0]!.name, `${clean.tags[0]!.name}-dirty`);
});

Deno.test("what a function of tags throws or returns is told at its place, like any other mistake", async () => {
  await using project = await makeProject();
  await git(project.root, "init", "-q");
  await git(project.root, "commit", "-q", "--allow-empty", "-m", "first");
  const tags = (body: string) =>
    project.failure(FROM_GIT.replace(/\(\{ git \}\) => \[.*\] \}\)/, `({ git }) => ${body} })`));
  assert.match(await tags('{ throw new Error("no tag of " + git.branch); }'), /2:\d+ .*threw no tag of ma/);
  assert.match(await tags('["-" + git.short]'), /images\.base\.tags\[0\] {2}must be a tag of letters/);
  assert.match(await tags("42"), /images\.base\.tags {2}must be/);
});

Deno.test("a stage that makes the name too long or no name at all is refused", async () => {
  await using project = await makeProject();
  const long = await project.failure(MINIMAL, { stage: "a-stage-with-a-long-name" });
  assert.match(long, /3:31 {2}name {2}must be at most 28 characters together with the stage: found "acme-ml-a-stage/);
  assert.match(
    await project.failure(MINIMAL, { stage: "Prod" }),
    /the stage must be lower-case letters.*: found "Prod"/,
  );
});

Deno.test("the config is searched upward, or named relative to the current folder", async () => {
  await using project = await makeProject();
  await project.load(MINIMAL);
  const found = await loadConfig({ cwd: `${project.root}/images/base`, env: {} });
  assert.equal(found.file, `${project.root}/unitune.config.ts`);
  const named = await loadConfig({ cwd: `${project.root}/images`, file: "../unitune.config.ts", env: {} });
  assert.equal(named.file, `${project.root}/unitune.config.ts`);
});

Deno.test("a config that is nowhere is an error of its own, with where it was searched", async () => {
  const cwd = await Deno.makeTempDir();
  const nowhere = await loadConfig({ cwd, env: {} }).catch((error) => error);
  assert(isUnituneError(nowhere) && nowhere.code === "CONFIG_NOT_FOUND" && nowhere.exit === 3);
  assert.equal(
    nowhere.message,
    `Cannot find a config as neither ${cwd} nor any folder above it holds unitune.config.ts`,
  );
  assert.match(nowhere.hint ?? "", /^`unitune init` writes one/);
  const named = await loadConfig({ cwd, file: "other.ts", env: {} }).catch((error) => error);
  assert(isUnituneError(named) && named.code === "CONFIG_NOT_FOUND" && named.exit === 3 && named.path === "other.ts");
  await Deno.remove(cwd);
});

Deno.test("a config found by searching upward is the caller's own or root's; sudo's caller counts", () => {
  for (
    const [owner, uid, sudo, trusted] of [
      [1000, 1000, undefined, true],
      [0, 1000, undefined, true],
      [1001, 1000, undefined, false],
      [1000, 0, undefined, false],
      [1000, 0, "1000", true],
      [1001, 0, "1000", false],
      [1000, 1001, "1000", false],
      [null, null, undefined, true],
    ] as const
  ) assert.equal(isTrusted(owner, uid, sudo), trusted, `${owner} ${uid} ${sudo}`);
});

Deno.test({
  name: "somebody else's config in a folder above is refused, and taken by its name",
  // Only root may give files away.
  ignore: Deno.build.os === "windows" || Deno.uid() !== 0,
  fn: async () => {
    await using project = await makeProject();
    await project.load(MINIMAL, { cwd: `${project.root}/images/base` });
    const path = `${project.root}/unitune.config.ts`;
    for (const given of [path, project.root]) {
      await Deno.chown(given, 12345, 12345);
      const cwd = `${project.root}/images/base`;
      const error = await loadConfig({ cwd, env: {} }).catch((error) => error);
      assert(isUnituneError(error) && error.code === "CONFIG_FOREIGN" && error.path === given, String(error));
      assert.equal((await loadConfig({ cwd, file: path, env: {} })).config.name, "acme-ml");
      await Deno.chown(given, 0, 0);
    }
  },
});

Deno.test("a config that is a link out of its folder is refused", async () => {
  await using project = await makeProject();
  await Deno.symlink(`${project.root}/../elsewhere/secret.ts`, `${project.root}/other.config.ts`);
  const failure = await project.failure(MINIMAL, { file: "other.config.ts" });
  assert.match(failure, /other\.config\.ts:1:1 {2}a config must not be a link to another folder/);
});

Deno.test("a context outside is taken when its folder is allowed", async () => {
  await using project = await makeProject();
  const config = `import { defineConfig, image } from "unitune/config";
    export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
      images: { out: image({ context: "../elsewhere" }), linked: image({ context: "./images/linked", repository: "x/y" }) } });`;
  assert.match(await project.failure(config), /"\.\.\/elsewhere" is outside/);
  const { config: { images } } = await project.load(config, { allowRead: ["../elsewhere"] });
  assert.equal(images[0]?.context, images[1]?.context);
});

Deno.test("a Dockerfile or an ignore file that is a link out of the folder is refused", async () => {
  await using project = await makeProject();
  for (const name of ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"]) {
    await Deno.remove(`${project.root}/images/base/${name}`).catch(() => {});
    await Deno.symlink(`${project.root}/../elsewhere/Dockerfile`, `${project.root}/images/base/${name}`);
    const failure = await project.failure(`import { defineConfig, image } from "unitune/config";
      export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
        images: { base: image({ context: "./images/base" }) } });`);
    assert(failure.includes(`"${name}" is outside`), failure);
    await Deno.remove(`${project.root}/images/base/${name}`);
    if (name === "Dockerfile") await project.write("images/base/Dockerfile", "FROM busybox\n");
  }
});

Deno.test("what a config writes to its console is handed on, not printed", async () => {
  await using project = await makeProject();
  const lines: string[] = [];
  await project.load(`${MINIMAL}console.log("region", { a: 1 });`, { log: (line) => lines.push(line) });
  assert.deepEqual(lines, ['region {"a":1}']);
});

Deno.test("modules of the config's folder are shared: one read, one identity", async () => {
  await using project = await makeProject();
  await project.write(
    "images.ts",
    'import { image } from "unitune";\nexport const base = image({ context: "./images/base" });',
  );
  await project.write(
    "more.ts",
    'import { base } from "./images.ts";\nexport default { base };\nexport * from "./images.ts";',
  );
  const { config } = await project.load(`import { defineConfig, image } from "unitune/config";
    import { base } from "./images.ts";
    import needs, * as all from "./more.ts";
    const trainer = image({ context: "./images/trainer", needs: all.base === base ? needs : {} });
    export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
      images: { [trainer ? "base" : ""]: base, trainer } });`);
  assert.deepEqual(config.images.map(({ name, needs }) => [name, needs]), [["base", {}], ["trainer", {
    base: "base",
  }]]);
});

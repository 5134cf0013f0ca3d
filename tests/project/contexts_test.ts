import assert from "node:assert/strict";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import { openFiles } from "../../lib/project/files.ts";
import { type Tree, withTree } from "../images/tree.ts";

const TREE: Tree = {
  "unitune.config.ts": `import { defineConfig, image } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" }, images: {
  app: image({
    context: "./app",
    secrets: { token: { file: "./lib/token" } },
    contexts: { src: "./lib", vendor: "docker-image://docker.io/library/alpine:3.22" },
  }) } });`,
  "app/Dockerfile": "FROM vendor\nCOPY --from=src a.py /\nRUN --mount=type=secret,id=token,required=true true\n",
  "lib/.dockerignore": "token\n",
  "lib/a.py": "a",
  "lib/token": "secret",
};

async function opened<T>(tree: Tree, use: (files: Awaited<ReturnType<typeof openFiles>>) => Promise<T>): Promise<T> {
  return await withTree(tree, async (cwd) => {
    const { config, root, allowed } = await loadConfig({ cwd, env: {} });
    const files = await openFiles(config, { walls: { root, allowed }, env: () => undefined });
    try {
      return await use(files);
    } finally {
      await files.close();
    }
  });
}

Deno.test("the report of a context shows what else the Dockerfile names: folders with their files, and images", async () => {
  await opened(TREE, async ({ contexts }) => {
    const report = await contexts.report("app");
    assert.deepEqual(report.warnings, []);
    const { src, vendor } = report.contexts;
    assert.ok(src && "files" in src);
    assert.deepEqual(src.files.map(({ path }) => path), [".dockerignore", "a.py"]);
    assert.deepEqual(vendor, { image: "docker.io/library/alpine:3.22" });
  });
});

Deno.test("a named folder that holds a secret's file is refused, as a build context is", async () => {
  await opened({ ...TREE, "lib/.dockerignore": "" }, async ({ contexts }) => {
    await assert.rejects(contexts.builds(), (error) => {
      if (!isUnituneError(error)) return false;
      return error.code === "SECRET_IN_CONTEXT" && /a file of the context of "app\.src"/.test(error.lines.join());
    });
  });
});

Deno.test("what is probably a mistake in a named folder is a finding with the path of its name", async () => {
  await opened({ ...TREE, "lib/id_rsa": "x" }, async ({ contexts }) => {
    const [found] = await contexts.findings(["app"]);
    assert.equal(found?.path, "images.app.contexts.src");
    assert.match(found!.message, /what looks like secrets \(id_rsa\)/);
  });
});

Deno.test("a build that requests less than the default is told with what it gets, and what gives it more", async () => {
  const small =
    `pools: { small: cpuPool({ maxCpus: 64, ami: "al2023", families: ["c7i.xlarge"] }) }, builder: { pool: "small" }`;
  const config = String(TREE["unitune.config.ts"]).replace("import {", "import { cpuPool,").replace(
    "images: {",
    `${small}, images: {`,
  );
  await opened({ ...TREE, "unitune.config.ts": config }, async ({ contexts }) => {
    assert.deepEqual(
      (await contexts.findings(["app"])).map(({ severity, path, message }) => [severity, path, message]),
      [[
        "note",
        "images.app.resources",
        'are less than the default, as the nodes of pool "small" have no more: cpu 3, memory 5Gi',
      ]],
    );
  });
});

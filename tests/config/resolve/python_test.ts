import assert from "node:assert/strict";
import { checkDockerfile } from "../../../lib/images/dockerfile/check.ts";
import { resolvePython } from "../../../lib/config/resolve/python.ts";
import type { Issue } from "../../../lib/config/issues.ts";
import { golden } from "../../golden.ts";
import { makeProject } from "../project.ts";

const PATH = ["images", "trainer", "dockerfile"];

function written(fields: Readonly<Record<string, unknown>>): string {
  const issues: Issue[] = [], text = resolvePython({ $: "python", ...fields }, PATH, issues);
  assert.deepEqual(issues, []);
  return text!;
}

const CASES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "requirements": { version: "3.12", requirements: "requirements.txt", apt: ["git", "libsndfile1"], copy: ["src"] },
  "uv": { version: "3.13", uvLock: "uv.lock", pip: ["flash-attn==2.8.3"] },
  "cuda": { version: "3.12", cuda: "12.8.1-devel", pip: ["torch==2.9.0", "peft>=0.18"], copy: ["train.py"] },
};

for (const [name, fields] of Object.entries(CASES)) {
  Deno.test(`python writes a Dockerfile without a finding: ${name}`, async () => {
    const source = written(fields), file = { type: "file", link: null } as const;
    await golden(`config/python-${name}.Dockerfile`, source);
    const names = ["requirements.txt", "uv.lock", "pyproject.toml", "src", "train.py"];
    const found = checkDockerfile({
      image: {
        name: "x",
        target: null,
        args: {},
        secrets: {},
        ssh: {},
        needs: {},
        contexts: {},
        platforms: ["linux/amd64"],
      },
      declared: ["x"],
      pulls: [],
      source,
      context: { entries: new Map(names.map((one) => [one, file])), ignores: () => false, ignoreFile: "" },
      folders: {},
    });
    assert.deepEqual(found, []);
  });
}

Deno.test("mistakes in python have paths of their own", () => {
  const issues: Issue[] = [];
  assert.equal(resolvePython({ $: "python", version: 3.12, pip: ["a'; rm"], requirment: "x" }, PATH, issues), null);
  assert.deepEqual(issues.map(({ code, path }) => `${code} ${path.slice(3).join(".")}`).sort(), [
    "INVALID_VALUE pip.0",
    "INVALID_VALUE version",
    "UNKNOWN_FIELD requirment",
  ]);
  const both: Issue[] = [];
  resolvePython({ $: "python", version: "3.12", requirements: "a", uvLock: "b" }, PATH, both);
  assert.deepEqual(both.map(({ code }) => code), ["CONFLICT"]);
});

Deno.test("python reaches the resolved image from a config, and a mistake is shown at its place", async () => {
  await using project = await makeProject();
  const config = (fields: string) =>
    `import { defineConfig, image, python } from "unitune/config";
export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" }, images: {
  app: image({ context: "./images/base", dockerfile: python({ ${fields} }) }) } });`;
  const { config: { images } } = await project.load(config('version: "3.12"'));
  assert.match(images[0]!.dockerfileInline!, /^FROM python:3\.12-slim\n/);
  assert.match(await project.failure(config('version: "2.7"')), /:3:\d+ {2}images\.app\.dockerfile\.version /);
});

import assert from "node:assert/strict";
import { makeProject } from "../project.ts";

const config = (fields: string) =>
  `import { defineConfig, image } from "unitune/config";
const base = image({ context: "./images/base" });
export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" }, images: {
  base, app: image({ context: "./images/trainer", ${fields} }) } });`;

Deno.test("a need may have the name of an image in a registry, with a path, a tag and capitals in it", async () => {
  await using project = await makeProject();
  const needs = '{ "verlai/verl:latest": base, "nvcr.io/nvidia/pytorch:25.10-Py3": base, "localhost:5000/a__b": base }';
  const { config: { images } } = await project.load(config(`needs: ${needs}`));
  assert.deepEqual(Object.keys(images.find(({ name }) => name === "app")!.needs), [
    "localhost:5000/a__b",
    "nvcr.io/nvidia/pytorch:25.10-Py3",
    "verlai/verl:latest",
  ]);
});

Deno.test("a need with a name that FROM cannot have, or that another need has, is refused", async () => {
  await using project = await makeProject();
  for (const alias of ["Base", "a b", "scratch", "a//b", `base@sha256:${"1".repeat(64)}`]) {
    assert.match(
      await project.failure(config(`needs: { ${JSON.stringify(alias)}: base }`)),
      /an image as FROM names it/,
    );
  }
  const twice = 'needs: { "verl": base, "docker.io/library/verl:latest": base }';
  assert.match(await project.failure(config(twice)), /must not name what another name is for BuildKit/);
});

Deno.test("a Dockerfile may lie outside the context, but not outside the project", async () => {
  await using project = await makeProject();
  await project.write("docker/app.Dockerfile", "FROM busybox:1\n");
  const { config: { images } } = await project.load(config('dockerfile: "../../docker/x/../app.Dockerfile"'));
  assert.equal(images.find(({ name }) => name === "app")!.dockerfile, "../../docker/app.Dockerfile");
  assert.match(
    await project.failure(config('dockerfile: "../../../elsewhere/Dockerfile"')),
    /must be inside the folder of the config/,
  );
  assert.match(
    await project.failure(config('dockerfile: "../../docker/none"')),
    /must be a file, relative to the context/,
  );
});

Deno.test("the text of a Dockerfile stands in place of a file, never beside one", async () => {
  await using project = await makeProject();
  const { config: { images } } = await project.load(config('dockerfileInline: "FROM busybox:1\\n"'));
  assert.equal(images.find(({ name }) => name === "app")!.dockerfileInline, "FROM busybox:1\n");
  const both = 'dockerfileInline: "FROM busybox:1\\n", dockerfile: "Dockerfile"';
  assert.match(await project.failure(config(both)), /must not have both dockerfile and dockerfileInline/);
});

import assert from "node:assert/strict";
import { makeProject } from "../project.ts";

const config = (fields: string) =>
  `import { defineConfig, image } from "unitune/config";
const base = image({ context: "./images/base" });
export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" }, images: {
  base, app: image({ context: "./images/trainer", ${fields} }) } });`;

Deno.test("named contexts are folders by their real path, and images of a registry", async () => {
  await using project = await makeProject();
  await project.write("lib/a.py", "a");
  const contexts = '{ src: "./lib", "acme/vendor:v1": "docker-image://docker.io/library/alpine:3.22" }';
  const { config: { images } } = await project.load(config(`contexts: ${contexts}`));
  assert.deepEqual(images.find(({ name }) => name === "app")!.contexts, {
    "acme/vendor:v1": { image: "docker.io/library/alpine:3.22" },
    src: { folder: `${project.root}/lib` },
  });
});

Deno.test("a named context stays inside the project, as the build context does, unless its folder is allowed", async () => {
  await using project = await makeProject();
  for (const path of ["../elsewhere", "./images/linked", "/etc"]) {
    const said = await project.failure(config(`contexts: { src: ${JSON.stringify(path)} }`));
    assert.match(said, /images\.app\.contexts\.src.*must be inside the folder of the config, after resolving links/s);
    assert.doesNotMatch(said, /secret/);
  }
  const outside = config('contexts: { src: "../elsewhere" }');
  const { config: { images } } = await project.load(outside, { allowRead: ["../elsewhere"] });
  const [source] = Object.values(images.find(({ name }) => name === "app")!.contexts);
  assert.deepEqual(source, { folder: project.root.replace(/project$/, "elsewhere") });
});

Deno.test("an ignore file of a named context that leads out of the project is refused", async () => {
  await using project = await makeProject();
  await project.write("lib/a.py", "a");
  await Deno.symlink(`${project.root}/../elsewhere/secret.txt`, `${project.root}/lib/.dockerignore`);
  assert.match(await project.failure(config('contexts: { src: "./lib" }')), /"\.dockerignore" is outside/);
});

Deno.test("what is neither a folder nor an image is refused, with what to write instead", async () => {
  await using project = await makeProject();
  await project.write("lib/a.py", "a");
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{ src: "./nowhere" }', /must be a folder: "\.\/nowhere" does not exist/],
    ['{ src: "./lib/a.py" }', /must be a folder: "\.\/lib\/a\.py" is a file/],
    ["{ src: base }", /must be a folder, like \.\/lib, or an image.* an image of this config goes into needs/],
    ['{ src: "target:base" }', /must be a folder, like \.\/lib, or an image.* an image of this config goes into needs/],
    ['{ src: "https://github.com/acme/lib.git" }', /let a RUN step or ADD fetch it/],
    ['{ src: "docker-image://Alpine:3" }', /must be a folder, like \.\/lib, or an image/],
    ['{ "a b": "./lib" }', /its name must be an image as FROM names it/],
  ];
  for (const [contexts, says] of cases) assert.match(await project.failure(config(`contexts: ${contexts}`)), says);
});

Deno.test("a name stands for one thing, among needs and contexts and in every spelling", async () => {
  await using project = await makeProject();
  await project.write("lib/a.py", "a");
  const both = 'needs: { "docker.io/acme/src:latest": base }, contexts: { "acme/src": "./lib" }';
  assert.match(
    await project.failure(config(both)),
    /images\.app\.contexts.*must not name what another name is for BuildKit: found "acme\/src" and "docker\.io\/acme\/src:latest" in needs/s,
  );
  const twice = 'contexts: { src: "./lib", "docker.io/library/src": "docker-image://alpine:3.22" }';
  assert.match(await project.failure(config(twice)), /must not name what another name is for BuildKit/);
});

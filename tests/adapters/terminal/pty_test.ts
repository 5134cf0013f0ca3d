/** A run on real terminals: wide, narrow, without a size, without colour, dumb, in CI; resized and interrupted. */
// deno-lint-ignore-file no-control-regex
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { inTerminal, type Person } from "./pty.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const folder = await Deno.makeTempDir({ prefix: "unitune-pty-" });
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const RUN = ["run", "--quiet", "--no-check", "-A"], SCENE = [...RUN, here("scene.ts"), folder];
// `script` of other systems takes other arguments.
const ignore = Deno.build.os !== "linux";

const go = async ({ sees, type }: Person) => {
  await sees(/image a/);
  await type("\n");
  await sees(/builds/);
  await type("\n");
};
/** The lines of the last drawing before the end of the scene. */
const lines = (text: string) => text.split(/\x1b\[\d+A\x1b\[0J|\n/).map((line) => line.replace(/\x1b\[\d+m/g, ""));

Deno.test({ name: "on a terminal running steps are redrawn, and folded when they end", ignore }, async () => {
  const { code, text } = await inTerminal(SCENE, { columns: 100 }, go);
  assert.equal(code, 0);
  assert.match(text, /\x1b\[\d+A\x1b\[0J/);
  assert.match(text, /2 running/);
  assert.match(text, /image a {2}\d\.\d s {2}\x1b\[2mwaits for a node/);
  assert.match(text, /\x1b\[32mdone {5}\x1b\[0m {2}image a {2}9\.0 s\n/);
  assert.match(text, /\x1b\[31mfailed {3}\x1b\[0m {2}stacks x{60} {2}1 min 30 s\n$/);
});

Deno.test({ name: "the second time, a step says how long it usually takes", ignore }, async () => {
  const { text } = await inTerminal(SCENE, { columns: 100 }, go);
  assert.match(text, /image a {2}\d\.\d s \(usually 9\.0 s\)/);
});

Deno.test({ name: "NO_COLOR leaves out colours, and nothing else", ignore }, async () => {
  const { text } = await inTerminal(SCENE, { columns: 100, env: { NO_COLOR: "1" } }, go);
  assert.doesNotMatch(text, /\x1b\[\d+m/);
  assert.match(text, /\x1b\[\d+A\x1b\[0J/);
});

Deno.test(
  { name: "a dumb terminal, and one of CI, get a line for each event, and none is redrawn", ignore },
  async () => {
    for (const env of [{ TERM: "dumb" }, { CI: "true" }]) {
      const { code, text } = await inTerminal(SCENE, { columns: 100, env }, go);
      assert.equal(code, 0);
      assert.doesNotMatch(text, /\x1b\[\d*[A-LP-Z]/);
      if ("TERM" in env) assert.doesNotMatch(text, /\x1b/);
      assert.match(text, /^build:a: waits for a node: Karpenter finds no capacity$/m);
      assert.match(text, /^build:a: done in 9\.0 s$/m);
    }
  },
);

Deno.test({ name: "in a pipe there is no control sequence", ignore }, async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: SCENE,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await child.output(), text = new TextDecoder().decode(stderr);
  assert.equal(stdout.length, 0);
  assert.doesNotMatch(text, /\x1b/);
  assert.match(text, /^build:a: done in 9\.0 s$/m);
});

Deno.test({ name: "on 40 columns no drawn line is wider, and on 0 columns it is as on 80", ignore }, async () => {
  for (const [columns, most] of [[40, 39], [0, 79]] as const) {
    const { code, text } = await inTerminal(SCENE, { columns, rows: columns === 0 ? 0 : 24 }, go);
    assert.equal(code, 0);
    const drawn = lines(text).filter((line) => !/^(done|failed)/.test(line));
    assert.ok(drawn.some((line) => /waits for a node/.test(line)));
    for (const line of drawn) assert.ok(line.length <= most, `${columns}: ${line}`);
  }
});

Deno.test(
  { name: "a terminal that becomes narrower loses no line, and its old lines are erased", ignore },
  async () => {
    const { text } = await inTerminal(SCENE, { columns: 100 }, async ({ sees, type, resize }) => {
      await sees(/waits for a node/);
      await resize(30);
      await type("\n");
      await sees(/builds/);
      await type("\n");
    });
    // 74 columns of stacks are 3 rows of 30, 57 and more of the image 2 or 3, and `2 running` is 1.
    assert.match(text, /\x1b\[[67]A\x1b\[0J/);
    assert.ok(
      lines(text.slice(text.search(/\x1b\[[67]A/))).filter((line) => !/^(done|failed)/.test(line)).every((line) =>
        line.length < 30
      ),
    );
  },
);

Deno.test({ name: "Ctrl-C says that the program stops, which ends with 130", ignore }, async () => {
  const asked = Promise.withResolvers<void>(), held = Promise.withResolvers<Response>();
  const aws = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => {
    asked.resolve();
    return held.promise;
  });
  const config = `${folder}/unitune.config.ts`;
  await Deno.writeTextFile(
    config,
    `import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" } });\n`,
  );
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${aws.addr.port}`,
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
  };
  const main = here("../../../main.ts");
  const { code, text } = await inTerminal(
    [...RUN, main, "plan", "-c", config],
    { columns: 80, env },
    async ({ sees, type }) => {
      await asked.promise;
      await type("\x03");
      await sees(/interrupted: stopping; once more ends at once/);
    },
  );
  assert.equal(code, 130, text);
  held.resolve(new Response());
  await aws.shutdown();
});

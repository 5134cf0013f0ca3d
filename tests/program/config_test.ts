/** Mistakes in a config, through the compiled program: exit code 3, the place, a hint, and no request at all. */
import assert from "node:assert/strict";
import { copyProject, runProgram } from "../lab/program.ts";

const program = new URL("../../dist/unitune", import.meta.url);

const MISTAKES: readonly { name: string; from: string; to: string; says: readonly RegExp[] }[] = [
  {
    name: "a function that does not exist",
    from: "import { cpuPool, defineConfig, gpuPool, image }",
    to: "import { cpuPool, defineConfig, gpuPol, image }",
    says: [/unitune\.config\.ts:2:\d+/, /gpuPol/, /did you mean "?gpuPool/],
  },
  {
    name: "a field that does not exist",
    from: "maxGpus: 8",
    to: "maxGpu: 8",
    says: [/unitune\.config\.ts:12:\d+ {2}pools\.tune\.maxGpu/, /did you mean "?maxGpus/],
  },
  {
    name: "a wrong unit",
    from: 'memory: "512Mi" },\n      tags',
    to: 'memory: "512MB" },\n      tags',
    says: [/unitune\.config\.ts:19:\d+ {2}images\.trainer\.resources\.memory/, /512MB/, /Mi/],
  },
  {
    name: "an image that is not declared",
    from: "  images: {\n    base,\n",
    to: "  images: {\n",
    says: [/unitune\.config\.ts:\d+:\d+ {2}images\.trainer\.needs\.base/],
  },
];

for (const { name, from, to, says } of MISTAKES) {
  Deno.test(`${name} ends with 3, its place and a hint, and no request leaves the machine`, async () => {
    const cwd = await copyProject("mistakes");
    let requests = 0;
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      requests++;
      return new Response("", { status: 500 });
    });
    const file = `${cwd}/unitune.config.ts`;
    const text = await Deno.readTextFile(file);
    assert.ok(text.includes(from), `the config holds ${from}`);
    await Deno.writeTextFile(file, text.replace(from, to));
    const endpoint = `http://127.0.0.1:${server.addr.port}`;
    // Whatever it would ask, AWS or anything through a proxy, comes to this server.
    const env = {
      AWS_ENDPOINT_URL: endpoint,
      HTTP_PROXY: endpoint,
      HTTPS_PROXY: endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const ran = await runProgram(["apply", "--yes"], { cwd, env });
    await server.shutdown();
    await Deno.remove(cwd, { recursive: true });
    assert.equal(ran.code, 3, ran.stderr);
    assert.equal(ran.stdout, "");
    for (const pattern of says) assert.match(ran.stderr, pattern);
    assert.equal(requests, 0);
  });
}

Deno.test("the counting server of these tests would see a request: a good config makes some", async () => {
  const cwd = await copyProject("mistakes");
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    requests++;
    return new Response("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>", { status: 403 });
  });
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.addr.port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const ran = await runProgram(["plan"], { cwd, env });
  await server.shutdown();
  await Deno.remove(cwd, { recursive: true });
  assert.equal(ran.code, 4, ran.stderr);
  assert.ok(requests > 0);
});

Deno.test("a config that may not be read ends with 3 and says so", async () => {
  const cwd = await copyProject("unreadable");
  try {
    await Deno.chmod(cwd, 0o755);
    await Deno.chmod(`${cwd}/unitune.config.ts`, 0);
    await Deno.copyFile(program, `${cwd}/unitune`);
    // Root reads every file.
    const user = Deno.uid() === 0 ? { uid: 65534, gid: 65534 } : {};
    const args = ["plan", "--offline", "-c", "unitune.config.ts"];
    const { code, stderr } = await new Deno.Command(`${cwd}/unitune`, { args, cwd, ...user }).output();
    assert.equal(code, 3);
    assert.match(new TextDecoder().decode(stderr), /unitune\.config\.ts:1:1 {2}cannot be read: permission denied/);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

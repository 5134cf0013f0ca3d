/** The compiled program while AWS is away for a moment, when it is told to end, and beside another of itself. */
import assert from "node:assert/strict";
import { CloudFormationClient, ListChangeSetsCommand } from "@aws-sdk/client-cloudformation";
import { CutProxy } from "./aws/cut_proxy.ts";
import { type Emulator, startEmulator } from "./aws/emulator.ts";
import { type Ran, runProgram } from "./program.ts";

const account = "210000000061", port = 4661;
const OUTAGE_MS = 1500;
/** Far above what the command takes, and far below "for ever". */
const LIMIT_MS = 90_000;

const CONFIG = `import { cpuPool, defineConfig } from "unitune/config";
export default defineConfig({
  name: "outages",
  region: "us-west-2",
  cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: { cpu: cpuPool({ maxCpus: 8 }) },
});
`;

let emulator: Emulator, folder: string;

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "unitune-outages-" });
  emulator = await startEmulator({ account, port, faultsFile: `${folder}/faults.json` });
  await Deno.writeTextFile(`${folder}/unitune.config.ts`, CONFIG);
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(folder, { recursive: true });
});

function environment(url = `http://127.0.0.1:${port}`): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Runs the program through a proxy that drops every connection for a moment, from the first such request on. */
async function cut(args: readonly string[], at: (request: string) => boolean): Promise<Ran> {
  const proxy = CutProxy.start(port);
  proxy.cutAt(at, OUTAGE_MS);
  try {
    const env = environment(proxy.url);
    // Behind the stacks comes the cluster, which this file needs no lab for.
    const ran = await runProgram(args, { cwd: folder, env, killAfter: LIMIT_MS, interruptAt: STACKS_END });
    assert.ok(proxy.fired, `no such request was made:\n${ran.stderr}`);
    return ran;
  } finally {
    proxy.stop();
  }
}

/** A form's field, as CloudFormation's and STS's requests have it. */
const calls = (action: string) => (request: string) => request.includes(`Action=${action}`);

const STACKS_END = /^stacks: (done|unchanged|failed)/m;

const POINTS = [
  ["while the toolkit assumes its role", "a", calls("AssumeRole")],
  ["while the toolkit waits for a change set", "b", calls("DescribeChangeSet")],
  ["while the stacks are deployed", "c", calls("ExecuteChangeSet")],
] as const;

for (const [what, stage, at] of POINTS) {
  Deno.test(`an outage of AWS passes ${what}`, async () => {
    const { stderr } = await cut(["apply", "--yes", "--only", "infra", "--stage", stage], at);
    assert.match(stderr, /^stacks: done/m, stderr);
  });
}

Deno.test("an outage of AWS passes in the middle of a plan", async () => {
  const { code, stdout, stderr } = await cut(["plan", "--stage", "d"], calls("DescribeStacks"));
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Plan for outages-d/);
});

Deno.test("an interrupted apply says what goes on in AWS and how to follow it, and never that it is done", async () => {
  const { code, stdout, stderr } = await runProgram(["apply", "--yes", "--only", "infra", "--stage", "e"], {
    cwd: folder,
    env: environment(),
    killAfter: LIMIT_MS,
    interruptAt: /outages-e-vpc CREATE_IN_PROGRESS/,
  });
  assert.equal(code, 130, stderr);
  assert.match(stderr, /interrupted: stopping/);
  assert.match(stderr, /CloudFormation goes on with outages-e-vpc; follow it with: aws cloudformation /);
  assert.doesNotMatch(stdout, /Done\./);
  assert.match(stdout, /Interrupted\./);
});

Deno.test("credentials that expire in the middle end an apply at once, with one error that says so", async () => {
  const faults = `${folder}/faults.json`;
  const expire = async () => await Deno.writeTextFile(faults, '[{ "error": "ExpiredToken", "share": 1 }]');
  const ran = await runProgram(["apply", "--yes", "--only", "infra", "--stage", "h"], {
    cwd: folder,
    env: environment(),
    killAfter: LIMIT_MS,
    when: { says: /outages-h-vpc CREATE_IN_PROGRESS/, then: expire },
  });
  await Deno.remove(faults);
  assert.equal(ran.code, 4, ran.stderr);
  const errors = ran.stderr.split("\n").filter((line) => /^error |AWS_CREDENTIALS/.test(line));
  assert.equal(errors.length, 1, ran.stderr);
  assert.match(errors[0]!, /AWS_CREDENTIALS/);
  assert.match(ran.stderr, /Sign in again: AWS no longer accepts these credentials/);
  assert.doesNotMatch(ran.stdout, /Done\./);
});

Deno.test("SIGTERM in the middle of a plan leaves no change set behind", async () => {
  await Deno.mkdir(`${folder}/images/extra`, { recursive: true });
  await Deno.writeTextFile(`${folder}/images/extra/Dockerfile`, "FROM scratch\n");
  const changed = CONFIG.replace("cpuPool,", "cpuPool, image,").replace(
    "  pools:",
    '  images: { extra: image({ context: "./images/extra" }) },\n  pools:',
  );
  await Deno.writeTextFile(`${folder}/changed.config.ts`, changed);
  const { code, stderr } = await runProgram(["plan", "-v", "--stage", "a", "-c", "changed.config.ts"], {
    cwd: folder,
    env: environment(),
    killAfter: LIMIT_MS,
    interruptAt: /Attempting to create ChangeSet/,
    signal: "SIGTERM",
  });
  assert.equal(code, 130, stderr);
  const client = new CloudFormationClient({
    region: "us-west-2",
    endpoint: environment()["AWS_ENDPOINT_URL"]!,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const { Summaries = [] } = await client.send(new ListChangeSetsCommand({ StackName: "outages-a-eks" }));
  // The one that the apply before has executed stays in the list.
  const waiting = Summaries.filter(({ ExecutionStatus }) => ExecutionStatus !== "EXECUTE_COMPLETE");
  assert.deepEqual(waiting.map(({ ChangeSetName }) => ChangeSetName), []);
});

Deno.test("of two applies at once one goes on, and the other names it", async () => {
  const runs = await Promise.all([1, 2].map(() => {
    const options = { cwd: folder, env: environment(), killAfter: LIMIT_MS, interruptAt: STACKS_END };
    return runProgram(["apply", "--yes", "--only", "infra", "--stage", "f"], options);
  }));
  const told = runs.map(({ stderr }) => stderr).join("\n-----\n");
  assert.equal(runs.filter(({ stderr }) => /^stacks: done/m.test(stderr)).length, 1, told);
  const [refused, ...others] = runs.filter(({ stderr }) => /LOCKED/.test(stderr));
  assert.deepEqual([others.length, refused?.code], [0, 4], told);
  assert.match(refused?.stderr ?? "", /Cannot apply outages-f as another run changes it: apply by /);
});

Deno.test("every request goes through the proxy of the environment, those of the CDK toolkit among them", async () => {
  const agents = new Set<string>();
  const forward = async (request: Request) => {
    const { hostname, pathname, search } = new URL(request.url), headers = new Headers(request.headers);
    agents.add(/aws-cdk|unitune/.exec(headers.get("user-agent") ?? "")?.[0] ?? "other");
    const body = request.body ? await request.arrayBuffer() : null;
    // S3's buckets are a part of the host.
    const bucket = /^(.+)\.aws\.invalid$/.exec(hostname)?.[1], path = `${bucket ? `/${bucket}` : ""}${pathname}`;
    return await fetch(`http://127.0.0.1:${port}${path}${search}`, { method: request.method, headers, body });
  };
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, forward);
  try {
    // Only the proxy knows a host of this name.
    const env = { ...environment("http://aws.invalid"), HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}` };
    const options = { cwd: folder, env, killAfter: LIMIT_MS, interruptAt: STACKS_END };
    const { stderr } = await runProgram(["apply", "--yes", "--only", "infra", "--stage", "g"], options);
    assert.match(stderr, /^stacks: done/m, stderr);
    assert.ok(agents.has("aws-cdk") && agents.has("unitune"), [...agents].join());
  } finally {
    await proxy.shutdown();
  }
});

/**
 * Pools that do not work, with real Karpenter, through the compiled program: what a person is told, that the command
 * ends, and that the same command succeeds when the fault is gone. Tests of this file build on each other, in order.
 */
import assert from "node:assert/strict";
import * as ec2 from "@aws-sdk/client-ec2";
import type { Emulator } from "./aws/emulator.ts";
import { askLab } from "./aws/raw.ts";
import { rootClient } from "./caller.ts";
import { emulatorEnv, kubectl, labReady, startEmulator } from "./lab.ts";
import { copyTree, type Ran, runProgram, type RunProgramOptions } from "./program.ts";

const NAME = "lab-pools";
const PORT = 4655;
const DISCOVERY = "karpenter.sh/discovery";
const TYPE = "m6i.xlarge";

let emulator: Emulator;
let project = "";
let files = "";

interface Options {
  readonly nodeTimeout?: string;
  /** More pools, as they stand in the file. */
  readonly pools?: string;
}

async function configure({ nodeTimeout = "15m", pools = "" }: Options): Promise<void> {
  await Deno.writeTextFile(
    `${project}/unitune.config.ts`,
    `import { cpuPool, defineConfig, image } from "unitune/config";
    export default defineConfig({
      name: "${NAME}",
      region: "us-west-2",
      cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
      pools: { build: cpuPool({ families: ["${TYPE}"], maxCpus: 16, capacity: ["on-demand"], ami: "al2023" }), ${pools} },
      builder: { pool: "build", nodeTimeout: "${nodeTimeout}" },
      images: { base: image({ context: "./base", resources: { cpu: "500m", memory: "1Gi", disk: "5Gi" } }) },
    });`,
  );
}

function unitune(args: readonly string[], more: Partial<RunProgramOptions> = {}): Promise<Ran> {
  return runProgram(args, { cwd: project, env: emulatorEnv(PORT), ...more });
}

/** A change in the image's context: the next build needs a Job, and a node. */
async function edit(): Promise<void> {
  await Deno.writeTextFile(`${project}/base/banner.txt`, crypto.randomUUID());
  await kubectl(["delete", "nodeclaims", "--all"]);
}

async function subnets(): Promise<string[]> {
  const client = new ec2.EC2Client(rootClient(emulator));
  const Filters = [{ Name: "tag:Name", Values: ["*Private*", "*private*"] }];
  const { Subnets = [] } = await client.send(new ec2.DescribeSubnetsCommand({ Filters }));
  const found = Subnets.filter(({ VpcId }) => VpcId === Subnets[0]!.VpcId).map(({ SubnetId }) => SubnetId!);
  assert.ok(found.length >= 2, JSON.stringify(Subnets));
  return found;
}

async function tag(Resources: string[], value: string | null): Promise<void> {
  const client = new ec2.EC2Client(rootClient(emulator));
  if (value === null) await client.send(new ec2.DeleteTagsCommand({ Resources, Tags: [{ Key: DISCOVERY }] }));
  else await client.send(new ec2.CreateTagsCommand({ Resources, Tags: [{ Key: DISCOVERY, Value: value }] }));
}

async function waitingPods(): Promise<string> {
  return await kubectl(["get", "pods", "-n", "unitune-build", "--field-selector=status.phase=Pending", "-o", "name"]);
}

/** Karpenter remembers for three minutes what EC2 refused; a new one does not. */
async function forgetRefusals(): Promise<void> {
  await kubectl(["rollout", "restart", "deployment/karpenter", "-n", "kube-system"]);
  await kubectl(["rollout", "status", "deployment/karpenter", "-n", "kube-system", "--timeout=300s"]);
}

/** How many of it run. */
async function karpenter(replicas: number): Promise<void> {
  const inSystem = ["-n", "kube-system"];
  await kubectl(["scale", "deployment/karpenter", `--replicas=${replicas}`, ...inSystem]);
  if (replicas > 0) await kubectl(["rollout", "status", "deployment/karpenter", "--timeout=300s", ...inSystem]);
  else await kubectl(["wait", "pods", "-l", "app.kubernetes.io/name=karpenter", "--for=delete", ...inSystem]);
}

async function quota(code: string, value: number): Promise<void> {
  await askLab(emulator.url, "PUT", "quotas", { [code]: value });
}

const capacity = (lines: string) => Deno.writeTextFile(`${files}/no-capacity`, lines);
const faults = (list: unknown[]) => Deno.writeTextFile(`${files}/faults`, JSON.stringify(list));

Deno.test.beforeAll(async () => {
  await labReady();
  files = await Deno.makeTempDir({ prefix: "unitune-pools-" });
  project = await Deno.makeTempDir({ prefix: "unitune-project-" });
  await copyTree(new URL("../../examples/demo/base", import.meta.url).pathname, `${project}/base`);
  await capacity("");
  await faults([]);
  const given = { noCapacityFile: `${files}/no-capacity`, faultsFile: `${files}/faults` };
  emulator = await startEmulator({ account: "310000000055", port: PORT, ...given });
  await configure({});
});

Deno.test.afterAll(async () => {
  await faults([]);
  const removed = await unitune(["destroy", "--yes", "--delete-data"]);
  await emulator.stop();
  for (const folder of [project, files]) await Deno.remove(folder, { recursive: true });
  assert.equal(removed.code, 0, removed.stderr);
});

Deno.test("a class whose subnets are not found ends apply with the condition, its meaning and a next step", async () => {
  const made = await unitune(["apply", "--yes", "--only", "infra"]);
  assert.equal(made.code, 0, made.stderr);
  await tag(await subnets(), null);
  const ran = await unitune(["apply", "--yes"]);
  assert.equal(ran.code, 5, ran.stderr);
  const what = "EC2NodeClass build: SubnetsReady is False, SubnetsNotFound: SubnetSelector did not match any Subnets";
  assert.ok(
    ran.stderr.includes(`error POOL_NOT_READY: Cannot use pool "build" as it is not ready: ${what}\n`),
    ran.stderr,
  );
  assert.match(ran.stderr, /^ {2}at network$/m);
  assert.match(ran.stderr, /no subnet has the tag karpenter\.sh\/discovery=lab-pools/);
  assert.match(ran.stderr, /^build:base: skipped, ready:build failed$/m);
});

Deno.test("a plan says of a pool that nothing changes of that it is not ready", async () => {
  const plan = await unitune(["plan", "--json"]);
  assert.equal(plan.code, 0, plan.stderr);
  const { notes } = JSON.parse(plan.stdout);
  assert.match(notes.join("\n"), /pool build is not ready {2}network {2}EC2NodeClass build: SubnetsReady is False/);
});

Deno.test("with the tags back the same command makes Karpenter look again, and builds", async () => {
  await tag(await subnets(), NAME);
  const ran = await unitune(["apply", "--yes"]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /^base {2}built {2}/m);
  const again = await unitune(["apply", "--yes"]);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /Nothing changed/);
});

Deno.test("an image that SSM does not give to Karpenter ends apply with the pool's ami, and not the builds of others", async () => {
  await faults([{ service: "ssm", action: "GetParameter", times: 100_000, error: "ParameterNotFound" }]);
  await configure({ pools: `other: cpuPool({ maxCpus: 8, ami: "bottlerocket" })` });
  await edit();
  const ran = await unitune(["apply", "--yes", "--only", "pools,images"]);
  assert.equal(ran.code, 5, ran.stderr);
  assert.match(ran.stderr, /Cannot use pool "other" as it is not ready: EC2NodeClass other: AMIsReady is Unknown/);
  assert.match(ran.stderr, /^ {2}at pools\.other\.ami$/m);
  assert.match(
    ran.stderr,
    /SSM has no image bottlerocket@v[\d.]+ for Kubernetes 1\.35, or Karpenter is not allowed to read it/,
  );
  assert.match(ran.stdout, /^base {2}built {2}/m);
  await faults([]);
  const again = await unitune(["apply", "--yes", "--only", "pools,images"]);
  assert.equal(again.code, 0, again.stderr);
});

Deno.test("a pool without capacity: the build says what EC2 has not, and goes on when it has it again", async () => {
  await configure({});
  await capacity(`${TYPE} *\n`);
  await edit();
  const says = /EC2 has no m6i\.xlarge on-demand in us-west-2[abc].* \(InsufficientInstanceCapacity\)/;
  const restored = () => capacity("").then(forgetRefusals);
  const ran = await unitune(["apply", "--yes"], { when: { says, then: restored } });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, says);
});

Deno.test("a quota of 0 ends the build after builder.nodeTimeout, with the quota and where to ask for more", async () => {
  await configure({ nodeTimeout: "1m" });
  await quota("L-1216C47A", 0);
  await edit();
  const ran = await unitune(["build"]);
  assert.equal(ran.code, 5, ran.stderr);
  assert.match(
    ran.stderr,
    /error NODE_TIMEOUT: .* pool "build" provided no node within builder\.nodeTimeout, 1 min: /,
  );
  assert.match(
    ran.stderr,
    /quota "Running On-Demand Standard .*" is 0 vCPUs, which is too little \(VcpuLimitExceeded\)/,
  );
  assert.match(
    ran.stderr,
    /hint: Request an increase at https:\/\/us-west-2\.console\.aws\.amazon\.com\/.*\/L-1216C47A/,
  );
  assert.equal(await waitingPods(), "", "no pod goes on waiting");
});

Deno.test("while Karpenter does not run plan and build say so; with it and the quota back the same command builds", async () => {
  await configure({});
  await quota("L-1216C47A", 512);
  await karpenter(0);
  const plan = await unitune(["plan", "--json"]);
  assert.equal(plan.code, 0, plan.stderr);
  assert.match(JSON.parse(plan.stdout).notes.join("\n"), /no pool can get nodes {2}Karpenter has no pods/);
  const says = /waits for a node: Karpenter has no pods/;
  const ran = await unitune(["build"], { when: { says, then: () => karpenter(2) } });
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, says);
  assert.match(ran.stdout, /^base {2}built {2}/m);
});

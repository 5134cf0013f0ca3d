/** The compiled program while AWS is away for a moment: in the middle of the CDK toolkit's calls, and of its own. */
import assert from "node:assert/strict";
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
  emulator = await startEmulator({ account, port });
  folder = await Deno.makeTempDir({ prefix: "unitune-outages-" });
  await Deno.writeTextFile(`${folder}/unitune.config.ts`, CONFIG);
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await Deno.remove(folder, { recursive: true });
});

/** Runs the program through a proxy that drops every connection for a moment, from the first such request on. */
async function cut(args: readonly string[], at: (request: string) => boolean): Promise<Ran> {
  const proxy = CutProxy.start(port);
  proxy.cutAt(at, OUTAGE_MS);
  try {
    const env = {
      AWS_ENDPOINT_URL: proxy.url,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_EC2_METADATA_DISABLED: "true",
    };
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

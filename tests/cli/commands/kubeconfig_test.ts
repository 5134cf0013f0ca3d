/** `unitune kubeconfig`, and the token that kubectl gets by it. */
import assert from "node:assert/strict";
import { parse } from "yaml";
import { EXIT } from "../../../lib/core/errors.ts";
import type { Ports } from "../../../lib/core/ports.ts";
import { makeProject } from "../../config/project.ts";
import type { Some } from "../../fakes/operation.ts";
import { run } from "../run.ts";

const CONFIG = `import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" } });\n`;

const project = await makeProject();
await project.write("unitune.config.ts", CONFIG);
const config = ["-c", `${project.root}/unitune.config.ts`];
globalThis.addEventListener("unload", () => Deno.removeSync(project.root, { recursive: true }));

function account(endpoint: string | null = "https://api"): Some<Ports> {
  const cluster = endpoint === null ? null : {
    ...{ name: "acme", status: endpoint ? "ACTIVE" : "CREATING", endpoint, caData: "Q0E=", version: "1.35" },
    ...{ vpcId: "", subnetIds: [], serviceCidr: "", tags: {} },
  };
  return {
    identity: { caller: () => Promise.resolve({ account: "123456789012", partition: "aws", principalArn: "arn:me" }) },
    eks: { cluster: () => Promise.resolve(cluster) },
  };
}

const NAME = "acme.us-west-2.123456789012";

Deno.test("kubeconfig writes an entry whose tokens come from this program, as the profile of the environment", async () => {
  const file = `${project.root}/kube/config`, env = { AWS_PROFILE: "ml" };
  const ran = await run(["kubeconfig", "--file", file, ...config], { ports: account(), env });
  assert.deepEqual([ran.code, ran.stdout], [EXIT.done, `wrote context ${NAME} to ${file}\n`], ran.stderr);
  const written = parse(await Deno.readTextFile(file));
  const { command, args } = written.users[0].user.exec;
  assert.equal(command, "/opt/unitune");
  const cluster = ["--cluster", "acme", "--region", "us-west-2"];
  assert.deepEqual(args, ["kubeconfig", "token", ...cluster, "--profile", "ml"]);
  const json = await run(["kubeconfig", "--file", file, "--context", "ml", "--json", ...config], { ports: account() });
  const { entry } = JSON.parse(json.stdout);
  assert.deepEqual([entry.name, entry.args], ["ml", ["kubeconfig", "token", ...cluster]]);
  assert.equal(parse(await Deno.readTextFile(file))["current-context"], "ml");
});

Deno.test("--print prints a kubeconfig with the entry alone, and writes nothing", async () => {
  const env = { KUBECONFIG: `${project.root}/nowhere/config` };
  const { code, stdout } = await run(["kubeconfig", "--print", ...config], { ports: account(), env });
  assert.deepEqual([code, parse(stdout)["current-context"]], [EXIT.done, NAME]);
  assert.equal(await Deno.stat(`${project.root}/nowhere`).catch(() => null), null);
});

Deno.test("a cluster that does not exist, or has no endpoint yet, is no entry", async () => {
  for (
    const [endpoint, says] of [[null, /it does not exist\n {2}hint: Run `unitune apply`/], ["", /CREATING/]] as const
  ) {
    const { code, stderr } = await run(["kubeconfig", "--print", ...config], { ports: account(endpoint) });
    assert.equal(code, EXIT.aws);
    assert.match(stderr, says);
  }
});

Deno.test("a token is printed without a config or a request: what kubectl reads, signed for the cluster", async () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };
  for (const [name, value] of Object.entries(keys)) Deno.env.set(name, value);
  const ran = await run(["kubeconfig", "token", "--cluster", "acme", "--region", "eu-west-1"]);
  for (const name of Object.keys(keys)) Deno.env.delete(name);
  assert.deepEqual([ran.code, ran.stderr], [EXIT.done, ""]);
  const { apiVersion, kind, status } = JSON.parse(ran.stdout);
  assert.deepEqual([apiVersion, kind], ["client.authentication.k8s.io/v1", "ExecCredential"]);
  assert.ok(Date.parse(status.expirationTimestamp) > Date.now() + 10 * 60_000);
  const url = new URL(atob(status.token.replace("k8s-aws-v1.", "").replaceAll("-", "+").replaceAll("_", "/")));
  assert.equal(url.host, "sts.eu-west-1.amazonaws.com");
  assert.match(url.searchParams.get("X-Amz-Credential")!, /^AKIAEXAMPLE\//);
  const nowhere = { AWS_EC2_METADATA_DISABLED: "true", HOME: project.root, AWS_SHARED_CREDENTIALS_FILE: "/nowhere" };
  const before = Object.keys(nowhere).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(nowhere)) Deno.env.set(name, value);
  const nobody = await run(["kubeconfig", "token", "--cluster", "acme", "--region", "eu-west-1"]);
  for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  assert.deepEqual([nobody.code, nobody.stdout], [EXIT.aws, ""]);
  assert.match(nobody.stderr, /^error AWS_CREDENTIALS: /);
  const no = await run(["kubeconfig", "token", "--cluster", "acme"]);
  assert.deepEqual([no.code, no.stdout], [EXIT.usage, ""]);
  assert.match(no.stderr, /--region/);
});

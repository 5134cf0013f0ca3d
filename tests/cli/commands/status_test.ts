/** `unitune status` and its document; nothing is deployed. */
import assert from "node:assert/strict";
import { EXIT } from "../../../lib/core/errors.ts";
import type { Ports } from "../../../lib/core/ports.ts";
import { makeProject } from "../../config/project.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { dataOf } from "../../pages/read.ts";
import type { Some } from "../../fakes/operation.ts";
import { run } from "../run.ts";

const CONFIG = `import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" } });\n`;

const project = await makeProject();
await project.write("unitune.config.ts", CONFIG);
const config = ["-c", `${project.root}/unitune.config.ts`];
globalThis.addEventListener("unload", () => Deno.removeSync(project.root, { recursive: true }));

const ports: Some<Ports> = {
  identity: { caller: () => Promise.resolve({ account: "123456789012", partition: "aws", principalArn: "arn:me" }) },
  stacks: { status: () => Promise.resolve(null) },
  eks: { cluster: () => Promise.resolve(null) },
  leftovers: { find: () => Promise.resolve([{ kind: "instance", id: "i-1" }]) },
  clock: fakeClock(),
};

Deno.test("status is the result, as text and as a document of its schema", async () => {
  const told = await run(["status", ...config], { ports });
  assert.equal(told.code, EXIT.done, told.stderr);
  assert.match(told.stdout, /^acme in us-west-2, account 123456789012\n[^]*^ {2}instance i-1$/m);
  const { stacks, cluster, leftovers } = JSON.parse((await run(["status", "--json", ...config], { ports })).stdout);
  assert.deepEqual([stacks.length, cluster, leftovers], [2, null, ["instance i-1"]]);
});

Deno.test("--html writes a page with the document that --json prints", async () => {
  const file = `${project.root}/status.html`;
  const { stdout } = await run(["status", "--json", "--html", file, ...config], { ports });
  assert.deepEqual(dataOf(await Deno.readTextFile(file), "status"), JSON.parse(stdout));
});

Deno.test("--watch looks again until it is interrupted, and prints no documents", async () => {
  const refused = await run(["status", "--watch", "--json", ...config], { ports });
  assert.deepEqual([refused.code, refused.stdout], [EXIT.usage, ""]);
  const controller = new AbortController();
  const looked = { ...ports, leftovers: { find: () => (controller.abort(), Promise.resolve([])) } };
  const watched = await run(["status", "--watch", ...config], { ports: looked, signal: controller.signal });
  assert.equal(watched.code, EXIT.interrupted);
  assert.match(watched.stdout, /^acme in us-west-2/);
});

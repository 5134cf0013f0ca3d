/**
 * Every training manifest of the examples gets a node from its config's pools: by Karpenter's own scheduler and its own
 * arithmetic of what an instance type can hold, over the catalogue of `tests/facts`. No cluster is asked.
 */
import assert from "node:assert/strict";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import type { Config } from "../../lib/config/types.ts";
import { podsOf, schedule } from "./scheduler.ts";

const examples = new URL("../../examples/", import.meta.url);

/** What each manifest's pods get. A new manifest is named here, or the first test fails. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "lora-l40s": ["lora-0: tune spot g6e.4xlarge"],
  "multi-node-h100": ["pretrain-0: train on-demand p5.48xlarge", "pretrain-1: train on-demand p5.48xlarge"],
};

async function example(name: string): Promise<{ readonly config: Config; readonly manifest: string }> {
  const folder = new URL(`${name}/`, examples).pathname;
  const { config } = await loadConfig({ file: `${folder}unitune.config.ts`, cwd: folder, env: {} });
  return { config, manifest: await Deno.readTextFile(`${folder}train.yaml`) };
}

Deno.test("every train.yaml of the examples is scheduled here", async () => {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(examples)) {
    if (isDirectory && await Deno.stat(new URL(`${name}/train.yaml`, examples)).catch(() => null)) found.push(name);
  }
  assert.deepEqual(found.sort(), Object.keys(EXPECTED));
});

for (const [name, expected] of Object.entries(EXPECTED)) {
  Deno.test(`the pods of example ${name} get nodes, with a price`, async () => {
    const { config, manifest } = await example(name);
    const { nodes, pending } = await schedule(config, podsOf(manifest));
    assert.deepEqual(pending, {});
    const got = nodes.flatMap(({ pods, nodePool, capacityType, instanceType }) => {
      return pods.map((pod) => `${pod}: ${nodePool} ${capacityType} ${instanceType}`);
    });
    assert.deepEqual(got.sort(), expected);
    for (const { usdPerHour } of nodes) assert.ok(usdPerHour > 0);
  });
}

Deno.test("a reservation with room is taken before what is bought on demand, and one without is not", async () => {
  const { config, manifest } = await example("multi-node-h100");
  const found = { id: "cr-0123456789abcdef0", nodeClass: "train", instanceType: "p5.48xlarge", zone: "us-east-2a" };
  const capacity = async (free: number) => {
    const { nodes } = await schedule(config, podsOf(manifest), [{ ...found, free }]);
    return nodes.map(({ capacityType }) => capacityType).sort();
  };
  assert.deepEqual(await capacity(2), ["reserved", "reserved"]);
  assert.deepEqual(await capacity(1), ["on-demand", "reserved"]);
});

Deno.test("a pod that asks for hugepages is told that no instance type has them", async () => {
  const { config, manifest } = await example("multi-node-h100");
  const asking = manifest.replace("nvidia.com/gpu: 8", "hugepages-2Mi: 5Gi\n              nvidia.com/gpu: 8");
  assert.notEqual(asking, manifest);
  const { nodes, pending } = await schedule(config, podsOf(asking));
  assert.deepEqual(nodes, []);
  assert.match(pending["pretrain-0"]!, /no instance type has enough resources.*"hugepages-2Mi":"5Gi"/);
});

Deno.test("a pod that asks for more GPUs or EFA interfaces than a node has gets none", async () => {
  const { config, manifest } = await example("multi-node-h100");
  for (const [has, asks] of [["nvidia.com/gpu: 8", "nvidia.com/gpu: 16"], ["aws.com/efa: 32", "aws.com/efa: 33"]]) {
    const { nodes } = await schedule(config, podsOf(manifest.replace(has!, asks!)));
    assert.deepEqual(nodes, [], asks);
  }
});

Deno.test("a pod without the pool's toleration gets none, and the taint is named", async () => {
  const { config, manifest } = await example("lora-l40s");
  const { pending } = await schedule(config, podsOf(manifest.replace("key: nvidia.com/gpu", "key: other")));
  assert.match(pending["lora-0"]!, /did not tolerate taint \(taint=nvidia\.com\/gpu=true:NoSchedule\)/);
});

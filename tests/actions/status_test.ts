/** What `status` reads, of an account and a cluster of the test's own. */
import assert from "node:assert/strict";
import { readStatus } from "../../lib/actions/status.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import { KINDS } from "../../lib/core/kube.ts";
import type { ClusterInfo, Ports } from "../../lib/core/ports.ts";
import { FakeKube, KARPENTER_KINDS } from "../fakes/kube.ts";
import { fakeOperation, type Some } from "../fakes/operation.ts";
import { jobSpec, pool } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";
import { BEGAN, claim, controllers, INSTANCE, nodeClass, nodePool, waitingPod } from "../jobs/karpenter.ts";

const { build } = jobSpec();
const config = smallest({ pools: [pool], images: [build.image] });
const CLUSTER: ClusterInfo = {
  name: "acme",
  status: "ACTIVE",
  endpoint: "https://api",
  caData: "",
  version: "1.35",
  vpcId: "",
  subnetIds: [],
  serviceCidr: "",
  tags: {},
};

function reading(cluster: ClusterInfo | null, kube: Ports["kube"], ports: Some<Ports> = {}) {
  const account = "123456789012";
  const contexts = { builds: () => Promise.resolve([build]) };
  return readStatus(fakeOperation(config, {
    identity: { caller: () => Promise.resolve({ account, partition: "aws", principalArn: "" }) },
    eks: { cluster: () => Promise.resolve(cluster) },
    stacks: { status: (stack) => Promise.resolve(stack === "acme-eks" ? "UPDATE_COMPLETE" : null) },
    registry: { find: () => Promise.resolve(null) },
    ...ports,
    kube: kube as unknown as NonNullable<Some<Ports>["kube"]>,
  }, { contexts }));
}

Deno.test("status reads pools with their nodes, why pods wait, and the Jobs that build", async () => {
  const kube = new FakeKube(KARPENTER_KINDS), { controllers: [leader], lease } = controllers();
  const waiting = waitingPod(), spec = { nodeSelector: { "karpenter.sh/nodepool": "builder" }, containers: [] };
  const job = {
    ...KINDS.job,
    metadata: {
      name: "trainer-amd64-1",
      namespace: "unitune-build",
      creationTimestamp: BEGAN,
      labels: { "app.kubernetes.io/managed-by": "unitune", "unitune.dev/image": "trainer" },
    },
  };
  kube.put({ ...KINDS.namespace, metadata: { name: "unitune-build" } });
  const ready = { Launched: ["True"], Registered: ["True"], Initialized: ["True"] } as const;
  const theirs = { ...nodePool("theirs"), metadata: { name: "theirs" } };
  const objects = [leader!, lease, nodePool("builder"), nodeClass("builder"), theirs, { ...waiting, spec }, job];
  for (const object of [...objects, claim("builder-abcde", "builder", ready, INSTANCE)]) kube.put(object);
  kube.put({ ...KINDS.node, metadata: { name: "system-1", creationTimestamp: BEGAN } });
  kube.time = Date.parse(BEGAN) + 90_000;
  const { stacks, inside, images, usdPerHour } = await reading(CLUSTER, () => Promise.resolve(kube));
  assert.deepEqual(stacks, [{ stack: "acme-vpc", status: null }, { stack: "acme-eks", status: "UPDATE_COMPLETE" }]);
  assert.equal(inside!.karpenter, null);
  assert.deepEqual(inside!.pools.map(({ pool, ready, ours, nodes }) => [pool, ready, ours, nodes.length]), [
    ["builder", true, true, 1],
    ["theirs", true, false, 0],
    ["system", null, true, 1],
  ]);
  const [node] = inside!.pools[0]!.nodes;
  assert.deepEqual([node!.name, node!.state, node!.type, node!.usdPerHour], [
    "ip-10-0-1-10",
    "ready",
    "c6i.large",
    0.085,
  ]);
  assert.deepEqual(inside!.waiting.map(({ pod, why }) => [pod, why]), [
    ["unitune-build/trainer-1", "Karpenter is looking for one"],
  ]);
  assert.deepEqual(inside!.builds, [{ image: "trainer", job: "trainer-amd64-1", state: "running", seconds: 90 }]);
  assert.deepEqual(images, [{ image: "trainer", digest: null, bytes: null, seconds: null }]);
  assert.ok(Math.abs(usdPerHour - 0.185) < 1e-9);
});

Deno.test("a cluster that does not answer is a part of the status, and any other fault ends it", async () => {
  const failing = (error: Error) => () => Promise.reject(error);
  const { inside } = await reading(CLUSTER, failing(new UnituneError("KUBE_UNREACHABLE", "Cannot reach it")));
  assert.equal(inside!.unread, "Cannot reach it");
  await assert.rejects(
    reading(CLUSTER, failing(new UnituneError("KUBE_CALL", "Cannot list"))),
    /Cannot list/,
  );
});

Deno.test("leftovers are looked for only when neither cluster nor stacks exist", async () => {
  const never = () => Promise.reject(new Error("nothing is to be asked"));
  assert.deepEqual((await reading(null, never, { leftovers: { find: never } })).leftovers, []);
  const { leftovers } = await reading(null, never, {
    stacks: { status: () => Promise.resolve(null) },
    leftovers: { find: () => Promise.resolve([{ kind: "instance", id: "i-1" }]) },
  });
  assert.deepEqual(leftovers, ["instance i-1"]);
});

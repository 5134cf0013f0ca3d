import assert from "node:assert/strict";
import type { Kube } from "../../lib/core/kube.ts";
import type { ContainerStatus } from "../../lib/core/pods.ts";
import { containerStatus } from "../objects.ts";
import { isUnscheduled, type NodeFacts, nodeWait, podWait } from "../../lib/jobs/waits.ts";
import {
  claim,
  controllers,
  event,
  INSTANCE,
  LAUNCHING,
  NO_CAPACITY,
  nodeClass,
  nodePool,
  refusal,
  waitingPod,
} from "./karpenter.ts";

const pod = waitingPod();

function facts(more: Partial<NodeFacts> = {}): NodeFacts {
  return {
    pool: "builder",
    region: "us-west-2",
    nodePool: nodePool("builder"),
    nodeClass: nodeClass("builder"),
    claims: [],
    events: [],
    ...controllers(),
    ...more,
  };
}

const why = (more: Partial<NodeFacts> = {}) => nodeWait(pod, facts(more)).text;
const failed = (reasons: string, seconds = 2) => {
  return event(pod, "FailedScheduling", `Failed to schedule pod, ${reasons}`, seconds);
};
const nominated = (name: string, seconds = 1) => {
  return event(pod, "Nominated", `Pod should schedule on: nodeclaim/${name}`, seconds);
};

Deno.test("at first nothing was said, then the NodeClaim is named that Karpenter launches", () => {
  assert.equal(why(), "Karpenter is looking for one");
  assert.equal(
    why({ claims: [claim("builder-2xb4c", "builder", LAUNCHING)], events: [nominated("builder-2xb4c")] }),
    "Karpenter is launching one (NodeClaim builder-2xb4c)",
  );
});

Deno.test("an instance that was launched is told until it joins and is ready", () => {
  const launched = { Launched: ["True"], Registered: ["Unknown", "NodeNotFound"] } as const;
  assert.equal(
    why({ claims: [claim("builder-a", "builder", launched, INSTANCE)] }),
    "EC2 launched c6i.large in us-west-2a (i-0123456789abcdef0), which has not joined the cluster yet",
  );
  const joined = { Launched: ["True"], Registered: ["True"] } as const;
  const waits = ["Unknown", "StartupTaintsExist", 'StartupTaint "a=b:NoSchedule" still exists'] as const;
  assert.equal(
    why({ claims: [claim("builder-a", "builder", { ...joined, Initialized: waits }, INSTANCE)] }),
    'node ip-10-0-1-10 has joined but is not ready yet: StartupTaint "a=b:NoSchedule" still exists',
  );
});

Deno.test("an instance that does not join has a next step, which is not told before it takes too long", () => {
  const claims = [claim("builder-a", "builder", { Launched: ["True"] }, INSTANCE)];
  const { hint, passing } = nodeWait(pod, facts({ claims }));
  assert.match(hint, /get-console-output --latest --instance-id i-0123456789abcdef0/);
  assert.equal(passing, true);
});

Deno.test("a node that is ready is told as the next thing", () => {
  const ready = { Launched: ["True"], Registered: ["True"], Initialized: ["True"] } as const;
  const claims = [claim("builder-a", "builder", ready, INSTANCE)];
  assert.equal(
    why({ claims, events: [nominated("builder-a")] }),
    "node ip-10-0-1-10 is ready and will run the pod next",
  );
});

Deno.test("the pod's own claim counts, not the one of another build on the pool, and not one that goes", () => {
  const mine = claim("builder-mine", "builder", { Launched: ["True"] }, INSTANCE);
  const theirs = claim("builder-other", "builder", LAUNCHING, {
    metadata: { creationTimestamp: "2027-01-01T00:00:00Z" },
  });
  assert.match(why({ claims: [theirs, mine], events: [nominated("builder-mine")] }), /^EC2 launched c6i\.large/);
  const going = { ...mine, metadata: { ...mine.metadata, deletionTimestamp: "2026-11-24T00:01:00Z" } };
  assert.match(why({ claims: [theirs, going], events: [nominated("builder-mine")] }), /NodeClaim builder-other/);
});

Deno.test("what EC2 refused is told, also when the claim is gone and a new one is tried", () => {
  const text = "EC2 has no c6i.large on-demand in us-west-2a (InsufficientInstanceCapacity)";
  const events = [nominated("builder-x2x4z"), refusal("builder-x2x4z", NO_CAPACITY, 2)];
  assert.equal(why({ events }), text);
  assert.equal(why({ events, claims: [claim("builder-b2b4z", "builder", LAUNCHING)] }), text);
});

Deno.test("the newest refusal of this pool counts: no other pool's, and none of long before", () => {
  const other = refusal("builder-big-x2x4z", NO_CAPACITY, 3);
  const old = refusal("builder-x2x4z", NO_CAPACITY, -600);
  assert.equal(why({ events: [other, old] }), "Karpenter is looking for one");
  const quota = refusal("builder-y2y4z", "VcpuLimitExceeded: your current vCPU limit of 0 allows", 4);
  assert.match(
    why({ events: [quota, refusal("builder-x2x4z", NO_CAPACITY, 3)] }),
    /is 0 vCPUs.*\(VcpuLimitExceeded\)$/,
  );
  const before = refusal("builder-x2x4z", NO_CAPACITY, -60);
  assert.match(why({ events: [before] }), /EC2 has no c6i\.large/, "Karpenter remembers it for three minutes");
});

Deno.test("an instance that was launched after all ends the telling of what was refused before", () => {
  const events = [refusal("builder-x2x4z", NO_CAPACITY, 2), nominated("builder-y2y4z", 200)];
  assert.match(
    why({ events, claims: [claim("builder-y2y4z", "builder", { Launched: ["True"] }, INSTANCE)] }),
    /^EC2 launched/,
  );
});

Deno.test("a launch that fails for another reason is told from the claim", () => {
  const message = "Error creating fleet request: User is not authorized to perform this operation";
  const claims = [claim("builder-x2x4z", "builder", { Launched: ["Unknown", "Unauthorized", message] })];
  const found = nodeWait(pod, facts({ claims }));
  assert.equal(found.text, `the launch failed: ${message} (Unauthorized)`);
  assert.match(found.hint, /Karpenter's role/);
});

Deno.test("a pool that is not ready is told with the condition, of the class before the pool", () => {
  const condition = ["False", "SubnetsNotFound", "SubnetSelector did not match any Subnets"] as const;
  const broken = nodeClass("builder", { SubnetsReady: condition, Ready: ["False"] });
  const pool = nodePool("builder", { NodeClassReady: ["False", "UnhealthyDependents"], Ready: ["False"] });
  const text =
    'pool "builder" is not ready: SubnetsReady is False, SubnetsNotFound: SubnetSelector did not match any Subnets';
  assert.equal(why({ nodeClass: broken, nodePool: pool }), text);
  // Karpenter then leaves the pool out and says this of the others.
  const events = [
    failed("incompatible requirements, key karpenter.sh/nodepool, karpenter.sh/nodepool In [builder] not in"),
  ];
  assert.equal(why({ nodeClass: broken, nodePool: pool, events }), text);
  assert.match(why({ nodePool: pool }), /NodeClassReady is False/);
  assert.match(why({ nodePool: null }), /has no NodePool builder$/);
  assert.match(why({ nodePool: { ...pool, status: {} } }), /Karpenter has not looked at it yet$/);
});

Deno.test("a Karpenter that does not run is told before all that it said earlier", () => {
  const crash = containerStatus("controller", { waiting: { reason: "CrashLoopBackOff" } });
  const crashing = controllers({ containerStatuses: [crash] });
  const found = nodeWait(pod, facts({ ...crashing, events: [refusal("builder-x2x4z", NO_CAPACITY, 2)] }));
  assert.equal(found.text, "none of Karpenter's 1 pod is ready: karpenter-a is in CrashLoopBackOff");
  assert.match(found.hint, /kubectl logs/);
});

const FOREIGN = "incompatible requirements, key karpenter.sh/nodepool, karpenter.sh/nodepool In [builder] not in " +
  "karpenter.sh/nodepool In [cpu]; did not tolerate taint (taint=nvidia.com/gpu=true:NoSchedule); ";

Deno.test("a pod that no instance type fits is told with what it asks for, and nothing of other pools", () => {
  const text = `${FOREIGN}no instance type has enough resources, requirements=karpenter.sh/nodepool In [builder], ` +
    'kubernetes.io/arch In [amd64], resources={"cpu":"300100m","memory":"2304Mi","pods":"8"}';
  assert.equal(
    why({ events: [failed(text)] }),
    'no instance type fits: no type of pool "builder" has enough resources, for cpu 300100m, memory 2304Mi, pods 8',
  );
});

Deno.test("a pod that a label keeps away is told with the label", () => {
  const events = [failed(`${FOREIGN}incompatible requirements, label "team" does not have known values`)];
  assert.equal(
    why({ events }),
    'no instance type fits: incompatible requirements, label "team" does not have known values',
  );
});

Deno.test("a pool at its limit is told so", () => {
  const events = [failed(`${FOREIGN}all available instance types exceed limits for nodepool (NodePool=builder)`)];
  const found = nodeWait(pod, facts({ events }));
  assert.equal(found.text, 'pool "builder" is at its limit');
  assert.match(found.hint, /maxCpus/);
  assert.equal(
    why({ events: [failed("node limits have been exhausted for nodepool (NodePool=builder)")] }),
    found.text,
  );
});

Deno.test("what could not be scheduled before, and was placed since, is not told any more", () => {
  const events = [failed("all available instance types exceed limits for nodepool", 2), nominated("builder-2xb4c", 9)];
  assert.equal(
    why({ events, claims: [claim("builder-2xb4c", "builder", LAUNCHING)] }),
    "Karpenter is launching one (NodeClaim builder-2xb4c)",
  );
});

Deno.test("a pool whose requirements leave no instance type is told, whichever of the two events says it", () => {
  const text = 'no instance type that EC2 offers now matches pool "builder"';
  const message = "NodePool requirements filtered out all compatible available instance types";
  assert.equal(why({ events: [event(nodePool("builder"), "NoCompatibleInstanceTypes", message, 3)] }), text);
  assert.equal(why({ events: [failed("nodepool requirements filtered out all available instance types")] }), text);
  assert.equal(
    why({ events: [event(nodePool("other"), "NoCompatibleInstanceTypes", message, 3)] }),
    "Karpenter is looking for one",
  );
});

Deno.test("after a refusal Karpenter finds no type for three minutes: EC2's words stay", () => {
  const message = "NodePool requirements filtered out all compatible available instance types";
  const events = [
    refusal("builder-x2x4z", NO_CAPACITY, 2),
    event(nodePool("builder"), "NoCompatibleInstanceTypes", message, 13),
    failed("nodepool requirements filtered out all available instance types", 13),
  ];
  assert.match(why({ events }), /^EC2 has no c6i\.large/);
});

Deno.test("what the scheduler says of its own is no word of Karpenter's", () => {
  const scheduler = event(pod, "FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu.", 1);
  assert.equal(why({ events: [scheduler] }), "Karpenter is looking for one");
});

Deno.test("an event that counts its repetitions is as new as its last one", () => {
  const series = { count: 2, lastObservedTime: "2026-11-24T00:05:00.000000Z" };
  const written = { ...failed("all available instance types exceed limits for nodepool", 2), series };
  // The API server writes a time that is not set as null.
  const repeated = { ...written, lastTimestamp: null, eventTime: null } as unknown as Kube<"Event">;
  assert.match(why({ events: [repeated, nominated("builder-gone", 9)] }), /at its limit/);
});

const status = (more: Kube<"Pod">["status"]): Kube<"Pod"> => ({ ...pod, status: { phase: "Pending", ...more } });
const waiting = (reason: string, message = ""): [ContainerStatus] => {
  return [containerStatus("fetch", { waiting: { reason, message } })];
};

Deno.test("a pod that has its node is told by its containers, one that runs is not", () => {
  const on = {
    ...status({ initContainerStatuses: waiting("ContainerCreating") }),
    spec: { nodeName: "n1", containers: [] },
  };
  assert.deepEqual(podWait(on), { text: "starts on node n1", hint: "" });
  assert.equal(podWait(status({ containerStatuses: waiting("PodInitializing") })), null);
  assert.equal(podWait({ ...pod, status: { phase: "Running" } }), null);
  assert.ok(isUnscheduled(pod) && !isUnscheduled(on));
});

Deno.test("what kubelet says of a container that cannot start comes before one that is being created", () => {
  const [creating] = waiting("ContainerCreating"),
    [stuck] = waiting("CreateContainerConfigError", 'secret "x" not found');
  const why = podWait(status({ containerStatuses: [creating, { ...stuck, name: "buildkit" }] }));
  assert.equal(why?.text, 'container buildkit does not start: CreateContainerConfigError: secret "x" not found');
});

Deno.test("without a pool the scheduler's own reason is told", () => {
  assert.equal(
    podWait(pod)?.text,
    "waits for a node: 0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector",
  );
});

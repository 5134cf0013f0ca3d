import assert from "node:assert/strict";
import { controllerTrouble } from "../../lib/core/controller.ts";
import { KINDS, type Kube, type KubeMetadata } from "../../lib/core/kube.ts";
import { containerStatus } from "../objects.ts";

function pod(
  name: string,
  status: NonNullable<Kube<"Pod">["status"]>,
  metadata: Partial<KubeMetadata> = {},
): Kube<"Pod"> {
  return { ...KINDS.pod, metadata: { name, namespace: "kube-system", ...metadata }, status };
}

const ready = (name: string) => pod(name, { conditions: [{ type: "Ready", status: "True" }] });
const lease = (holderIdentity: string): Kube<"Lease"> => ({
  ...KINDS.lease,
  metadata: { name: "karpenter-leader-election", namespace: "kube-system" },
  spec: { holderIdentity },
});

Deno.test("a Karpenter whose leader runs has no trouble", () => {
  assert.equal(controllerTrouble([ready("karpenter-a"), pod("karpenter-b", {})], lease("karpenter-a_4f1c")), null);
});

Deno.test("a Karpenter that is not there, or going, is told", () => {
  assert.equal(controllerTrouble([], null), "Karpenter has no pods");
  const going = {
    ...ready("karpenter-a"),
    metadata: { name: "karpenter-a", deletionTimestamp: "2026-11-24T00:00:00Z" },
  };
  assert.equal(controllerTrouble([going], lease("karpenter-a_1")), "Karpenter has no pods");
});

Deno.test("a Karpenter that crashes again and again is told with its last end", () => {
  const waiting = { reason: "CrashLoopBackOff", message: "back-off 40s restarting failed container" };
  const terminated = { exitCode: 1, reason: "Error" };
  const crashing = pod("karpenter-a", {
    containerStatuses: [containerStatus("controller", { waiting }, { restartCount: 4, lastState: { terminated } })],
  });
  assert.equal(
    controllerTrouble([crashing], lease("")),
    "none of Karpenter's 1 pod is ready: karpenter-a is in CrashLoopBackOff, ended with 1 (Error), restarted 4 times",
  );
});

Deno.test("a Karpenter whose image cannot be pulled, or that has no node, is told with the reason", () => {
  const waiting = { reason: "ImagePullBackOff", message: "not found" };
  const pulling = pod("karpenter-a", { containerStatuses: [containerStatus("controller", { waiting })] });
  assert.match(controllerTrouble([pulling], null)!, /karpenter-a is in ImagePullBackOff: not found$/);
  const message = "0/1 nodes are available: 1 Too many pods";
  const homeless = pod("karpenter-b", { conditions: [{ type: "PodScheduled", status: "False", message }] });
  assert.equal(
    controllerTrouble([homeless, homeless], null),
    "none of Karpenter's 2 pods is ready: karpenter-b has no node: 0/1 nodes are available: 1 Too many pods",
  );
  assert.match(controllerTrouble([pod("karpenter-a", {})], null)!, /is ready: it is starting$/);
});

Deno.test("pods that run while none of them leads are told", () => {
  assert.equal(controllerTrouble([ready("karpenter-a")], null), "Karpenter has no leader yet");
  assert.equal(controllerTrouble([ready("karpenter-a")], lease("karpenter-gone_1")), "Karpenter has no leader yet");
});

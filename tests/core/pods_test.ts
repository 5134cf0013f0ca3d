import assert from "node:assert/strict";
import { podEnd } from "../../lib/core/pods.ts";
import { KINDS, type Kube } from "../../lib/core/kube.ts";

const pod = (status: NonNullable<Kube<"Pod">["status"]>): Kube<"Pod"> => ({
  ...KINDS.pod,
  metadata: { name: "pod" },
  status,
});
const terminated = (reason: string, exitCode: number) => {
  return pod({
    phase: "Failed",
    containerStatuses: [
      {
        name: "buildkit",
        image: "",
        imageID: "",
        ready: false,
        restartCount: 0,
        state: { terminated: { reason, exitCode } },
      },
    ],
  });
};

Deno.test("a container beyond its memory limit is told from one that failed", () => {
  assert.deepEqual(podEnd(terminated("OOMKilled", 137)), { kind: "memory" });
  assert.deepEqual(podEnd(terminated("OOMKilled", 42)), { kind: "memory" }, "only a process inside was killed");
  assert.equal(podEnd(terminated("Error", 42)), null);
  assert.equal(podEnd(pod({ phase: "Running" })), null);
});

Deno.test("an evicted pod wrote more than its limit, or its node ran out of what kubelet names", () => {
  const evicted = (message: string) => podEnd(pod({ phase: "Failed", reason: "Evicted", message }));
  for (
    const message of [
      "Pod ephemeral local storage usage exceeds the total limit of containers 5Gi. ",
      'Container buildkit exceeded its local ephemeral storage limit "5Gi". ',
      'Usage of EmptyDir volume "state" exceeds the limit "1Gi". ',
    ]
  ) assert.deepEqual(evicted(message), { kind: "evicted", resource: "ephemeral-storage", own: true });
  const low = (resource: string) =>
    evicted(
      `The node was low on resource: ${resource}. Threshold quantity: 1, available: 0. Container buildkit was using 2`,
    );
  for (const resource of ["memory", "ephemeral-storage", "inodes"]) {
    assert.deepEqual(low(resource), { kind: "evicted", resource, own: false });
  }
});

Deno.test("a pod whose node was lost or drained says by whom", () => {
  const conditions = [{ type: "DisruptionTarget", status: "True", reason: "DeletionByPodGC" }];
  assert.deepEqual(podEnd(pod({ phase: "Failed", conditions })), { kind: "disrupted", reason: "DeletionByPodGC" });
  assert.deepEqual(podEnd(pod({ phase: "Running", reason: "NodeLost" })), { kind: "disrupted", reason: "NodeLost" });
});

import assert from "node:assert/strict";
import { deleteStale } from "../../../lib/actions/steps/objects.ts";
import { KINDS } from "../../../lib/core/kube.ts";
import { CLUSTER } from "../../../lib/core/pins.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { recordingEmitter } from "../../fakes/emitter.ts";
import { FakeKube, OURS } from "../../fakes/kube.ts";

Deno.test("the cache of an image that left the config goes with its ended Jobs; a build that still runs is not waited for", async () => {
  const kube = new FakeKube(), namespace = CLUSTER.buildNamespace, name = "cache-gone-amd64";
  const volumes = [{ name: "state", persistentVolumeClaim: { claimName: name } }];
  const spec = { template: { spec: { volumes } } };
  kube.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  for (const [job, conditions] of [["ended", [{ type: "Failed", status: "True" }]], ["running", []]] as const) {
    kube.put({ ...KINDS.job, metadata: { name: job, namespace, labels: OURS }, spec, status: { conditions } });
  }
  const claim = { ...KINDS.persistentVolumeClaim, metadata: { name, namespace, labels: OURS } };
  kube.put(claim);
  const remove = kube.remove.bind(kube), asked: string[] = [];
  kube.remove = async (ref) => {
    asked.push(`${ref.kind}/${ref.name}`);
    // Kubernetes keeps a claim until no pod has it.
    return ref.kind === claim.kind ? true : await remove(ref);
  };
  const signal = new AbortController().signal, clock = fakeClock();
  await deleteStale({ ...KINDS.persistentVolumeClaim, name, namespace }, {
    ...recordingEmitter(),
    kube,
    clock,
    signal,
    id: "delete",
  });
  assert.deepEqual(asked, ["Job/ended", `PersistentVolumeClaim/${name}`]);
});

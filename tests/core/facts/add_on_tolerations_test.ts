import assert from "node:assert/strict";
import { mayWait, tolerant } from "../../../lib/core/facts/add_on_tolerations.ts";

const toleration = { key: "CriticalAddonsOnly", operator: "Exists" };
const of = (name: string, configuration: unknown = null) =>
  JSON.parse(tolerant(name, configuration === null ? null : JSON.stringify(configuration)) ?? "null");

Deno.test("an add-on that tolerates the taint by itself keeps its configuration", () => {
  assert.equal(of("coredns"), null);
  assert.deepEqual(of("aws-ebs-csi-driver", { controller: { replicaCount: 1 } }), { controller: { replicaCount: 1 } });
  assert.equal(mayWait("aws-ebs-csi-driver", null), false);
});

Deno.test("an add-on that does not is told to, in each of its parts, and what the config says of them stays", () => {
  assert.deepEqual(of("aws-mountpoint-s3-csi-driver", { node: { tolerateAllTaints: false } }), {
    controller: { tolerations: [toleration] },
    node: { tolerateAllTaints: false },
  });
  assert.deepEqual(of("cert-manager", { webhook: { tolerations: [] } }), {
    tolerations: [toleration],
    cainjector: { tolerations: [toleration] },
    startupapicheck: { tolerations: [toleration] },
    webhook: { tolerations: [] },
  });
  assert.deepEqual(of("metrics-server", { replicas: 1, tolerations: [] }), { replicas: 1, tolerations: [] });
});

Deno.test("of an add-on that nothing is known of, only its own configuration can say where its pods run", () => {
  assert.equal(of("acme_agent"), null);
  assert.equal(mayWait("acme_agent", null), true);
  assert.equal(mayWait("acme_agent", '{"agent":{"tolerations":[]}}'), false);
});

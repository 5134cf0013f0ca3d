import assert from "node:assert/strict";
import { stringify } from "yaml";
import { buildNamespace } from "../../lib/cluster/build_namespace.ts";
import { golden } from "../golden.ts";
import { ofKind } from "../objects.ts";
import { builder, image } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";
import { templates } from "./samples.ts";

Deno.test("the namespace of builds is the one that was looked at", async () => {
  const text = buildNamespace(smallest(), templates).map((object) => stringify(object, { version: "1.1" }));
  await golden("cluster/build-namespace.yaml", text.join("---\n"));
});

Deno.test("nobody reaches builds, and every pod of the namespace is held by the policy", () => {
  const [policy] = ofKind(buildNamespace(smallest(), templates), "NetworkPolicy");
  assert.deepEqual(policy!.spec!.policyTypes, ["Ingress", "Egress"]);
  assert.deepEqual(policy!.spec!.podSelector, {});
  assert.equal(policy!.spec!.ingress, undefined);
});

Deno.test("the quota holds many runs at their full concurrency, whatever their images request", () => {
  const resources = { cpu: "96", memory: "1Ti", disk: "2Ti" } as const;
  const config = smallest({
    builder: { ...builder, concurrency: 8 },
    images: [image("small"), image("large", { resources })],
  });
  const [quota] = ofKind(buildNamespace(config, templates), "ResourceQuota"), { hard } = quota!.spec!;
  assert.equal(hard!["pods"], "256");
  assert.equal(hard!["requests.cpu"], String(256 * 96));
  assert.equal(hard!["requests.memory"], `${256 * 1024}Gi`);
  assert.equal(hard!["requests.ephemeral-storage"], `${256 * 2048}Gi`);
  assert.deepEqual([hard!["services"], hard!["persistentvolumeclaims"]], ["0", "0"]);
});

Deno.test("the quota is wide for images that were enlarged since the last apply", () => {
  const [quota] = ofKind(buildNamespace(smallest({ images: [image("small")] }), templates), "ResourceQuota");
  assert.equal(quota!.spec!.hard!["requests.cpu"], String(128 * 64));
});

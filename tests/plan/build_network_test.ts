import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { buildNetworkFindings } from "../../lib/plan/build_network.ts";
import { smallest } from "../infra/config.ts";

const withCni = (configuration: Record<string, unknown>) => {
  return smallest({ cluster: clusterOf({ endpoint: "private", addOns: { "vpc-cni": { configuration } } }) });
};

Deno.test("the VPC CNI enforces the policy of builds unless the config says otherwise", () => {
  assert.deepEqual(buildNetworkFindings(smallest()), []);
  assert.deepEqual(buildNetworkFindings(withCni({ env: { WARM_IP_TARGET: "2" } })), []);
  assert.deepEqual(buildNetworkFindings(withCni({ enableNetworkPolicy: true })), []);
});

Deno.test("a config that disables network policies is warned about what builds then reach", () => {
  for (const disabled of ["false", false]) {
    const [finding, ...more] = buildNetworkFindings(withCni({ enableNetworkPolicy: disabled }));
    assert.equal(finding!.severity, "warning");
    assert.equal(finding!.path, "cluster.addOns.vpc-cni.configuration");
    assert.match(finding!.message, /a RUN step reaches the API server/);
    assert.deepEqual(more, []);
  }
});

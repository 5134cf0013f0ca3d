/** What is said of a version of Kubernetes whose standard support ends. */
import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { KUBERNETES_VERSIONS, type KubernetesVersion } from "../../lib/core/facts/kubernetes.ts";
import { supportFindings } from "../../lib/plan/support.ts";
import { smallest } from "../infra/config.ts";

function findings(version: KubernetesVersion, day: string, supportPolicy?: "standard") {
  const cluster = clusterOf({ version, endpoint: "private", ...(supportPolicy && { supportPolicy }) });
  return supportFindings(smallest({ cluster }), Date.parse(`${day}T12:00:00Z`));
}

Deno.test("notice is given 90 days before standard support ends, with the price and the next version", () => {
  assert.deepEqual(findings("1.34", "2026-09-02"), []);
  assert.deepEqual(findings("1.34", "2026-11-25"), [{
    code: "KUBERNETES_SUPPORT",
    severity: "warning",
    path: "cluster.version",
    message:
      "Kubernetes 1.34 leaves standard support on 2026-12-02, in 7 days: a cluster then costs 0.60 USD an hour " +
      "instead of 0.10",
    hint: 'write cluster: { version: "1.35" }',
  }]);
  assert.match(findings("1.34", "2026-12-01")[0]!.message, /in 1 day:/);
  assert.match(findings("1.34", "2026-12-02")[0]!.message, /left standard support on 2026-12-02/);
});

Deno.test("who leaves it to EKS is told that EKS upgrades", () => {
  assert.match(
    findings("1.34", "2026-11-25", "standard")[0]!.message,
    /EKS then upgrades the control plane automatically/,
  );
});

Deno.test("of a version whose add-ons nobody has told yet it is said that EKS chooses them", () => {
  const [note, ...more] = findings("1.37", "2026-11-25");
  assert.deepEqual([note?.severity, note?.path, more], ["note", "cluster.addOns", []]);
  assert.match(note!.message, /chooses the versions of coredns, eks-pod-identity-agent, kube-proxy, vpc-cni when/);
});

Deno.test("the default version has more than 90 days left", () => {
  assert.deepEqual(findings(KUBERNETES_VERSIONS[1]!, "2026-11-25"), []);
});

/** Which versions of add-ons are asked of EKS, and what is said of one that it does not offer. */
import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { addOnFinding, wantedAddOns } from "../../lib/plan/add_ons.ts";
import { configAt } from "../../lib/plan/versions.ts";
import { smallest } from "../infra/config.ts";

Deno.test("every version of Kubernetes on the way is asked for its own add-ons, and none whose version EKS chooses", () => {
  const addOns = { "metrics-server": {} };
  const config = smallest({ cluster: clusterOf({ version: "1.36", endpoint: "private", addOns }) });
  const wanted = wantedAddOns([configAt(config, "1.35"), config]);
  const pins = (kubernetes: "1.35" | "1.36") =>
    Object.entries(KUBERNETES[kubernetes].addOns).map(([name, version]) => `${kubernetes} ${name} ${version}`);
  assert.deepEqual(
    wanted.map(({ kubernetes, name, version }) => `${kubernetes} ${name} ${version}`).sort(),
    [...pins("1.35"), ...pins("1.36")].sort(),
  );
});

const coredns = { name: "coredns", version: "v1.13.2-eksbuild.21", kubernetes: "1.35" };

Deno.test("what is offered is no finding", () => {
  assert.equal(addOnFinding(coredns, ["v1.13.2-eksbuild.21"], "us-west-2"), null);
});

Deno.test("what is not offered is told with the newest that are, by number; and who chose it", () => {
  const offered = [9, 10, 2, 11, 1].map((build) => `v1.13.2-eksbuild.${build}`);
  assert.deepEqual(addOnFinding(coredns, offered, "us-west-2"), {
    path: "cluster.addOns.coredns.version",
    message: "must be a version of coredns that EKS offers for Kubernetes 1.35 in us-west-2: v1.13.2-eksbuild.21, " +
      "which this release pins; it offers v1.13.2-eksbuild.11, v1.13.2-eksbuild.10, v1.13.2-eksbuild.9, " +
      "v1.13.2-eksbuild.2 and 1 older",
    hint: 'write addOns: { "coredns": { version: "v1.13.2-eksbuild.11" } } in cluster',
  });
  const own = addOnFinding({ ...coredns, version: "v9.0.0-eksbuild.1" }, offered, "us-west-2");
  assert.match(own!.message, /: found v9\.0\.0-eksbuild\.1; it offers/);
});

Deno.test("an add-on that EKS does not have is told as that", () => {
  const found = addOnFinding({ name: "core-dns", version: "v1.0.0-eksbuild.1", kubernetes: "1.35" }, [], "eu-west-1");
  assert.equal(found!.message, "EKS offers no add-on core-dns for Kubernetes 1.35 in eu-west-1");
});

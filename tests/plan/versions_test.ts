import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { karpenterOf } from "../../lib/config/resolve/karpenter.ts";
import { isNoop, makePlan, type Observed } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { configAt, isDowngrade, isVersion, karpenterSupports, versionSteps } from "../../lib/plan/versions.ts";
import { planDocument } from "../../lib/plan/document.ts";
import { SETTLED } from "../fakes/observed.ts";
import { smallest } from "../infra/config.ts";

const at = (version: "1.34" | "1.35" | "1.36") => smallest({ cluster: clusterOf({ version, endpoint: "private" }) });
const class_ = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", name: "cpu" };

/** A plan for Kubernetes 1.36 over a cluster that stands. */
function plan(over: Partial<Observed>, version: "1.34" | "1.35" | "1.36" = "1.36"): Plan {
  const changed = over.kubernetes === version
    ? []
    : [{ logicalId: "Cluster", resourceType: "AWS::EKS::Cluster", action: "update" as const }];
  const observed: Observed = {
    ...SETTLED,
    stacks: [{ stack: "acme-eks", exists: true, changes: changed }],
    kubernetes: "1.35",
    karpenter: "1.14.3",
    objects: [{ ref: class_, action: "none" }],
    ...over,
  };
  return makePlan({ config: at(version), builds: [], observed, only: ["infra", "pools"] });
}

const order = ({ changes }: Plan) => changes.map(({ id, after }) => `${after.join(" ")} > ${id}`);
const versionLines = (text: string) => text.split("\n").filter((line) => /Kubernetes/.test(line));

Deno.test("a cluster that has its version takes no step", () => {
  assert.deepEqual(versionSteps("1.35", "1.35"), []);
  const none = plan({ kubernetes: "1.36" });
  assert.ok(isNoop(none));
  assert.deepEqual(versionLines(describePlan(none)), []);
});

Deno.test("one minor version up is shown with the stacks that bring it", () => {
  const up = plan({});
  assert.deepEqual(order(up), [
    " > bootstrap",
    "bootstrap > stacks",
    "stacks > access",
    "access > charts",
    "charts > ec2nodeclass:cpu",
  ]);
  assert.deepEqual(versionLines(describePlan(up)), [
    "~ Kubernetes 1.35 → 1.36",
  ]);
});

Deno.test("a jump is shown and run as steps, each after the one before", () => {
  const jump = plan({ kubernetes: "1.33" });
  assert.deepEqual(order(jump).slice(0, 4), [
    " > bootstrap",
    "bootstrap > kubernetes:1.34",
    "kubernetes:1.34 > kubernetes:1.35",
    "kubernetes:1.35 > stacks",
  ]);
  assert.deepEqual(versionLines(describePlan(jump)), [
    "~ Kubernetes 1.33 → 1.34  step 1 of 3",
    "~ Kubernetes 1.34 → 1.35  step 2 of 3",
    "~ Kubernetes 1.35 → 1.36  step 3 of 3",
  ]);
});

Deno.test("the steps are in the plan's JSON, and null stands for none", () => {
  const document = (plan: Plan) => JSON.parse(JSON.stringify(planDocument(plan)));
  const { kubernetes, changes } = document(plan({ kubernetes: "1.34" }));
  assert.deepEqual(kubernetes, { deployed: "1.34", wanted: "1.36", steps: ["1.35", "1.36"] });
  assert.deepEqual(changes[1], {
    kind: "kubernetes",
    id: "kubernetes:1.35",
    action: "update",
    version: "1.35",
    kubernetes: { from: "1.34", to: "1.35", step: 1, of: 2 },
    after: ["bootstrap"],
  });
  assert.equal(document(plan({ kubernetes: "1.36" })).kubernetes, null);
  assert.equal(document(plan({ kubernetes: null })).kubernetes, null);
});

Deno.test("steps are frozen with the plan", () => {
  const [, step] = plan({ kubernetes: "1.34" }).changes;
  assert.ok(step?.kind === "kubernetes" && Object.isFrozen(step) && Object.isFrozen(step.kubernetes));
});

Deno.test("a way back is no way, and known as one", () => {
  assert.deepEqual(versionSteps("1.36", "1.35"), []);
  assert.ok(isDowngrade("1.36", "1.35"));
  for (const [deployed, wanted] of [["1.35", "1.36"], ["1.36", "1.36"], ["stable", "1.35"], [null, "1.35"]] as const) {
    assert.ok(!isDowngrade(deployed, wanted), `${deployed} → ${wanted}`);
  }
});

Deno.test("a patch in the version is no step, and an unknown form no failure", () => {
  assert.deepEqual(versionSteps("1.35.4", "1.35"), []);
  assert.deepEqual(versionSteps("v1.34.6-eks-abc", "1.35").map(({ from, to }) => [from, to]), [["1.34", "1.35"]]);
  for (const strange of ["", "stable", "1", "1.x", "2.0"]) assert.deepEqual(versionSteps(strange, "1.35"), [], strange);
  assert.ok(isVersion("1.35.4", "1.35"));
  assert.ok(!isVersion("1.350", "1.35"));
  assert.ok(!isVersion("stable", "1.35"));
});

Deno.test("a Karpenter that does not know the new version goes before it, after the stacks that it needs", () => {
  const first = plan({ kubernetes: "1.34", karpenter: "1.9.0", charts: "update" });
  assert.deepEqual(order(first), [
    " > bootstrap",
    "bootstrap > kubernetes:1.34",
    "kubernetes:1.34 > access",
    "access > charts",
    "charts > kubernetes:1.35",
    "kubernetes:1.35 > stacks",
    "stacks > ec2nodeclass:cpu",
  ]);
  assert.match(describePlan(first), /~ stacks, still at Kubernetes 1\.34 {2}for Karpenter, which goes before/);
  assert.deepEqual((planDocument(first) as { kubernetes: unknown }).kubernetes, {
    deployed: "1.34",
    wanted: "1.36",
    steps: ["1.35", "1.36"],
  });
});

Deno.test("a Karpenter that knows the new version, or is not there, goes after the stacks as ever", () => {
  for (const karpenter of ["1.13.0", "1.14.3", "2.0.0", null]) {
    const { changes } = plan({ karpenter, charts: karpenter ? "update" : "create" });
    assert.deepEqual(changes.slice(0, 4).map(({ id }) => id), ["bootstrap", "stacks", "access", "charts"]);
  }
  const unasked = plan({
    karpenter: "unknown",
    charts: "create",
    access: [{ action: "create", principalArn: "arn:me", purpose: "caller" }],
  });
  assert.deepEqual(unasked.changes.slice(1, 5).map(({ id }) => id), ["kubernetes:1.35", "access", "charts", "stacks"]);
});

Deno.test("each version of Kubernetes has its oldest Karpenter", () => {
  const known = (karpenter: string) =>
    Object.keys(KUBERNETES).filter((version) => karpenterSupports(karpenter, version));
  assert.deepEqual(known("1.12.9"), ["1.34", "1.35"]);
  assert.deepEqual(known("1.13.0"), ["1.34", "1.35", "1.36"]);
  assert.deepEqual(known("0.37.0"), []);
  assert.deepEqual(known("main"), []);
});

Deno.test("every version that a config may ask for has a Karpenter that knows it, machine images, and a kube-proxy of its own", () => {
  for (const [version, { addOns, amis }] of Object.entries(KUBERNETES)) {
    const names = Object.keys(addOns).sort();
    if (names.length > 0) assert.deepEqual(names, ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"]);
    for (const pin of Object.values(addOns)) assert.match(pin, /^v\d+\.\d+\.\d+-eksbuild\.\d+$/);
    if ("kube-proxy" in addOns) assert.ok(addOns["kube-proxy"].startsWith(`v${version}.`), version);
    assert.ok(karpenterSupports(karpenterOf(version).version, version), version);
    assert.match(amis.bottlerocket, /^v\d+\.\d+\.\d+$/);
    assert.match(amis.al2023, /^v20\d{6}$/);
  }
});

Deno.test("on the way the cluster has the add-ons of the version that it passes", () => {
  const versions = (version: string) =>
    Object.fromEntries(configAt(at("1.36"), version).cluster.addOns.map((addOn) => [addOn.name, addOn.version]));
  for (const version of ["1.34", "1.35", "1.36"] as const) {
    assert.deepEqual(versions(version), KUBERNETES[version].addOns);
  }
  assert.deepEqual(new Set(Object.values(versions("1.33"))), new Set([null]), "of which this release knows none");
  assert.equal(configAt(at("1.36"), "1.35").cluster.version, "1.35");
});

Deno.test("on the way an add-on keeps the version that the config names, unless its kube-proxy is too new", () => {
  const addOns = {
    "vpc-cni": { version: "v1.21.1-eksbuild.7" },
    "kube-proxy": { version: "v1.36.0-eksbuild.25" },
    "aws-ebs-csi-driver": {},
  } as const;
  const config = smallest({ cluster: clusterOf({ version: "1.36", endpoint: "private", addOns }) });
  const versionOf = (version: string, name: string) =>
    configAt(config, version).cluster.addOns.find((addOn) => addOn.name === name)?.version;
  assert.equal(versionOf("1.35", "vpc-cni"), "v1.21.1-eksbuild.7");
  assert.equal(versionOf("1.35", "kube-proxy"), KUBERNETES["1.35"].addOns["kube-proxy"]);
  assert.equal(versionOf("1.36", "kube-proxy"), "v1.36.0-eksbuild.25");
  assert.equal(versionOf("1.35", "aws-ebs-csi-driver"), null);
});

import assert from "node:assert/strict";
import { parse, stringify } from "yaml";
import { chartsHash, desiredObjects, helmJob, nodePool, poolInputs } from "../../lib/cluster/mod.ts";
import { CLUSTER } from "../../lib/core/pins.ts";
import type { Pool } from "../../lib/plan/types.ts";
import { golden } from "../golden.ts";
import { envOf, ofKind } from "../objects.ts";
import { builder, config, cpu, deployed, scripts, templates, train, tune } from "./samples.ts";

const install = (namespaceUid?: string) =>
  helmJob({ action: "install", config, deployed, templates, scripts, ...(namespaceUid ? { namespaceUid } : {}) });

Deno.test("the cluster's objects come in the order of their making, all marked as unitune's", () => {
  const objects = desiredObjects(config, deployed, templates);
  assert.deepEqual(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`), [
    `Namespace/${CLUSTER.buildNamespace}`,
    `ServiceAccount/${CLUSTER.builderAccount}`,
    ...["NetworkPolicy", "LimitRange", "ResourceQuota"].map((kind) => `${kind}/${CLUSTER.buildNamespace}`),
    "DaemonSet/unitune-efa-device-plugin",
    ...config.pools.map(({ name }) => `EC2NodeClass/${name}`),
    ...config.pools.map(({ name }) => `NodePool/${name}`),
  ]);
  for (const { metadata } of [...objects, ...install()]) {
    assert.equal(metadata.labels?.["app.kubernetes.io/managed-by"], "unitune");
  }
});

Deno.test("a device plugin runs while a pool needs it, on that pool's nodes alone", () => {
  const plugins = (pools: readonly Pool[]) => {
    const objects = desiredObjects({ ...config, pools }, deployed, templates);
    return ofKind(objects, "DaemonSet").map(({ metadata: { name, namespace }, spec }) => {
      return [name, namespace, Object.keys(spec?.template.spec?.nodeSelector ?? {})];
    });
  };
  const al2023: Pool = { ...tune, ami: "al2023@v20261101" };
  assert.deepEqual(plugins([cpu, tune, builder]), []);
  assert.deepEqual(plugins([{ ...cpu, ami: "al2023@v20261101" }]), []);
  assert.deepEqual(plugins([train]), [["unitune-efa-device-plugin", "kube-system", ["unitune.dev/efa"]]]);
  assert.deepEqual(plugins([al2023, tune]), [
    ["unitune-nvidia-device-plugin", "kube-system", ["unitune.dev/nvidia-device-plugin"]],
  ]);
  const labels = nodePool(al2023, poolInputs(config, deployed, templates)).spec.template.metadata?.labels;
  assert.deepEqual(labels, { "unitune.dev/nvidia-device-plugin": "true" });
});

Deno.test("the builders' account gets no token", () => {
  const [account] = ofKind(desiredObjects(config, deployed, templates), "ServiceAccount");
  assert.equal(account?.metadata.namespace, CLUSTER.buildNamespace);
  assert.equal(account?.automountServiceAccountToken, false);
});

Deno.test("the objects of the Helm Job are those that were looked at", async () => {
  const text = install("11111111-2222-3333-4444-555555555555").map((object) => stringify(object, { version: "1.1" }));
  await golden("cluster/helm-install.yaml", text.join("---\n"));
});

Deno.test("the Helm Job stands in its own namespace and comes last", () => {
  const objects = install();
  assert.deepEqual(objects.map(({ kind }) => kind), [
    "Namespace",
    "ServiceAccount",
    "ClusterRoleBinding",
    "ConfigMap",
    "Job",
  ]);
  assert.equal(objects[0]!.metadata.name, CLUSTER.installNamespace);
  for (const object of objects.slice(1).filter(({ kind }) => kind !== "ClusterRoleBinding")) {
    assert.equal(object.metadata.namespace, CLUSTER.installNamespace);
  }
});

Deno.test("the cluster-admin binding is owned by the namespace once its uid is known", () => {
  const binding = (uid?: string) => ofKind(install(uid), "ClusterRoleBinding")[0]!.metadata;
  assert.equal(binding().ownerReferences, undefined);
  assert.deepEqual(binding("u-1").ownerReferences, [
    { apiVersion: "v1", kind: "Namespace", name: CLUSTER.installNamespace, uid: "u-1" },
  ]);
});

Deno.test("the chart's values name the cluster, the queue, the replicas and the account", () => {
  const values = parse(ofKind(install(), "ConfigMap")[0]!.data!["values.yaml"]!);
  assert.deepEqual(values.settings, {
    clusterName: "acme-ml",
    interruptionQueue: "acme-ml-interruption",
    eksControlPlane: true,
    featureGates: config.karpenter.gates,
  });
  assert.equal(values.replicas, 2);
  assert.equal(values.serviceAccount.name, CLUSTER.karpenterAccount);
  assert.ok(values.controller.resources.requests.memory);
});

Deno.test("uninstalling needs no deployment, runs the same image and says so by its argument", () => {
  const [job] = ofKind(helmJob({ action: "uninstall", config, deployed: null, templates, scripts }), "Job");
  const container = job!.spec!.template.spec!.containers[0]!;
  assert.deepEqual(container.args, ["uninstall"]);
  assert.equal(container.image, config.karpenter.helmImage);
  assert.equal(envOf(container)["KARPENTER_VERSION"], "1.14.3");
});

Deno.test("the charts' hash changes with the version, the replicas and the queue, and with nothing else", () => {
  const hash = chartsHash(config, deployed);
  assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(chartsHash({ ...config, tags: { other: "tag" }, pools: [] }, deployed), hash);
  assert.notEqual(chartsHash({ ...config, karpenter: { ...config.karpenter, version: "1.15.0" } }, deployed), hash);
  assert.notEqual(chartsHash({ ...config, karpenter: { ...config.karpenter, replicas: 1 } }, deployed), hash);
  assert.notEqual(chartsHash(config, { queueName: "another" }), hash);
});

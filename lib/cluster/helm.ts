/** Karpenter's charts: the values unitune gives them, and the Job that runs Helm inside the cluster. */
import { createHash } from "node:crypto";
import { stringify } from "yaml";
import { CLUSTER, PINS } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";
import type { Config, Deployed } from "../plan/types.ts";
import { type ClusterTemplates, readObjects } from "./templates.ts";

export interface HelmInput {
  readonly action: "install" | "uninstall";
  readonly config: Config;
  /** `null` is enough to uninstall. */
  readonly deployed: Pick<Deployed, "queueName"> | null;
  readonly templates: ClusterTemplates;
  /** Uid of the namespace, once it stands: cluster-wide objects are then owned by it and go with it. */
  readonly namespaceUid?: string;
}

/** In order: namespace, account, cluster-admin binding, values and script, and the Job last. */
export function helmJob(input: HelmInput): KubeObject[] {
  return readObjects(input.templates["install.yaml"]).map((object) => {
    switch (object.kind) {
      case "ClusterRoleBinding":
        return owned(object, input.namespaceUid);
      case "ConfigMap":
        return withValues(object, input);
      case "Job":
        return withHelm(object, input);
      default:
        return object;
    }
  });
}

/** Values of the chart `karpenter`. */
export function karpenterValues(config: Config, deployed: Pick<Deployed, "queueName">): Record<string, unknown> {
  const { cpu, memory, memoryLimit } = config.karpenter.resources;
  return {
    replicas: config.karpenter.replicas,
    // By this name Pod Identity finds the controller's role.
    serviceAccount: { create: true, name: CLUSTER.karpenterAccount },
    settings: {
      clusterName: config.name,
      interruptionQueue: deployed.queueName,
      eksControlPlane: true,
      // Prices and IAM are then not asked for.
      ...(config.network.isolated ? { isolatedVPC: true } : {}),
      featureGates: { ...config.karpenter.gates },
    },
    controller: { resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } } },
  };
}

/** sha256 (hex) over the charts' versions and values: what has to change for Helm to run again. */
export function chartsHash(config: Config, deployed: Pick<Deployed, "queueName">): string {
  const { chart, crdChart } = PINS.karpenter;
  const facts = { version: config.karpenter.version, chart, crdChart, values: karpenterValues(config, deployed) };
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

function owned(object: KubeObject, namespaceUid: string | undefined): KubeObject {
  if (namespaceUid === undefined) return object;
  const owner = { apiVersion: "v1", kind: "Namespace", name: CLUSTER.installNamespace, uid: namespaceUid };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
}

function withValues(object: KubeObject, { config, deployed }: HelmInput): KubeObject {
  if (!deployed) return object;
  // Written for YAML 1.1, which Helm reads: a value like `yes` stays the text that it is.
  const values = stringify(karpenterValues(config, deployed), { version: "1.1" });
  return { ...object, data: { ...object["data"], "values.yaml": values } };
}

function withHelm(object: KubeObject, { action, config }: HelmInput): KubeObject {
  const { template } = object["spec"];
  const [container] = template.spec.containers;
  const env = {
    // Helm keeps its cache below; the root file system is read-only.
    HOME: "/home/helm",
    KARPENTER_VERSION: config.karpenter.version,
    KARPENTER_CHART: PINS.karpenter.chart,
    KARPENTER_CRD_CHART: PINS.karpenter.crdChart,
    KARPENTER_NAMESPACE: CLUSTER.karpenterNamespace,
  };
  const helm = {
    ...container,
    image: PINS.helmImage,
    args: [action],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
  };
  return {
    ...object,
    spec: { ...object["spec"], template: { ...template, spec: { ...template.spec, containers: [helm] } } },
  };
}

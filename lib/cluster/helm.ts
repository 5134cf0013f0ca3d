/** Karpenter's charts: their values, and the Job that runs Helm in the cluster. */
import { stringify } from "yaml";
import { CLUSTER, PINS } from "../core/pins.ts";
import { sha256 } from "../core/hash.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { ecrRegistry, parseReference } from "../core/registries.ts";
import { readObjects } from "../core/templates.ts";
import type { Config, Deployed } from "../plan/types.ts";
import type { ClusterTemplates } from "./templates.ts";

interface HelmInput {
  readonly action: "install" | "uninstall";
  readonly config: Config;
  /** Not needed to uninstall. */
  readonly deployed: Pick<Deployed, "queueName"> | null;
  readonly templates: ClusterTemplates;
  /** The scripts that log in to ECR, by file name. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Uid of the namespace, once it exists: the cluster-wide binding is owned by it and deleted with it. */
  readonly namespaceUid?: string;
}

/** Helm's records of the releases carry them: a release without them was installed by another tool. */
const RELEASE_LABELS = `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`;

/**
 * In order: the namespace, the ServiceAccount, its cluster-admin binding, the values and scripts, and the Job. The Job's
 * key covers all of them: a run that finds a Job of its key running waits for that one.
 */
export function helmJob(input: HelmInput): Kube[] {
  const objects = readObjects(input.templates["install.yaml"]).map((object) => {
    switch (object.kind) {
      case "ConfigMap":
        return withValues(object, input);
      case "Job":
        return withHelm(object, input);
      default:
        return object;
    }
  });
  const key = sha256(JSON.stringify(objects));
  return objects.map((object) => {
    switch (object.kind) {
      case "ClusterRoleBinding":
        return owned(object, input.namespaceUid);
      case "Job":
        return { ...object, metadata: { ...object.metadata, annotations: { [CLUSTER.keyAnnotation]: key } } };
      default:
        return object;
    }
  });
}

/** Values of the chart `karpenter`. */
function karpenterValues(config: Config, deployed: Pick<Deployed, "queueName">): Record<string, unknown> {
  const { cpu, memory, memoryLimit } = config.karpenter.resources;
  const image = controllerImage(config.karpenter);
  return {
    replicas: config.karpenter.replicas,
    // Pod Identity gives the controller its role by this name.
    serviceAccount: { create: true, name: CLUSTER.karpenterAccount },
    settings: {
      clusterName: config.name,
      interruptionQueue: deployed.queueName,
      eksControlPlane: true,
      // Karpenter then sends no requests for prices or to IAM.
      ...(config.network.isolated ? { isolatedVPC: true } : {}),
      featureGates: { ...config.karpenter.gates },
    },
    controller: { ...(image && { image }), resources: { requests: { cpu, memory }, limits: { memory: memoryLimit } } },
  };
}

/** The chart has a default image, by digest: it is overridden only when the image comes from another registry. */
function controllerImage({ controller }: Config["karpenter"]): Record<string, string> | null {
  const { host, repository, version } = parseReference(controller);
  const [tag = "", digest] = version.slice(1).split("@"), from = `${host}/${repository}`;
  if (digest !== undefined) return { repository: from, tag, digest };
  return from === PINS.karpenter.controller ? null : { repository: from };
}

/** sha256 (hex) over the charts' versions, values and labels: Helm runs again when it changes. */
export function chartsHash(config: Config, deployed: Pick<Deployed, "queueName">): string {
  const { version, chart, crdChart } = config.karpenter;
  const facts = { version, chart, crdChart, labels: RELEASE_LABELS, values: karpenterValues(config, deployed) };
  return sha256(JSON.stringify(facts));
}

function owned(object: Kube<"ClusterRoleBinding">, namespaceUid: string | undefined): Kube<"ClusterRoleBinding"> {
  if (namespaceUid === undefined) return object;
  const owner = { ...KINDS.namespace, name: CLUSTER.installNamespace, uid: namespaceUid };
  return { ...object, metadata: { ...object.metadata, ownerReferences: [owner] } };
}

function withValues(object: Kube<"ConfigMap">, input: HelmInput): Kube<"ConfigMap"> {
  const { config, deployed, scripts } = input;
  if (!deployed) return object;
  // Helm reads YAML 1.1: a string like `yes` is quoted.
  const values = stringify(karpenterValues(config, deployed), { version: "1.1" });
  const logins = privateRegistries(input).length > 0 ? scripts : {};
  return { ...object, data: { ...object.data, ...logins, "values.yaml": values } };
}

/** The registries in ECR that Helm reads charts from: it must log in, which kubelets do with the role of their node. */
function privateRegistries({ action, config: { karpenter: { chart, crdChart } } }: HelmInput): string[] {
  if (action === "uninstall") return [];
  const hosts = [chart, crdChart].map((reference) => parseReference(reference).host);
  return [...new Set(hosts)].filter((host) => ecrRegistry(host) !== null);
}

function withHelm(object: Kube<"Job">, input: HelmInput): Kube<"Job"> {
  const { action, config } = input, registries = privateRegistries(input), { template } = object.spec!;
  const { initContainers: [login] = [], containers: [container], ...pod } = template.spec!;
  const env = {
    // Helm keeps its cache here; the root file system is read-only.
    HOME: "/home/helm",
    ...(registries.length > 0 && { DOCKER_CONFIG: "/home/helm" }),
    KARPENTER_VERSION: config.karpenter.version,
    KARPENTER_CHART: chartOf(config.karpenter.chart),
    KARPENTER_CRD_CHART: chartOf(config.karpenter.crdChart),
    KARPENTER_NAMESPACE: CLUSTER.karpenterNamespace,
    RELEASE_LABELS,
  };
  const helm = {
    ...container!,
    image: config.karpenter.helmImage,
    args: [action],
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
  };
  const asked = [...login!.env ?? [], { name: "REGISTRIES", value: registries.join(",") }];
  const spec = {
    ...pod,
    ...(registries.length > 0 && { initContainers: [{ ...login!, image: config.builder.fetcher, env: asked }] }),
    containers: [helm],
  };
  return { ...object, spec: { ...object.spec, template: { ...template, spec } } };
}

/** The reference without its tag: the version is in `--version`, and Helm accepts it in one place only. */
function chartOf(reference: string): string {
  const { host, repository, version } = parseReference(reference);
  return `oci://${host}/${repository}${version.replace(/^:[^@]+/, "")}`;
}

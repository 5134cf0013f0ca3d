/** Karpenter's charts: installed and uninstalled by a Job that runs Helm inside the cluster, in a namespace that goes with it. */
import { UnituneError } from "../../core/errors.ts";
import { CLUSTER, KARPENTER } from "../../core/pins.ts";
import type { KubeObject, KubePort, KubeRef, KubeSelector } from "../../core/ports.ts";
import { type JobContext, removeObject } from "../../jobs/job.ts";
import { runJob } from "../../jobs/run.ts";
import type { Action } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";

/** Says which charts and values stand: written when Helm was done, so that a cut run starts again. */
const MARKER: KubeRef = {
  apiVersion: "v1",
  kind: "ConfigMap",
  name: "unitune-karpenter",
  namespace: CLUSTER.karpenterNamespace,
};

/** Karpenter's own pods, whose readiness an installation waits for. */
const CONTROLLERS: KubeSelector = {
  apiVersion: "v1",
  kind: "Pod",
  namespace: CLUSTER.karpenterNamespace,
  labels: KARPENTER.pods,
};

export async function chartsAction(kube: KubePort, hash: string): Promise<Action> {
  const marker = await kube.get(MARKER);
  if (!marker) return "create";
  return marker["data"]?.hash === hash ? "none" : "update";
}

/** The version that stands, `null` when none does, or none that unitune finished to install. */
export async function installedKarpenter(kube: KubePort): Promise<string | null> {
  const marker = await kube.get(MARKER);
  return marker ? String(marker["data"]?.version ?? "unknown") : null;
}

export async function installCharts(operation: Operation, context: JobContext): Promise<void> {
  const { objects, config, session } = operation, deployed = await session.requireDeployed();
  await runHelm((uid) => objects.helm("install", deployed, uid), context, CONTROLLERS);
  await context.kube.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: MARKER.name,
      namespace: CLUSTER.karpenterNamespace,
      labels: { [CLUSTER.managedByLabel]: CLUSTER.managedBy },
    },
    data: { hash: objects.chartsHash(deployed), version: config.karpenter.version },
  });
}

/** Says whether there was anything to uninstall: the release's Secrets tell what Helm knows of. */
export async function uninstallCharts({ objects }: Operation, context: JobContext): Promise<boolean> {
  const releases = await context.kube.list({
    apiVersion: "v1",
    kind: "Secret",
    namespace: CLUSTER.karpenterNamespace,
    labels: "owner=helm",
  });
  if (!releases.some(({ metadata }) => metadata.labels?.["name"]?.startsWith("karpenter"))) return false;
  await context.kube.remove(MARKER);
  await runHelm((uid) => objects.helm("uninstall", null, uid), context);
  return true;
}

/** A namespace of an earlier, cut run holds a cluster-admin binding: it goes before anything else. */
async function removeInstallNamespace(context: JobContext): Promise<void> {
  await removeNamespace(CLUSTER.installNamespace, context);
}

export async function removeNamespace(name: string, context: JobContext): Promise<boolean> {
  const ref: KubeRef = { apiVersion: "v1", kind: "Namespace", name };
  return await removeObject(ref, context, {
    timeoutSeconds: 300,
    what: `namespace ${name} to go`,
    hint: `kubectl get all -n ${name} shows what holds it`,
  });
}

async function runHelm(
  objectsOf: (namespaceUid?: string) => KubeObject[],
  context: JobContext,
  awaits?: KubeSelector,
): Promise<void> {
  await removeInstallNamespace(context);
  const name = { name: objectsOf().at(-1)!.metadata.name, namespace: CLUSTER.installNamespace };
  const prepare = async () => {
    const uid = await applyNamespace(objectsOf()[0]!, context.kube), [, ...objects] = objectsOf(uid);
    for (const object of objects.slice(0, -1)) await context.kube.apply(object);
    return objects.at(-1)!;
  };
  try {
    const { end } = await runJob({ name, prepare, containers: ["helm"], awaits }, context);
    if (end.state === "failed") {
      throw new UnituneError("HELM_FAILED", `Cannot run Helm in Job ${name.name}: ${end.reason}`, {
        path: `${name.namespace}/${name.name}`,
        lines: end.message.split("\n").filter(Boolean),
        hint: "Run the same command again; the Job starts from the beginning",
      });
    }
  } finally {
    await removeInstallNamespace({ ...context, signal: AbortSignal.timeout(60_000) });
  }
}

async function applyNamespace(namespace: KubeObject, kube: KubePort): Promise<string> {
  await kube.apply(namespace);
  const made = await kube.get({ apiVersion: "v1", kind: "Namespace", name: namespace.metadata.name });
  return String(made?.metadata["uid"]);
}

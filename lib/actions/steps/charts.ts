/** Karpenter's charts. A Job in the cluster runs Helm to install or uninstall them; its namespace goes with it. */
import { conditionIs } from "../../core/conditions.ts";
import { hasCode, UnituneError } from "../../core/errors.ts";
import { KINDS, type Kube } from "../../core/kube.ts";
import { isOurs, notOurs } from "../../core/kube_owner.ts";
import type { KubePort, KubeSelector } from "../../core/kube_port.ts";
import { CLUSTER, KARPENTER } from "../../core/pins.ts";
import { jobAmong, type JobName, type JobOperation, jobRef, jobState, removeObject } from "../../jobs/job.ts";
import type { PodSelector } from "../../jobs/pod_waits.ts";
import { runJob } from "../../jobs/run.ts";
import type { Action } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome } from "../run.ts";
import { GONE } from "./remains.ts";

/** Records the installed charts and values. It is written after Helm has finished: an interrupted run starts again. */
const MARKER = { ...KINDS.configMap, name: "unitune-karpenter", namespace: CLUSTER.karpenterNamespace } as const;

/** Gives Helm's Job its rights. */
const INSTALLER = { ...KINDS.clusterRoleBinding, name: CLUSTER.installerAccount } as const;

/** Karpenter's own pods: an installation waits until they are ready. */
const CONTROLLERS: PodSelector = {
  ...KINDS.pod,
  namespace: CLUSTER.karpenterNamespace,
  labels: KARPENTER.pods,
};

/** The two releases, the first one's CRDs included. */
const RELEASES = ["karpenter-crd", "karpenter"] as const;
/** In the marker: Helm's records have had our label since the last installation. */
const LABELLED = "labelled";

/** Helm's records of a release: one Secret for each of its last revisions. */
function recordsOf(release: string, more = ""): KubeSelector & typeof KINDS.secret {
  return { ...KINDS.secret, namespace: CLUSTER.karpenterNamespace, labels: `owner=helm,name=${release}${more}` };
}

/** An error for each of Karpenter's releases that unitune did not install, and for a foreign object of our names. */
export async function foreignCharts(kube: KubePort): Promise<UnituneError[]> {
  const marker = await kube.get(MARKER);
  // Before releases had our label, the marker alone told that they were ours.
  const known = marker !== null && isOurs(marker) && marker.data?.[LABELLED] === undefined;
  const checked = RELEASES.map(async (release) => {
    // As a rule there is none, and nothing else is requested: these records are large.
    const [record] = await kube.list(recordsOf(release, `,${CLUSTER.managedByLabel}!=${CLUSTER.managedBy}`));
    if (!record || known) return [];
    const own = await kube.list(recordsOf(release, `,${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`));
    return own.length > 0 ? [] : [foreignRelease(release, record)];
  });
  const others = [{ ...KINDS.namespace, name: CLUSTER.installNamespace }, INSTALLER].map(async (ref) => {
    const found = await kube.get(ref);
    return found && !isOurs(found) ? [notOurs(found, "Cannot replace")] : [];
  });
  const ofMarker = marker && !isOurs(marker) ? [notOurs(marker, "Cannot replace")] : [];
  return [...(await Promise.all([...checked, ...others])).flat(), ...ofMarker];
}

function foreignRelease(release: string, { metadata: { name, labels } }: Kube<"Secret">): UnituneError {
  const namespace = CLUSTER.karpenterNamespace, label = `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`;
  return new UnituneError(
    "KUBE_NOT_OURS",
    `Cannot replace Helm release ${release} in ${namespace} as unitune did not install the existing one ` +
      `(status ${labels?.["status"] ?? "unknown"}): its record has no label ${label}`,
    {
      path: `Secret ${namespace}/${name}`,
      hint: `\`helm status ${release} -n ${namespace}\` shows what it is; uninstall it, or, if unitune installed it: ` +
        `kubectl label secret ${name} -n ${namespace} ${label}`,
    },
  );
}

export async function chartsAction(kube: KubePort, hash: string): Promise<Action> {
  const marker = await kube.get(MARKER);
  if (!marker) return "create";
  return marker.data?.["hash"] === hash ? "none" : "update";
}

/** The installed version; `null` if there is none, or none that unitune has finished installing. */
export async function installedKarpenter(kube: KubePort): Promise<string | null> {
  const marker = await kube.get(MARKER);
  return marker ? marker.data?.["version"] ?? "unknown" : null;
}

export async function installCharts(operation: Operation, context: JobOperation): Promise<void> {
  const { objects, config, session } = operation, deployed = await session.requireDeployed();
  await requireOwn(context.kube);
  await runHelm((uid) => objects.helm("install", deployed, uid), context, CONTROLLERS);
  await context.kube.apply({
    ...KINDS.configMap,
    metadata: {
      name: MARKER.name,
      namespace: CLUSTER.karpenterNamespace,
      labels: { [CLUSTER.managedByLabel]: CLUSTER.managedBy },
    },
    data: { hash: objects.chartsHash(deployed), version: config.karpenter.version, [LABELLED]: "true" },
  });
}

/**
 * Uninstalls the charts, if there are any: Helm records its releases in Secrets. If Helm cannot run, they go with the
 * cluster: its stack ends what Karpenter launches until then.
 */
export async function uninstallCharts({ objects }: Operation, context: JobOperation): Promise<Outcome> {
  const { kube, emit, id } = context;
  const records = await Promise.all(RELEASES.map((release) => kube.list(recordsOf(release))));
  if (records.flat().length === 0) return GONE;
  await requireOwn(kube);
  if (!(await hasSystemNode(kube))) return { state: "done", detail: "left to the stack: no system node is ready" };
  await kube.remove(MARKER);
  try {
    await runHelm((uid) => objects.helm("uninstall", null, uid), context);
    return DONE;
  } catch (error) {
    if (!hasCode(error, "HELM_FAILED", "NODE_TIMEOUT", "TIMEOUT")) throw error;
    emit({ type: "warning", id, message: `${error.message}; the charts go with the cluster` });
    return { state: "done", detail: "left to the stack: Helm failed" };
  }
}

/** Whether a node is ready that Karpenter did not launch: Helm's Job runs nowhere else. */
async function hasSystemNode(kube: KubePort): Promise<boolean> {
  const nodes = await kube.list(KINDS.node);
  return nodes.some((node) => !node.metadata.labels?.[KARPENTER.poolLabel] && conditionIs(node, "Ready", "True"));
}

async function requireOwn(kube: KubePort): Promise<void> {
  const [first] = await foreignCharts(kube);
  if (first) throw first;
}

/** The namespace of an interrupted run holds a cluster-admin binding: it is deleted before anything else. */
async function removeInstallNamespace(context: JobOperation): Promise<void> {
  await removeNamespace(CLUSTER.installNamespace, context);
}

/** Deletes the namespace if unitune created it; returns whether it existed. */
export async function removeNamespace(name: string, context: JobOperation): Promise<boolean> {
  const found = await context.kube.get({ ...KINDS.namespace, name });
  if (found && !isOurs(found)) throw notOurs(found, "Cannot delete");
  return found !== null && await removeObject({ ...KINDS.namespace, name }, context, {
    timeoutSeconds: 300,
    what: `namespace ${name} to be deleted`,
    hint: `kubectl get all -n ${name} shows what holds it`,
  });
}

async function runHelm(
  objectsOf: (namespaceUid?: string) => Kube[],
  context: JobOperation,
  awaits?: PodSelector,
): Promise<void> {
  const { job: wanted } = jobAmong(objectsOf());
  const name = { name: wanted.metadata.name, namespace: CLUSTER.installNamespace };
  // Helm that is cut in the middle starts from the beginning: one that does the same is left to end.
  if (!await isRunning(name, wanted, context.kube)) await removeInstallNamespace(context);
  const prepare = async () => {
    const uid = await applyNamespace(objectsOf()[0]!, context.kube), [, ...objects] = objectsOf(uid);
    const { job, others } = jobAmong(objects);
    for (const object of others) await context.kube.apply(object);
    return job;
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

/** Whether an interrupted run has left a Job that does the same, and still runs. */
async function isRunning(name: JobName, wanted: Kube<"Job">, kube: KubePort): Promise<boolean> {
  const space = await kube.get({ ...KINDS.namespace, name: name.namespace });
  if (!space || !isOurs(space) || space.metadata.deletionTimestamp) return false;
  const job = await kube.get(jobRef(name));
  return job !== null && isOurs(job) && !job.metadata.deletionTimestamp && jobState(job) === "running" &&
    job.metadata.annotations?.[CLUSTER.keyAnnotation] === wanted.metadata.annotations?.[CLUSTER.keyAnnotation];
}

async function applyNamespace(namespace: Kube, kube: KubePort): Promise<string> {
  await kube.apply(namespace);
  const created = await kube.get({ ...KINDS.namespace, name: namespace.metadata.name });
  return String(created?.metadata.uid);
}

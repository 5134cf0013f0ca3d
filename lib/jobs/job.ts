/** One Kubernetes Job: made, adopted or replaced; followed to its end. */
import type { Emit } from "../core/events.ts";
import { EXIT, isUnituneError, UnituneError } from "../core/errors.ts";
import type { Clock, KubeObject, KubePort, KubeRef, KubeSelector } from "../core/ports.ts";
import { waitUntil } from "../core/wait.ts";

export interface JobContext {
  readonly kube: KubePort;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Id of the change that the Job belongs to. */
  readonly id: string;
}

export type JobState = "running" | "complete" | "failed";

export interface JobEnd {
  readonly state: "complete" | "failed";
  /** Termination message of the container that decided, as it was written. */
  readonly message: string;
  /** The Job's own reason when it failed: `PodFailurePolicy`, `DeadlineExceeded`, `BackoffLimitExceeded`. */
  readonly reason: string;
  readonly pod: string | null;
  readonly container: string | null;
}

export function refOf(object: KubeObject): KubeRef {
  const { apiVersion, kind, metadata: { name, namespace } } = object;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

export function jobState(job: KubeObject): JobState {
  const conditions: { type: string; status: string }[] = job["status"]?.conditions ?? [];
  const is = (type: string) => conditions.some((c) => c.type === type && c.status === "True");
  return is("Complete") || is("SuccessCriteriaMet")
    ? "complete"
    : is("Failed") || is("FailureTarget")
    ? "failed"
    : "running";
}

/**
 * Sees to it that the Job runs: a running one of this name is adopted, an ended one replaced.
 * `prepare` is called only when a Job has to be made (uploads, helper objects). `complete` gives one that was made
 * suspended what it lacks and resumes it: one just made, or one that a run left so when it was cut.
 */
export async function ensureJob(
  name: { readonly name: string; readonly namespace: string },
  prepare: () => Promise<KubeObject>,
  context: JobContext,
  complete?: (job: KubeObject) => Promise<void>,
): Promise<"made" | "adopted"> {
  const ref: KubeRef = { apiVersion: "batch/v1", kind: "Job", ...name };
  const adopt = async (job: KubeObject | null) => {
    if (job?.["spec"]?.suspend === true) await complete?.(job);
    return adopted(name.name, context);
  };
  const found = await context.kube.get(ref);
  if (found && !found.metadata["deletionTimestamp"] && jobState(found) === "running") return await adopt(found);
  if (found) await removeJob(ref, context);
  const job = await prepare();
  const made = await context.kube.create(job).catch((error) => {
    if (isUnituneError(error) && error.code === "KUBE_ALREADY_EXISTS") return null;
    throw error;
  });
  if (!made) return await adopt(await context.kube.get(ref));
  await complete?.(made);
  return "made";
}

function adopted(name: string, context: JobContext): "adopted" {
  context.emit({ type: "progress", id: context.id, message: `adopts Job ${name}, which already runs` });
  return "adopted";
}

export function removeJob(ref: KubeRef, context: JobContext): Promise<void> {
  return removeObject(ref, context);
}

export async function removeObject(ref: KubeRef, context: JobContext): Promise<void> {
  await context.kube.remove(ref);
  await waitUntil(async () => (await context.kube.get(ref)) === null, {
    ...context,
    timeoutSeconds: 120,
    what: `${ref.kind} ${ref.name} to go`,
    everyMilliseconds: 300,
  });
}

/** Follows the Job to its end: why it waits, its log, what it said last. */
export async function followJob(
  name: { readonly name: string; readonly namespace: string },
  containers: readonly string[],
  context: JobContext,
): Promise<JobEnd> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const pods = followPods(name, containers, context, signal);
  // Watched by its name alone: its end is what this waits for.
  try {
    const job = await jobEnd(name, context, signal);
    const left = await listPods(name, context.kube);
    left.forEach(pods.see); // a quick Job may end before its pod's last event came
    await Promise.race([pods.drained(), context.clock.sleep(5000, context.signal)]);
    return readEnd(job, left);
  } finally {
    stop.abort();
    await pods.done;
  }
}

async function jobEnd(
  name: { readonly name: string; readonly namespace: string },
  context: JobContext,
  signal: AbortSignal,
): Promise<KubeObject> {
  const selector = {
    apiVersion: "batch/v1",
    kind: "Job",
    namespace: name.namespace,
    fields: `metadata.name=${name.name}`,
  };
  for await (const event of context.kube.watch(selector, signal)) {
    if (event.type === "DELETED") {
      throw new UnituneError("JOB_DELETED", `Cannot follow Job ${name.name}: somebody deleted it`, {
        path: `${name.namespace}/${name.name}`,
        hint: "Run the same command again",
        exit: EXIT.cluster,
      });
    }
    if (jobState(event.object) !== "running") return event.object;
  }
  context.signal.throwIfAborted();
  throw new UnituneError("JOB_LOST", `Cannot follow Job ${name.name}: the watch ended`, { exit: EXIT.cluster });
}

interface PodFollower {
  /** Takes note of a pod's state: why it waits, and logs that can be read. */
  readonly see: (pod: KubeObject) => void;
  /** All logs that began were read to their end. */
  drained(): Promise<unknown>;
  readonly done: Promise<unknown>;
}

function followPods(
  job: { readonly name: string; readonly namespace: string },
  containers: readonly string[],
  context: JobContext,
  signal: AbortSignal,
): PodFollower {
  const logs = new Map<string, Promise<void>>();
  const said = new Map<string, string>();
  const see = (pod: KubeObject): void => {
    const why = waitReason(pod);
    if (why && said.get(pod.metadata.name) !== why) context.emit({ type: "progress", id: context.id, message: why });
    said.set(pod.metadata.name, why ?? "");
    for (const container of startedContainers(pod, containers)) {
      const key = `${pod.metadata.name}/${container}`;
      if (!logs.has(key)) logs.set(key, readLog(pod.metadata.name, container, job.namespace, context, signal));
    }
  };
  const follow = async (): Promise<void> => {
    for await (const { type, object } of context.kube.watch(podsOf(job), signal)) {
      if (type !== "DELETED") see(object);
    }
  };
  const drained = () => Promise.all(logs.values());
  return { see, drained, done: follow().catch((error) => warn(error, context, signal)).then(drained) };
}

async function readLog(
  pod: string,
  container: string,
  namespace: string,
  context: JobContext,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const line of context.kube.logs(pod, container, namespace, signal)) {
      context.emit({ type: "log", id: context.id, line });
    }
  } catch (error) {
    warn(error, context, signal);
  }
}

/** The log is the story, not the result: that it cannot be read is said, and the Job's end decides. */
function warn(error: unknown, context: JobContext, signal: AbortSignal): void {
  if (signal.aborted) return;
  context.emit({ type: "warning", id: context.id, message: `The log cannot be read: ${(error as Error).message}` });
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: unknown;
    readonly terminated?: { readonly exitCode: number; readonly message?: string; readonly reason?: string };
  };
}

function statuses(pod: KubeObject): ContainerStatus[] {
  return [...(pod["status"]?.initContainerStatuses ?? []), ...(pod["status"]?.containerStatuses ?? [])];
}

function startedContainers(pod: KubeObject, wanted: readonly string[]): string[] {
  return statuses(pod)
    .filter(({ name, state }) => wanted.includes(name) && (state?.running || state?.terminated))
    .map(({ name }) => name);
}

/** Why a pod does not run yet, in one line for a person; `null` when it runs. */
export function waitReason(pod: KubeObject): string | null {
  const status = pod["status"];
  if (status?.phase !== "Pending") return null;
  const scheduled = status.conditions?.find((c: { type: string }) => c.type === "PodScheduled");
  if (scheduled?.status === "False") {
    return status.nominatedNodeName
      ? `waits for node ${status.nominatedNodeName}`
      : "waits for a node (Karpenter launches one)";
  }
  const waiting = statuses(pod).map(({ state }) => state?.waiting).find((w) =>
    w?.reason && w.reason !== "PodInitializing"
  );
  if (!waiting) return null;
  if (waiting.reason === "ContainerCreating") return `starts on node ${pod["spec"]?.nodeName}`;
  return `${waiting.reason}: ${waiting.message ?? ""}`.trim();
}

function podsOf(job: { readonly name: string; readonly namespace: string }): KubeSelector {
  const labels = `batch.kubernetes.io/job-name=${job.name}`;
  return { apiVersion: "v1", kind: "Pod", namespace: job.namespace, labels };
}

/** The Job's pods, oldest first. */
async function listPods(
  job: { readonly name: string; readonly namespace: string },
  kube: KubePort,
): Promise<KubeObject[]> {
  const created = (pod: KubeObject) => String(pod.metadata["creationTimestamp"] ?? "");
  return [...await kube.list(podsOf(job))].sort((a, b) => (created(a) < created(b) ? -1 : 1));
}

function readEnd(job: KubeObject, pods: readonly KubeObject[]): JobEnd {
  const state = jobState(job) === "complete" ? "complete" : "failed";
  const conditions: { type: string; status: string; reason?: string; message?: string }[] = job["status"]?.conditions ??
    [];
  const failure = conditions.find((c) => (c.type === "Failed" || c.type === "FailureTarget") && c.status === "True");
  const reason = [failure?.reason, failure?.message].filter(Boolean).join(": ");
  for (const pod of [...pods].reverse()) {
    for (const container of statuses(pod).reverse()) {
      const ended = container.state?.terminated;
      if (!ended || (state === "complete") !== (ended.exitCode === 0)) continue;
      return { state, message: ended.message ?? "", reason, pod: pod.metadata.name, container: container.name };
    }
  }
  return { state, message: "", reason, pod: null, container: null };
}

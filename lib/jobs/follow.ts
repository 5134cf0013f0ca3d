/** A Job followed to its end: why its pods wait, their logs, what they said last. */
import { conditionsOf } from "../core/conditions.ts";
import { UnituneError } from "../core/errors.ts";
import type { Mask } from "../core/mask.ts";
import { containerStatuses } from "../core/pods.ts";
import type { KubeObject, KubePort, KubeSelector } from "../core/ports.ts";
import { type JobContext, type JobName, jobState } from "./job.ts";
import { type NodeOptions, NodeWaits } from "./nodes.ts";
import { isUnscheduled, podWait } from "./waits.ts";

export interface JobEnd {
  readonly state: "complete" | "failed";
  /** Termination message of the container that decided, as it was written. */
  readonly message: string;
  /** The Job's own reason when it failed: `PodFailurePolicy`, `DeadlineExceeded`, `BackoffLimitExceeded`. */
  readonly reason: string;
  readonly pod: string | null;
  readonly container: string | null;
}

/**
 * Follows the Job to its end: why it waits, its log, what it said last. With `nodes`, says what Karpenter says while a
 * pod waits for a node, and gives up (`NODE_TIMEOUT`) when that takes too long.
 */
export async function followJob(
  name: JobName,
  containers: readonly string[],
  context: JobContext,
  nodes?: NodeOptions,
): Promise<JobEnd> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const waits = nodes ? new NodeWaits(name, nodes, context, signal) : null;
  const pods = followPods(name, containers, context, signal, waits);
  // Watched by its name alone: its end is what this waits for.
  try {
    const job = await Promise.race([jobEnd(name, context, signal), ...waits ? [waits.givenUp] : []]);
    const left = await listPods(name, context.kube);
    left.forEach(pods.see); // a quick Job may end before its pod's last event came
    await Promise.race([pods.drained(), context.clock.sleep(5000, context.signal)]);
    return withWait(readEnd(job, left, context.mask), waits);
  } finally {
    stop.abort();
    await Promise.all([pods.done, waits?.done()]);
  }
}

/** A Job may end by its own deadline while its pod waits: why it did is then the reason. */
function withWait(end: JobEnd, waits: NodeWaits | null): JobEnd {
  if (end.state === "complete" || end.pod !== null || !waits?.last) return end;
  return { ...end, reason: `${end.reason}; its pod waited for a node: ${waits.last.text}` };
}

async function jobEnd(name: JobName, context: JobContext, signal: AbortSignal): Promise<KubeObject> {
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
      });
    }
    if (jobState(event.object) !== "running") return event.object;
  }
  context.signal.throwIfAborted();
  throw new UnituneError("JOB_LOST", `Cannot follow Job ${name.name}: the watch ended`);
}

interface PodFollower {
  /** Takes note of a pod's state: why it waits, and logs that can be read. */
  readonly see: (pod: KubeObject) => void;
  /** All logs that began were read to their end. */
  drained(): Promise<unknown>;
  readonly done: Promise<unknown>;
}

function followPods(
  job: JobName,
  containers: readonly string[],
  context: JobContext,
  signal: AbortSignal,
  waits: NodeWaits | null,
): PodFollower {
  const logs = new Map<string, Promise<void>>();
  const said = new Map<string, string>();
  const see = (pod: KubeObject): void => {
    waits?.see(pod);
    const why = waits && isUnscheduled(pod) ? null : podWait(pod);
    if (why && said.get(pod.metadata.name) !== why) context.emit({ type: "progress", id: context.id, message: why });
    said.set(pod.metadata.name, why ?? "");
    for (const container of startedContainers(pod, containers)) {
      const key = `${pod.metadata.name}/${container}`;
      if (!logs.has(key)) logs.set(key, readLog(pod.metadata.name, container, job.namespace, context, signal));
    }
  };
  const follow = async (): Promise<void> => {
    for await (const { type, object } of context.kube.watch(podsOf(job), signal)) {
      if (type === "DELETED") waits?.forget(object);
      else see(object);
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
      context.emit({ type: "log", id: context.id, line, source: { pod, container } });
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

function startedContainers(pod: KubeObject, wanted: readonly string[]): string[] {
  return containerStatuses(pod)
    .filter(({ name, state }) => wanted.includes(name) && (state?.running || state?.terminated))
    .map(({ name }) => name);
}

function podsOf(job: JobName): KubeSelector {
  const labels = `batch.kubernetes.io/job-name=${job.name}`;
  return { apiVersion: "v1", kind: "Pod", namespace: job.namespace, labels };
}

/** The Job's pods, oldest first. */
async function listPods(
  job: JobName,
  kube: KubePort,
): Promise<KubeObject[]> {
  const created = (pod: KubeObject) => String(pod.metadata["creationTimestamp"] ?? "");
  return [...await kube.list(podsOf(job))].sort((a, b) => (created(a) < created(b) ? -1 : 1));
}

/** What it says leaves in an error or a report, past the emitter: masked here. */
function readEnd(job: KubeObject, pods: readonly KubeObject[], mask: Mask): JobEnd {
  const state = jobState(job) === "complete" ? "complete" : "failed";
  const failure = conditionsOf(job).find(({ type, status }) => {
    return (type === "Failed" || type === "FailureTarget") && status === "True";
  });
  const reason = mask([failure?.reason, failure?.message].filter(Boolean).join(": "));
  for (const pod of [...pods].reverse()) {
    for (const container of containerStatuses(pod).reverse()) {
      const ended = container.state?.terminated;
      if (!ended || (state === "complete") !== (ended.exitCode === 0)) continue;
      return { state, message: mask(ended.message ?? ""), reason, pod: pod.metadata.name, container: container.name };
    }
  }
  return { state, message: "", reason, pod: null, container: null };
}

/** Follows a Job to its end: why its pods wait, their logs, and their termination messages. */
import { conditionsOf } from "../core/conditions.ts";
import { messageOf, UnituneError } from "../core/errors.ts";
import type { Mask } from "../core/mask.ts";
import { containerStatuses, type PodEnd, podEnd } from "../core/pods.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { type JobName, type JobOperation, jobState } from "./job.ts";
import { NodeWaits, type Placement } from "./nodes.ts";
import { type PodSelector, reportWaits } from "./pod_waits.ts";
import { listPods, PodFollower } from "./pods.ts";

export interface JobEnd {
  readonly state: "complete" | "failed";
  /** Termination message of the container that decided the result, unchanged. */
  readonly message: string;
  /** The Job's own reason for its failure: `PodFailurePolicy`, `DeadlineExceeded`, `BackoffLimitExceeded`. */
  readonly reason: string;
  readonly pod: string | null;
  readonly container: string | null;
  /** What ended the last pod of a failed Job from outside; `null`: nothing did, or nobody saw it. */
  readonly cause: PodEnd | null;
}

/** What else is watched while a Job runs. */
interface Surroundings {
  readonly placement?: Placement | undefined;
  readonly awaits?: PodSelector | undefined;
  /** Whether an interrupt ends the Job. Default: it goes on. */
  readonly isCancelled?: boolean | undefined;
}

/**
 * Follows the Job to its end. With `placement`, reports why a pod waits for a node, and gives up (`NODE_TIMEOUT`) when
 * that takes too long.
 */
export async function followJob(
  name: JobName,
  containers: readonly string[],
  context: JobOperation,
  { placement, awaits, isCancelled = false }: Surroundings = {},
): Promise<JobEnd> {
  const stop = new AbortController(), goesOn = () => isCancelled || tellThatItGoesOn(name, context);
  context.signal.addEventListener("abort", goesOn, { once: true });
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const nodes = placement ? new NodeWaits(name, placement, context, signal) : null;
  const pods = new PodFollower(name, containers, context, signal, nodes);
  const awaited = awaits && reportWaits(awaits, context, signal).catch((error) => warn(error, context, signal));
  // Wait for the Job's own end, which does not depend on its pods.
  try {
    const job = await Promise.race([jobEnd(name, context, signal), pods.givenUp, ...nodes ? [nodes.givenUp] : []]);
    const left = await listPods(name, context.kube);
    left.forEach((pod) => pods.see(pod)); // a quick Job may end before its pod's last event arrives
    await Promise.race([pods.drained(), context.clock.sleep(5000, context.signal)]);
    return readEnd(job, [...pods.gone, ...left], pods.waited, context.mask);
  } finally {
    context.signal.removeEventListener("abort", goesOn);
    stop.abort();
    await Promise.all([pods.done(), nodes?.done(), awaited]);
  }
}

/** A Job does not stop when unitune does. */
function tellThatItGoesOn({ name, namespace }: JobName, { emit, id }: JobOperation): void {
  const follow = `kubectl logs --namespace ${namespace} --follow job/${name}`;
  const message = `Job ${name} goes on; follow it with: ${follow}, or run the same command again`;
  emit({ type: "warning", id, message });
}

/** Why other pods do not run is only a help: a failure to find out is a warning, and the Job goes on. */
function warn(error: unknown, { emit, id }: JobOperation, signal: AbortSignal): void {
  if (signal.aborted) return;
  emit({ type: "warning", id, message: `Cannot watch the pods that the Job waits for: ${messageOf(error)}` });
}

async function jobEnd(name: JobName, context: JobOperation, signal: AbortSignal): Promise<Kube<"Job">> {
  const selector = { ...KINDS.job, namespace: name.namespace, fields: `metadata.name=${name.name}` };
  for await (const event of context.kube.watch(selector, signal)) {
    if (event.type === "DELETED") {
      throw new UnituneError("JOB_DELETED", `Cannot follow Job ${name.name}: it was deleted`, {
        path: `${name.namespace}/${name.name}`,
        hint: "Run the same command again",
      });
    }
    if (jobState(event.object) !== "running") return event.object;
  }
  context.signal.throwIfAborted();
  throw new UnituneError("JOB_LOST", `Cannot follow Job ${name.name}: the watch ended`);
}

/**
 * Reads how the Job ended. The result goes into an error or a report and bypasses the emitter, so it is masked here.
 * If the Job reached its deadline while its pod was waiting, the reason says why the pod waited.
 */
function readEnd(job: Kube<"Job">, pods: readonly Kube<"Pod">[], waited: string | null, mask: Mask): JobEnd {
  const state = jobState(job) === "complete" ? "complete" : "failed";
  const failure = conditionsOf(job).find(({ type, status }) => {
    return (type === "Failed" || type === "FailureTarget") && status === "True";
  });
  const reason = [failure?.reason, failure?.message].filter(Boolean).join(": ");
  const cause = state === "failed" ? pods.map(podEnd).findLast((end) => end !== null) ?? null : null;
  for (const pod of [...pods].reverse()) {
    for (const container of containerStatuses(pod).reverse()) {
      const ended = container.state?.terminated;
      if (!ended || (state === "complete") !== (ended.exitCode === 0)) continue;
      const message = mask(ended.message ?? "");
      return { state, message, reason: mask(reason), pod: pod.metadata.name, container: container.name, cause };
    }
  }
  const why = state === "failed" && waited ? `${reason}; its pod ${waited}` : reason;
  return { state, message: "", reason: mask(why), pod: null, container: null, cause };
}

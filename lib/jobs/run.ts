/**
 * Runs a Job in the cluster from its creation to its end, or only starts it: the way into this room. What differs between a build and
 * an installation is in the request.
 */
import { hasCode, messageOf } from "../core/errors.ts";
import { measured } from "../core/measure.ts";
import type { Kube } from "../core/kube.ts";
import type { SecretValue } from "../core/secrets.ts";
import { followJob, type JobEnd } from "./follow.ts";
import { ensureJob, type JobName, type JobOperation, jobRef, removeObject } from "./job.ts";
import type { Placement } from "./nodes.ts";
import type { PodSelector } from "./pod_waits.ts";
import { completeJob, deleteSecret } from "./secret.ts";

export interface JobRequest {
  readonly name: JobName;
  /** Creates what the Job needs (uploads, helper objects) and returns the Job. Called only if no Job can be adopted. */
  readonly prepare: () => Promise<Kube<"Job">>;
  /** Whether a running Job of this name does the same work. Default: it does. */
  readonly isSame?: ((job: Kube<"Job">) => boolean) | undefined;
  /** The containers whose logs become events. */
  readonly containers: readonly string[];
  /** Where its pods get their nodes. With it, the run gives up when they wait too long. */
  readonly placement?: Placement | undefined;
  /** Pods that the Job itself waits for: the reason why they do not run is reported, too. */
  readonly awaits?: PodSelector | undefined;
  /** Values of its Secret, read when the cluster lacks them. The Job is then created suspended. */
  readonly secrets?: (() => Promise<readonly SecretValue[]>) | undefined;
  /** Whether a Job that this run creates is deleted when the run is interrupted. Default: it goes on. */
  readonly isCancelled?: boolean | undefined;
}

export interface JobRun {
  readonly how: "created" | "adopted";
  readonly end: JobEnd;
}

/** Creates the Job, or adopts the one that already runs, and follows it to its end. A Job that failed is replaced. */
export async function runJob(request: JobRequest, context: JobOperation): Promise<JobRun> {
  const { id, emit, clock } = context, about = { id, what: "job", name: request.name.name } as const;
  const hasFailed = ({ end }: JobRun) => end.state === "failed";
  return await measured(about, { emit, now: () => clock.now(), hasFailed }, () => run(request, context));
}

async function run(request: JobRequest, context: JobOperation): Promise<JobRun> {
  const { name, secrets, isCancelled = false } = request, started = new Started(request);
  try {
    const how = await started.run(context);
    const end = await follow(request, isCancelled && started.isOwn, context);
    if (secrets) await deleteSecret(name, context);
    return { how, end };
  } catch (error) {
    if (isCancelled && started.isOwn && context.signal.aborted) await cancelJob(name, context);
    throw error;
  }
}

/** Creates the Job, or adopts the one that already runs, and leaves it alone. Its Secret goes when the Job does. */
export async function startJob(request: JobRequest, context: JobOperation): Promise<JobRun["how"]> {
  return await new Started(request).run(context);
}

/** The start of a Job, and whether it is this run's own from then on. */
class Started {
  readonly #request: JobRequest;
  /** Already when the Job is sent: an answer may not arrive. */
  isOwn = false;

  constructor(request: JobRequest) {
    this.#request = request;
  }

  async run(context: JobOperation): Promise<JobRun["how"]> {
    const { name, prepare, secrets, isSame } = this.#request;
    const complete = secrets && ((job: Kube<"Job">) => completeJob(job, secrets, context));
    const send = async () => {
      const job = await prepare();
      this.isOwn = true;
      return job;
    };
    const how = await ensureJob(name, send, context, { complete, isSame });
    if (how === "adopted") this.isOwn = false;
    return how;
  }
}

/** `isCancelled`: the Job does not go on when this run is interrupted. */
async function follow(
  { name, containers, placement, awaits }: JobRequest,
  isCancelled: boolean,
  context: JobOperation,
): Promise<JobEnd> {
  try {
    return await followJob(name, containers, context, { placement, awaits, isCancelled });
  } catch (error) {
    // Otherwise its pod would keep waiting, and a late node or image would run a Job that nobody follows.
    if (hasCode(error, "NODE_TIMEOUT") || hasCode(error, "IMAGE_PULL")) await deleteJob(name, context);
    throw error;
  }
}

async function deleteJob(name: JobName, context: JobOperation): Promise<void> {
  await removeObject(jobRef(name), context).catch((error) => {
    context.emit({ type: "warning", id: context.id, message: `Cannot delete Job ${name.name}: ${messageOf(error)}` });
  });
}

/** Does not wait until its pod is gone: whoever interrupts wants to leave. */
async function cancelJob({ name, namespace }: JobName, { kube, emit, id }: JobOperation): Promise<void> {
  const message = await kube.remove(jobRef({ name, namespace })).then(
    () => `Job ${name} was deleted, as the run that created it was interrupted`,
    (error) =>
      `Cannot delete Job ${name}, which goes on: ${messageOf(error)}; kubectl delete job ${name} -n ${namespace}`,
  );
  emit({ type: "warning", id, message });
}

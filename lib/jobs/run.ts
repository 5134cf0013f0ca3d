/**
 * Runs a Job in the cluster from its creation to its end: the one entry to this room. What differs between a build and
 * an installation is in the request.
 */
import { hasCode, messageOf } from "../core/errors.ts";
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
}

export interface JobRun {
  readonly how: "created" | "adopted";
  readonly end: JobEnd;
}

/** Creates the Job, or adopts the one that already runs, and follows it to its end. A Job that failed is replaced. */
export async function runJob(request: JobRequest, context: JobOperation): Promise<JobRun> {
  const { name, prepare, secrets, isSame } = request;
  const complete = secrets && ((job: Kube<"Job">) => completeJob(job, secrets, context));
  const how = await ensureJob(name, prepare, context, { complete, isSame });
  const end = await follow(request, context);
  if (secrets) await deleteSecret(name, context);
  return { how, end };
}

async function follow({ name, containers, placement, awaits }: JobRequest, context: JobOperation): Promise<JobEnd> {
  try {
    return await followJob(name, containers, context, { placement, awaits });
  } catch (error) {
    // Otherwise its pod would keep waiting, and a late node would run a Job that nobody follows.
    if (hasCode(error, "NODE_TIMEOUT")) await deleteJob(name, context);
    throw error;
  }
}

async function deleteJob(name: JobName, context: JobOperation): Promise<void> {
  await removeObject(jobRef(name), context).catch((error) => {
    context.emit({ type: "warning", id: context.id, message: `Cannot delete Job ${name.name}: ${messageOf(error)}` });
  });
}

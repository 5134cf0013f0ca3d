/** One Kubernetes Job: created, adopted or replaced. */
import { conditionIs } from "../core/conditions.ts";
import type { Emitter } from "../core/emitter.ts";
import { hasCode, UnituneError } from "../core/errors.ts";
import { isA, KINDS, type Kube, type KubeObject, type KubeRef } from "../core/kube.ts";
import { isOurs, notOurs } from "../core/kube_owner.ts";
import type { KubePort } from "../core/kube_port.ts";
import type { Clock } from "../core/ports.ts";
import { type WaitOptions, waitUntil } from "../core/wait.ts";

export interface JobOperation extends Emitter {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Id of the change that the Job belongs to. */
  readonly id: string;
}

/** A Job by its name. */
export interface JobName {
  readonly name: string;
  readonly namespace: string;
}

/** How far a Job is. */
export type JobState = "running" | "complete" | "failed";

export function jobRef({ name, namespace }: JobName): typeof KINDS.job & JobName {
  return { ...KINDS.job, name, namespace };
}

/** Splits the Job from the objects that must exist before it. */
export function jobAmong(objects: readonly KubeObject[]): { readonly job: Kube<"Job">; readonly others: KubeObject[] } {
  const job = objects.find((object) => isA(object, KINDS.job));
  if (!job) throw new Error("Cannot create a Job: its objects do not include one");
  return { job, others: objects.filter((object) => object !== job) };
}

export function jobState(job: Kube<"Job">): JobState {
  const is = (type: string) => conditionIs(job, type, "True") !== null;
  return is("Complete") || is("SuccessCriteriaMet")
    ? "complete"
    : is("Failed") || is("FailureTarget")
    ? "failed"
    : "running";
}

interface EnsureOptions {
  /** Creates what a suspended Job lacks, and resumes it. */
  readonly complete?: ((job: Kube<"Job">) => Promise<void>) | undefined;
  /** Whether a running Job of this name does the same work. */
  readonly isSame?: ((job: Kube<"Job">) => boolean) | undefined;
}

function taken({ name, namespace }: JobName): UnituneError {
  return new UnituneError("JOB_TAKEN", `Cannot create Job ${name}: another Job of this name is running`, {
    path: `${namespace}/${name}`,
    hint: "Run the same command again once that Job has ended",
  });
}

/**
 * Ensures that the Job runs: a running one of this name is adopted if it does the same work, an ended one is replaced.
 * `prepare` is called only if a Job has to be created. `complete` creates what a suspended Job lacks and resumes it: a
 * new Job, or one that an interrupted run left suspended.
 */
export async function ensureJob(
  name: JobName,
  prepare: () => Promise<Kube<"Job">>,
  context: JobOperation,
  { complete, isSame = () => true }: EnsureOptions = {},
): Promise<"created" | "adopted"> {
  const ref = jobRef(name);
  const adopt = async (job: Kube<"Job"> | null) => {
    if (job && !isSame(job)) throw taken(name);
    if (job?.spec?.suspend === true) await complete?.(job);
    return adopted(name.name, context);
  };
  const found = await context.kube.get(ref);
  if (found && !isOurs(found)) throw notOurs(found, "Cannot replace");
  if (found && !found.metadata.deletionTimestamp && jobState(found) === "running") return await adopt(found);
  if (found) await removeObject(ref, context);
  const job = await prepare();
  const created = await context.kube.create(job).catch((error) => {
    if (hasCode(error, "KUBE_ALREADY_EXISTS")) return null;
    throw error;
  });
  if (!created) return await adopt(await context.kube.get(ref));
  await complete?.(created);
  return "created";
}

function adopted(name: string, context: JobOperation): "adopted" {
  context.emit({ type: "progress", id: context.id, message: `adopting Job ${name}, which is already running` });
  return "adopted";
}

type Removal = Omit<WaitOptions, "clock" | "signal" | "what"> & { readonly what?: string };

/** Deletes the object and waits until it is gone. Returns whether it existed. */
export async function removeObject(
  ref: KubeRef,
  { kube, clock, signal }: Pick<JobOperation, "kube" | "clock" | "signal">,
  wait: Removal = { timeoutSeconds: 120, everyMilliseconds: 300 },
): Promise<boolean> {
  if (!(await kube.remove(ref))) return false;
  const gone = async () => (await kube.get(ref)) === null;
  await waitUntil(gone, { what: `${ref.kind} ${ref.name} to be deleted`, ...wait, clock, signal });
  return true;
}

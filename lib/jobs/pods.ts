/** Follows the pods of a running Job: why they wait, and what their containers log. */
import { messageOf } from "../core/errors.ts";
import { containerStatuses } from "../core/pods.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import type { KubePort } from "../core/kube_port.ts";
import type { JobName, JobOperation } from "./job.ts";
import type { NodeWaits } from "./nodes.ts";
import { PodWaits } from "./pod_waits.ts";
import { PullWaits } from "./pull_waits.ts";
import { isUnscheduled, podWait } from "./waits.ts";

export class PodFollower {
  readonly #job: JobName;
  readonly #containers: readonly string[];
  readonly #context: JobOperation;
  readonly #signal: AbortSignal;
  readonly #nodes: NodeWaits | null;
  readonly #logs = new Map<string, Promise<void>>();
  readonly #waits: PodWaits;
  readonly #pulls: PullWaits;
  /** As they were last seen before they were deleted. */
  readonly gone: Kube<"Pod">[] = [];
  readonly #watch: Promise<void>;

  /** `nodes` reports why pods wait for a node. `signal` ends the following. */
  constructor(
    job: JobName,
    containers: readonly string[],
    context: JobOperation,
    signal: AbortSignal,
    nodes: NodeWaits | null,
  ) {
    this.#job = job;
    this.#containers = containers;
    this.#context = context;
    this.#signal = signal;
    this.#nodes = nodes;
    this.#waits = new PodWaits(context);
    this.#pulls = new PullWaits(job, context, signal);
    this.#watch = this.#follow().catch((error) => this.#warn(error));
  }

  /** Why a pod waits, or waited until its end, as `waited: …`; `null` if none did. */
  get waited(): string | null {
    const own = this.#waits.last;
    return own ? `waited: ${own.text}` : this.#nodes?.waited ?? null;
  }

  /** Never resolves; rejects when an image has certainly not been there for too long. */
  get givenUp(): Promise<never> {
    return this.#pulls.givenUp;
  }

  /** Notes a pod's state: why it waits, and which logs can be read. */
  see(pod: Kube<"Pod">): void {
    this.#nodes?.see(pod);
    this.#pulls.see(pod);
    this.#waits.see(pod, this.#nodes && isUnscheduled(pod) ? null : podWait(pod));
    for (const container of startedContainers(pod, this.#containers)) {
      const key = `${pod.metadata.name}/${container}`;
      if (!this.#logs.has(key)) this.#logs.set(key, this.#readLog(pod.metadata.name, container));
    }
  }

  /** Resolves when all logs have been read to their end. */
  async drained(): Promise<void> {
    await Promise.all(this.#logs.values());
  }

  /** Resolves when nothing is followed any more. */
  async done(): Promise<void> {
    await this.#watch;
    await Promise.all([this.drained(), this.#pulls.done()]);
  }

  async #follow(): Promise<void> {
    for await (const { type, object } of this.#context.kube.watch(podsOf(this.#job), this.#signal)) {
      if (type !== "DELETED") this.see(object);
      else {
        this.#nodes?.forget(object);
        this.#pulls.forget(object);
        this.gone.push(object);
      }
    }
  }

  async #readLog(pod: string, container: string): Promise<void> {
    const { kube, emit, id } = this.#context;
    try {
      for await (const line of kube.logs(pod, container, this.#job.namespace, this.#signal)) {
        emit({ type: "log", id, line, source: { pod, container } });
      }
    } catch (error) {
      this.#warn(error);
    }
  }

  /** A log that cannot be read is a warning: only the Job's end decides the result. */
  #warn(error: unknown): void {
    if (this.#signal.aborted) return;
    const { emit, id } = this.#context;
    emit({ type: "warning", id, message: `Cannot read the log: ${messageOf(error)}` });
  }
}

/** The Job's pods, oldest first. */
export async function listPods(job: JobName, kube: KubePort): Promise<Kube<"Pod">[]> {
  const created = (pod: Kube<"Pod">) => pod.metadata.creationTimestamp ?? "";
  return [...await kube.list(podsOf(job))].sort((a, b) => (created(a) < created(b) ? -1 : 1));
}

function podsOf({ name, namespace }: JobName) {
  return { ...KINDS.pod, namespace, labels: `batch.kubernetes.io/job-name=${name}` };
}

function startedContainers(pod: Kube<"Pod">, wanted: readonly string[]): string[] {
  return containerStatuses(pod)
    .filter(({ name, state }) => wanted.includes(name) && (state?.running || state?.terminated))
    .map(({ name }) => name);
}

/** Why pods wait: each change is reported once, and the last one is kept for the Job's end. */
import type { KINDS, Kube } from "../core/kube.ts";
import type { KubeSelector } from "../core/kube_port.ts";
import type { JobOperation } from "./job.ts";
import { kubeletTrouble } from "./kubelet.ts";
import { podWait } from "./waits.ts";
import { reportWait, type Why } from "./why.ts";

/** Selects the pods. */
export type PodSelector = typeof KINDS.pod & KubeSelector;

export class PodWaits {
  readonly #context: JobOperation;
  /** The last reason that was reported, by the pod's name. */
  readonly #reported = new Map<string, Why>();

  constructor(context: JobOperation) {
    this.#context = context;
  }

  /** Why the latest pod waits, or waited until its end; `null` if none does. */
  get last(): Why | null {
    return [...this.#reported.values()].at(-1) ?? null;
  }

  /** `why` is `null` if the pod does not wait. */
  see({ metadata: { name }, status }: Kube<"Pod">, why: Why | null): void {
    if (why === null) {
      // A failed pod may have waited until it failed: its wait is the reason.
      if (status?.phase !== "Failed") this.#reported.delete(name);
      return;
    }
    // Kubelet reports an image that it cannot pull with and without the registry's answer, in turn.
    if (this.#reported.get(name)?.text.startsWith(why.text)) return;
    this.#reported.set(name, why);
    reportWait(why, this.#context);
  }
}

/** Reports why other pods do not run, each by its name, until the signal. */
export async function reportWaits(selector: PodSelector, context: JobOperation, signal: AbortSignal): Promise<void> {
  const waits = new PodWaits(context);
  for await (const { type, object: pod } of context.kube.watch(selector, signal)) {
    const why = podWait(pod) ?? kubeletTrouble(pod);
    if (type !== "DELETED") waits.see(pod, why && { ...why, text: `pod ${pod.metadata.name}: ${why.text}` });
  }
}

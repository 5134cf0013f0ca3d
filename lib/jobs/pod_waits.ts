/** Why pods wait: told once for each change, and kept for the Job's end. */
import type { KINDS, Kube } from "../core/kube.ts";
import type { KubeSelector } from "../core/kube_port.ts";
import type { JobOperation } from "./job.ts";
import { kubeletTrouble } from "./kubelet.ts";
import { podWait } from "./waits.ts";
import { tell, type Why } from "./why.ts";

/** Which pods. */
export type PodSelector = typeof KINDS.pod & KubeSelector;

export class PodWaits {
  readonly #context: JobOperation;
  /** As it was last told, by the pod's name. */
  readonly #told = new Map<string, Why>();

  constructor(context: JobOperation) {
    this.#context = context;
  }

  /** Why the pod that was seen last waits, or waited until its end; `null`: none does. */
  get last(): Why | null {
    return [...this.#told.values()].at(-1) ?? null;
  }

  /** `why`: `null` when the pod does not wait. */
  see({ metadata: { name }, status }: Kube<"Pod">, why: Why | null): void {
    if (why === null) {
      // One that failed may have waited until then: its wait is the reason.
      if (status?.phase !== "Failed") this.#told.delete(name);
      return;
    }
    // Kubelet tells of an image that it cannot pull with and without the registry's answer, in turn.
    if (this.#told.get(name)?.text.startsWith(why.text)) return;
    this.#told.set(name, why);
    tell(why, this.#context);
  }
}

/** Tells why pods of others do not run, each by its name, until the signal. */
export async function tellWaits(selector: PodSelector, context: JobOperation, signal: AbortSignal): Promise<void> {
  const waits = new PodWaits(context);
  for await (const { type, object: pod } of context.kube.watch(selector, signal)) {
    const why = podWait(pod) ?? kubeletTrouble(pod);
    if (type !== "DELETED") waits.see(pod, why && { ...why, text: `pod ${pod.metadata.name}: ${why.text}` });
  }
}

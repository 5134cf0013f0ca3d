/** Gives up on pods whose image kubelet will never get: the registry says that there is none, or that nodes may not. */
import { UnituneError } from "../core/errors.ts";
import type { Kube } from "../core/kube.ts";
import { GiveUp } from "./give_up.ts";
import type { JobName, JobOperation } from "./job.ts";
import { type Pull, pullTrouble } from "./kubelet.ts";

/** Long enough for a node's rights to arrive, and for three more tries of kubelet's (after 10, 20 and 40 seconds). */
const LIMIT = 3 * 60_000;

export class PullWaits {
  readonly #job: JobName;
  readonly #context: JobOperation;
  readonly #signal: AbortSignal;
  /** What pods wait for now, by uid: the last final answer. */
  readonly #waiting = new Map<string, Pull>();
  readonly #watches: Promise<void>[] = [];
  readonly #giveUp = new GiveUp();

  /** `signal` ends the waiting. */
  constructor(job: JobName, context: JobOperation, signal: AbortSignal) {
    this.#job = job;
    this.#context = context;
    this.#signal = signal;
  }

  /** Never resolves; rejects when a pod has waited too long. */
  get givenUp(): Promise<never> {
    return this.#giveUp.promise;
  }

  see(pod: Kube<"Pod">): void {
    const uid = String(pod.metadata.uid), pull = pullTrouble(pod), known = this.#waiting.get(uid);
    // Between two tries kubelet says only that it waits.
    if (pull && pull.answer === "" && known?.image === pull.image) return;
    if (!pull?.isFinal) this.#waiting.delete(uid);
    else {
      this.#waiting.set(uid, pull);
      if (known?.image !== pull.image) this.#watches.push(this.#watch(uid, pull.image));
    }
  }

  forget(pod: Kube<"Pod">): void {
    this.#waiting.delete(String(pod.metadata.uid));
  }

  async done(): Promise<void> {
    await Promise.all(this.#watches);
  }

  async #watch(uid: string, image: string): Promise<void> {
    const { clock } = this.#context, until = clock.now() + LIMIT;
    while (!this.#signal.aborted && this.#waiting.get(uid)?.image === image) {
      const left = until - clock.now();
      if (left <= 0) return this.#giveUp.because(this.#never(this.#waiting.get(uid)!));
      await clock.sleep(Math.min(left, 1000), this.#signal).catch(() => undefined);
    }
  }

  #never({ image, answer, hint }: Pull): UnituneError {
    const { name, namespace } = this.#job, minutes = LIMIT / 60_000;
    return new UnituneError(
      "IMAGE_PULL",
      `Cannot run Job ${name} as its node has not got image ${image} within ${minutes} min: ${answer}`,
      { path: `${namespace}/${name}`, hint },
    );
  }
}

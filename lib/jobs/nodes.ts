/** Watches pods that wait for a node: reports the reason when it changes, and gives up after a while. */
import { conditionIs } from "../core/conditions.ts";
import { messageOf, UnituneError } from "../core/errors.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { KARPENTER } from "../core/pins.ts";
import { readControllers } from "./controllers.ts";
import { GiveUp } from "./give_up.ts";
import type { JobName, JobOperation } from "./job.ts";
import { isUnscheduled, type NodeFacts, nodeWait } from "./waits.ts";
import { reportWait, type Why } from "./why.ts";

/** Where a Job's pods get their nodes. */
export interface Placement {
  /** Name of the pool. */
  readonly pool: string;
  readonly region: string;
  /** Path of the pool in the config. */
  readonly path: string;
  /** How long a pod may wait for a node. */
  readonly timeoutSeconds: number;
}

/** The namespace for events of objects that have none. */
const EVENTS_OF_NODES = "default";
const EVERY = 3000;
/** Karpenter asks EC2 again after three minutes: enough time for one more try. */
const ONE_TRY = 4 * 60_000;

export class NodeWaits {
  readonly #job: JobName;
  readonly #placement: Placement;
  readonly #context: JobOperation;
  readonly #signal: AbortSignal;
  /** Pods that wait now, by uid. */
  readonly #waiting = new Map<string, Kube<"Pod">>();
  readonly #watches: Promise<void>[] = [];
  readonly #giveUp = new GiveUp();
  #last: Why | null = null;
  #blind = false;

  /** `signal` ends the watching. */
  constructor(job: JobName, placement: Placement, context: JobOperation, signal: AbortSignal) {
    this.#job = job;
    this.#placement = placement;
    this.#context = context;
    this.#signal = signal;
  }

  /** Never resolves; rejects when a pod has waited too long. */
  get givenUp(): Promise<never> {
    return this.#giveUp.promise;
  }

  /** Why a pod has waited for a node, as `waited for a node: …`; `null` once it has one. */
  get waited(): string | null {
    return this.#last && `waited for a node: ${this.#last.text}`;
  }

  see(pod: Kube<"Pod">): void {
    const uid = String(pod.metadata.uid);
    if (conditionIs(pod, "PodScheduled", "True")) this.#last = null;
    if (!isUnscheduled(pod)) this.#waiting.delete(uid);
    else {
      const known = this.#waiting.has(uid);
      this.#waiting.set(uid, pod);
      if (!known) this.#watches.push(this.#watch(uid).catch((error) => this.#giveUp.because(error)));
    }
  }

  forget(pod: Kube<"Pod">): void {
    this.#waiting.delete(String(pod.metadata.uid));
  }

  async done(): Promise<void> {
    await Promise.all(this.#watches);
  }

  async #watch(uid: string): Promise<void> {
    const { clock } = this.#context;
    let why: Why | null = null;
    const until = await this.#until(this.#waiting.get(uid)!);
    for (let pod = this.#waiting.get(uid); pod && !this.#signal.aborted; pod = this.#waiting.get(uid)) {
      const now = await this.#why(pod);
      if (this.#signal.aborted || !this.#waiting.has(uid)) return;
      if (now && now.text !== why?.text) reportWait({ ...now, text: `waits for a node: ${now.text}` }, this.#context);
      this.#last = why = now ?? why;
      if (clock.now() >= until) throw this.#tooLong(why);
      await clock.sleep(EVERY, this.#signal).catch(() => undefined);
    }
  }

  /**
   * When to give up. The pod has waited since it was created, perhaps by an earlier run; the server's clock counts if
   * it can be read. The cause may be fixed by now, so Karpenter gets enough time for one more try.
   */
  async #until({ metadata }: Kube<"Pod">): Promise<number> {
    const { clock, kube } = this.#context, seen = clock.now(), limit = this.#placement.timeoutSeconds * 1000;
    const age = await kube.now().then((now) => now - Date.parse(metadata.creationTimestamp ?? ""), () => 0);
    return seen + Math.max(limit - Math.max(0, age), Math.min(limit, ONE_TRY));
  }

  /** `null` if the cluster does not answer now. */
  async #why(pod: Kube<"Pod">): Promise<Why | null> {
    try {
      return nodeWait(pod, await this.#facts(pod));
    } catch (error) {
      if (!this.#blind && !this.#signal.aborted) {
        const message = `Cannot find out why the pod waits for a node: ${messageOf(error)}`;
        this.#context.emit({ type: "warning", id: this.#context.id, message });
      }
      this.#blind = true;
      return null;
    }
  }

  async #facts(pod: Kube<"Pod">): Promise<NodeFacts> {
    const { kube } = this.#context, { pool, region } = this.#placement;
    const events = (namespace: string, fields: string) => kube.list({ ...KINDS.event, namespace, fields });
    const [nodePool, nodeClass, nodeClaims, ofPod, ofClaims, ofPool, own] = await Promise.all([
      kube.get({ ...KINDS.nodePool, name: pool }),
      kube.get({ ...KINDS.nodeClass, name: pool }),
      kube.list({ ...KINDS.nodeClaim, labels: `${KARPENTER.poolLabel}=${pool}` }),
      events(this.#job.namespace, `involvedObject.uid=${pod.metadata.uid}`),
      events(EVENTS_OF_NODES, "involvedObject.kind=NodeClaim,reason=InsufficientCapacityError"),
      events(EVENTS_OF_NODES, `involvedObject.kind=NodePool,involvedObject.name=${pool}`),
      readControllers(kube),
    ]);
    const found = [...ofPod, ...ofClaims, ...ofPool];
    return { pool, region, nodePool, nodeClass, claims: nodeClaims, events: found, ...own };
  }

  #tooLong(why: Why | null): UnituneError {
    const { pool, path, timeoutSeconds } = this.#placement;
    const limit = `builder.nodeTimeout, ${timeoutSeconds / 60} min`;
    return new UnituneError(
      "NODE_TIMEOUT",
      `Cannot run Job ${this.#job.name} as pool "${pool}" provided no node within ${limit}: ${why?.text ?? "unknown"}`,
      { path, hint: why?.hint || `kubectl describe nodepool ${pool}` },
    );
  }
}

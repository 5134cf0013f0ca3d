/** Waits until Karpenter calls a pool Ready, and says what keeps it from that. */
import { controllerTrouble } from "../../core/controller.ts";
import { UnituneError } from "../../core/errors.ts";
import { isA, KINDS, type Known, type Kube, type KubeObject } from "../../core/kube.ts";
import { CLUSTER, KARPENTER } from "../../core/pins.ts";
import type { KubePort } from "../../core/kube_port.ts";
import { lastError, readControllers } from "../../jobs/controllers.ts";
import type { JobOperation } from "../../jobs/job.ts";
import type { Observed } from "../../plan/changes.ts";
import { type Fault, poolPath, type PoolState, poolState } from "../../plan/readiness.ts";
import type { Config } from "../../plan/types.ts";
import type { Outcome } from "../run.ts";

interface PoolWait {
  readonly pool: string;
  readonly config: Config;
  /** Did this run change the pool or its class? Else what Karpenter says may be an answer of before. */
  readonly changed: boolean;
}

interface Readiness {
  /** Pools that Karpenter calls Ready; none while it does not run. */
  readonly ready: readonly string[];
  /** What is not as it should be though nothing of it is about to change, in lines. */
  readonly unready: readonly string[];
}

const POOL_KINDS: readonly string[] = [KINDS.nodePool.kind, KINDS.nodeClass.kind];

/** `trouble`: what keeps Karpenter itself from working, where it is not about to change. */
export function readiness(
  config: Config,
  planned: Observed["objects"],
  found: readonly KubeObject[],
  trouble: string | null,
): Readiness {
  const ready: string[] = [], unready: string[] = trouble ? [`no pool gets nodes  ${trouble}`] : [];
  for (const { ref: { name } } of planned.filter(({ ref }) => ref.kind === KINDS.nodePool.kind)) {
    const own = planned.filter(({ ref }) => ref.name === name && POOL_KINDS.includes(ref.kind));
    const of = <K extends Known>(kind: K) => {
      return found.find((one): one is Kube<K["kind"]> => isA(one, kind) && one.metadata.name === name) ?? null;
    };
    const state = poolState(name, config, of(KINDS.nodeClass), of(KINDS.nodePool));
    if (state.state === "ready" && !trouble) ready.push(name);
    if (own.every(({ action }) => action === "none") && (state.state === "failing" || state.state === "stuck")) {
      const faults = state.faults.map(({ path, what, meaning }) => `${path}  ${what} — ${meaning}`);
      unready.push(`pool ${name} is not ready  ${faults.join("; ")}`);
    }
  }
  return { ready, unready };
}

/** What keeps Karpenter from working; `null`: it works. */
export async function karpenterTrouble(kube: KubePort): Promise<string | null> {
  const { controllers, lease } = await readControllers(kube);
  return controllerTrouble(controllers, lease);
}

/** Seconds for which one and the same answer is taken for a passing one. */
const PATIENCE = {
  failing: 25,
  stuck: 40,
  /** Karpenter itself may be starting. */
  silent: 180,
  /** An answer of before: Karpenter keeps what it read of AWS for a minute. */
  old: 70,
} as const;
/** However often the answer changes. */
const LONGEST = 300;
const EVERY = 1000;
const ASK_AGAIN = 15_000;

export async function waitForPool(wait: PoolWait, context: JobOperation): Promise<Outcome> {
  const { clock, signal } = context, started = clock.now();
  let said = "", since = started, asked = -Infinity;
  for (;;) {
    const seen = await look(wait, context), now = clock.now();
    if (seen.kind === "ready") return { state: said === "" ? "unchanged" : "done" };
    if (seen.line !== said) {
      context.emit({ type: "progress", id: context.id, message: seen.line });
      // Karpenter's own troubles come and go below the same silence.
      if (seen.kind !== "silent" || said === "") since = now;
      said = seen.line;
    }
    const old = !wait.changed && seen.kind !== "silent";
    const patience = old ? PATIENCE.old : PATIENCE[seen.kind];
    if (now - since >= patience * 1000 || now - started >= LONGEST * 1000) {
      throw notReady(wait, seen, await logLine(wait, seen, context));
    }
    if (old && now - asked >= ASK_AGAIN) {
      await askAgain(wait, context);
      asked = now;
    }
    await clock.sleep(EVERY, signal);
  }
}

/** A pool as it is seen at one moment. Whatever its status says, it is as good as silent while Karpenter does not run. */
interface Seen {
  readonly kind: PoolState["state"];
  /** For a person. */
  readonly line: string;
  readonly faults: readonly Fault[];
}

async function look({ pool, config }: PoolWait, { kube }: JobOperation): Promise<Seen> {
  const [nodeClass, nodePool, trouble] = await Promise.all([
    kube.get({ ...KINDS.nodeClass, name: pool }),
    kube.get({ ...KINDS.nodePool, name: pool }),
    karpenterTrouble(kube),
  ]);
  const state = poolState(pool, config, nodeClass, nodePool), faults = "faults" in state ? state.faults : [];
  const quiet = state.state === "silent" ? [`Karpenter has not looked at pool "${pool}" yet`] : [];
  const line = [...quiet, ...faults.map(({ what }) => what), ...trouble ? [trouble] : []].join("; ");
  return { kind: trouble ? "silent" : state.state, line, faults };
}

/**
 * Karpenter looks at a class when it changes, and by itself only after a minute, or half an hour when it was not allowed
 * to launch. The annotation belongs to a field manager of its own: the class is as the config says before and after.
 */
async function askAgain({ pool }: PoolWait, { kube, clock }: JobOperation): Promise<void> {
  const object: KubeObject = {
    ...KINDS.nodeClass,
    metadata: { name: pool, annotations: { [CLUSTER.askedAnnotation]: String(clock.now()) } },
  };
  await kube.apply(object, { manager: `${CLUSTER.fieldManager}-asks` });
}

/** The status says that Karpenter did not get through, or was refused, and its log why. */
async function logLine({ pool }: PoolWait, { kind, faults }: Seen, { kube }: JobOperation): Promise<string[]> {
  const told = kind === "failing" && !faults.some(({ what }) => what.includes("AuthCheckFailed"));
  if (kind === "silent" || told) return [];
  const error = await lastError(kube, KINDS.nodeClass.kind, pool).catch(() => null);
  return error ? [`Karpenter's log: ${error}`] : [];
}

function notReady({ pool, config }: PoolWait, { kind, line, faults }: Seen, log: readonly string[]): UnituneError {
  const [first, ...more] = kind === "silent" ? [] : faults;
  const message = `Cannot use pool "${pool}" as it is not ready: ${first?.what ?? line}`;
  const others = more.map(({ path, what, meaning }) => `${path}  ${what} — ${meaning}`);
  return new UnituneError("POOL_NOT_READY", message, {
    path: first?.path ?? poolPath(config, pool),
    lines: [...first ? [first.meaning] : [], ...others, ...log],
    hint: first?.hint ?? `Karpenter's log: ${KARPENTER.logs} --tail=20`,
  });
}

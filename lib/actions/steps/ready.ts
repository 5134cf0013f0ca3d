/** Waits until Karpenter reports a pool as Ready, and says what prevents it. */
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
  /** Whether this run changed the pool or its class. If not, the status may be an old one. */
  readonly changed: boolean;
}

interface Readiness {
  /** Pools that Karpenter reports as Ready; none while it does not run. */
  readonly ready: readonly string[];
  /** Pools that are not ready although the plan does not change them, in lines. */
  readonly unready: readonly string[];
}

const POOL_KINDS: readonly string[] = [KINDS.nodePool.kind, KINDS.nodeClass.kind];

/** `trouble`: what prevents Karpenter itself from working, if the plan does not change it. */
export function readiness(
  config: Config,
  planned: Observed["objects"],
  found: readonly KubeObject[],
  trouble: string | null,
): Readiness {
  const ready: string[] = [], unready: string[] = trouble ? [`no pool can get nodes  ${trouble}`] : [];
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

/** What prevents Karpenter from working; `null` if it works. */
export async function karpenterTrouble(kube: KubePort): Promise<string | null> {
  const { controllers, lease } = await readControllers(kube);
  return controllerTrouble(controllers, lease);
}

/** For how many seconds an unchanged answer counts as temporary. */
const PATIENCE = {
  failing: 25,
  stuck: 40,
  /** Karpenter itself may be starting. */
  silent: 180,
  /** An answer from before this run: Karpenter caches what it read from AWS for a minute. */
  old: 70,
} as const;
/** The limit, however often the answer changes. */
const LONGEST = 300;
const EVERY = 1000;
const ASK_AGAIN = 15_000;

export async function waitForPool(wait: PoolWait, context: JobOperation): Promise<Outcome> {
  const { clock, signal } = context, started = clock.now();
  let reported = "", since = started, asked = -Infinity;
  for (;;) {
    const seen = await look(wait, context), now = clock.now();
    if (seen.kind === "ready") return { state: reported === "" ? "unchanged" : "done" };
    if (seen.line !== reported) {
      context.emit({ type: "progress", id: context.id, message: seen.line });
      // Karpenter's own problems may change while the pool stays silent.
      if (seen.kind !== "silent" || reported === "") since = now;
      reported = seen.line;
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

/** A pool at one moment. While Karpenter does not run, the pool counts as silent, whatever its status says. */
interface Seen {
  readonly kind: PoolState["state"];
  /** For the user. */
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
 * Karpenter checks a class when it changes. Otherwise it waits a minute, or half an hour if it was not allowed to
 * launch. The annotation has its own field manager, so the class still matches the config.
 */
async function askAgain({ pool }: PoolWait, { kube, clock }: JobOperation): Promise<void> {
  const object: KubeObject = {
    ...KINDS.nodeClass,
    metadata: { name: pool, annotations: { [CLUSTER.askedAnnotation]: String(clock.now()) } },
  };
  await kube.apply(object, { manager: `${CLUSTER.fieldManager}-asks` });
}

/** The status says that Karpenter was refused or got no answer; its log says why. */
async function logLine({ pool }: PoolWait, { kind, faults }: Seen, { kube }: JobOperation): Promise<string[]> {
  const explained = kind === "failing" && !faults.some(({ what }) => what.includes("AuthCheckFailed"));
  if (kind === "silent" || explained) return [];
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

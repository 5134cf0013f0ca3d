/** Waits until Karpenter calls a pool Ready, and says what keeps it from that. */
import { controllerTrouble } from "../core/controller.ts";
import { EXIT, UnituneError } from "../core/errors.ts";
import { CLUSTER } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";
import { lastError, readControllers } from "../jobs/controllers.ts";
import type { JobContext } from "../jobs/job.ts";
import type { Observed } from "../plan/changes.ts";
import { poolPath, type PoolState, poolState } from "../plan/readiness.ts";
import type { Config } from "../plan/types.ts";
import type { Outcome } from "./run.ts";

export interface PoolWait {
  readonly pool: string;
  readonly config: Config;
  /** Did this run change the pool or its class? Else what Karpenter says may be an answer of before. */
  readonly changed: boolean;
}

/** Which pools are Ready, and a line of each that is not though nothing of it is about to change. */
export function readiness(
  config: Config,
  planned: Observed["objects"],
  found: readonly KubeObject[],
): { readonly ready: readonly string[]; readonly unready: readonly string[] } {
  const ready: string[] = [], unready: string[] = [];
  for (const { ref: { name } } of planned.filter(({ ref }) => ref.kind === "NodePool")) {
    const of = (kind: string) => found.find((one) => one.kind === kind && one.metadata.name === name) ?? null;
    const state = poolState(name, config, of("EC2NodeClass"), of("NodePool"));
    if (state.state === "ready") ready.push(name);
    const same = planned.every(({ ref, action }) => ref.name !== name || action === "none");
    if (same && (state.state === "failing" || state.state === "stuck")) {
      const faults = state.faults.map(({ path, what, meaning }) => `${path}  ${what} — ${meaning}`);
      unready.push(`pool ${name} is not ready  ${faults.join("; ")}`);
    }
  }
  return { ready, unready };
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
const LOG = "kubectl logs -n kube-system -l app.kubernetes.io/name=karpenter --tail=20";

export async function waitForPool(wait: PoolWait, context: JobContext): Promise<Outcome> {
  const { clock, signal } = context, started = clock.now();
  let said = "", since = started, asked = -Infinity;
  for (;;) {
    const state = await look(wait, context), now = clock.now();
    if (state.state === "ready") return { state: said === "" ? "unchanged" : "done" };
    const line = await lineOf(wait, state, context);
    if (line !== said) {
      context.emit({ type: "progress", id: context.id, message: line });
      // Karpenter's own troubles come and go below the same silence.
      if (state.state !== "silent" || said === "") since = now;
      said = line;
    }
    const old = !wait.changed && state.state !== "silent";
    const patience = old ? PATIENCE.old : PATIENCE[state.state];
    if (now - since >= patience * 1000 || now - started >= LONGEST * 1000) {
      throw notReady(wait, state, line, await logLine(wait, state, context));
    }
    if (old && now - asked >= ASK_AGAIN) {
      await askAgain(wait, context);
      asked = now;
    }
    await clock.sleep(EVERY, signal);
  }
}

async function look({ pool, config }: PoolWait, { kube }: JobContext): Promise<PoolState> {
  const [nodeClass, nodePool] = await Promise.all([
    kube.get({ ...NODE_CLASS, name: pool }),
    kube.get({ apiVersion: "karpenter.sh/v1", kind: "NodePool", name: pool }),
  ]);
  return poolState(pool, config, nodeClass, nodePool);
}

const NODE_CLASS = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" };

async function lineOf({ pool }: PoolWait, state: PoolState, context: JobContext): Promise<string> {
  if (state.state === "failing" || state.state === "stuck") return state.faults.map(({ what }) => what).join("; ");
  const { controllers, lease } = await readControllers(context.kube), trouble = controllerTrouble(controllers, lease);
  return `Karpenter has not looked at pool "${pool}" yet${trouble ? `: ${trouble}` : ""}`;
}

/**
 * Karpenter looks at a class when it changes, and by itself only after a minute, or half an hour when it was not allowed
 * to launch. The annotation belongs to a field manager of its own: the class is as the config says before and after.
 */
async function askAgain({ pool }: PoolWait, { kube, clock }: JobContext): Promise<void> {
  const object: KubeObject = {
    ...NODE_CLASS,
    metadata: { name: pool, annotations: { [CLUSTER.askedAnnotation]: String(clock.now()) } },
  };
  await kube.apply(object, { manager: `${CLUSTER.fieldManager}-asks` });
}

/** The status says that Karpenter did not get through, or was refused, and its log why. */
async function logLine({ pool }: PoolWait, state: PoolState, { kube }: JobContext): Promise<string[]> {
  const told = state.state === "failing" && !state.faults.some(({ what }) => what.includes("AuthCheckFailed"));
  if (state.state === "silent" || told) return [];
  const error = await lastError(kube, NODE_CLASS.kind, pool).catch(() => null);
  return error ? [`Karpenter's log: ${error}`] : [];
}

function notReady({ pool, config }: PoolWait, state: PoolState, line: string, log: readonly string[]): UnituneError {
  if (state.state !== "failing" && state.state !== "stuck") {
    return new UnituneError("POOL_NOT_READY", `Cannot use pool "${pool}" as it is not ready: ${line}`, {
      path: poolPath(config, pool),
      hint: `Karpenter's log: ${LOG}`,
      exit: EXIT.cluster,
    });
  }
  const [first, ...more] = state.faults;
  return new UnituneError("POOL_NOT_READY", `Cannot use pool "${pool}" as it is not ready: ${first!.what}`, {
    path: first!.path,
    lines: [first!.meaning, ...more.map(({ path, what, meaning }) => `${path}  ${what} — ${meaning}`), ...log],
    hint: first!.hint,
    exit: EXIT.cluster,
  });
}

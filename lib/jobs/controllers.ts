/** Karpenter's own pods, and the lease of the one that leads. */
import { leaderOf } from "../core/controller.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import type { KubePort } from "../core/kube_port.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";

export interface Controllers {
  readonly controllers: readonly Kube<"Pod">[];
  readonly lease: Kube<"Lease"> | null;
}

const CONTAINER = "controller";
const LINES = 500;
/** Karpenter retries within a minute. */
const RECENT = 3 * 60_000;

/** The last error that the leader logged about an object; `null` if there is no recent one, or no log to read. */
export async function lastError(kube: KubePort, kind: string, name: string): Promise<string | null> {
  const { controllers, lease } = await readControllers(kube), leader = leaderOf(controllers, lease);
  if (!leader) return null;
  const { namespace, name: pod } = leader.metadata;
  const [lines, now] = await Promise.all([kube.tail(pod, CONTAINER, namespace!, LINES), kube.now()]);
  return lines.map((line) => errorIn(line, kind, name, now - RECENT)).findLast((error) => error !== null) ?? null;
}

/** Karpenter logs JSON, one object per line. */
function errorIn(line: string, kind: string, name: string, since: number): string | null {
  if (!line.includes('"error":')) return null;
  try {
    const entry = JSON.parse(line);
    const about = entry[kind]?.name ?? (entry.controllerKind === kind ? entry.name : undefined);
    return about === name && Date.parse(entry.time) >= since ? String(entry.error) : null;
  } catch {
    return null;
  }
}

export async function readControllers(kube: KubePort): Promise<Controllers> {
  const namespace = CLUSTER.karpenterNamespace;
  const [controllers, lease] = await Promise.all([
    kube.list({ ...KINDS.pod, namespace, labels: KARPENTER.pods }),
    kube.get({ ...KINDS.lease, name: "karpenter-leader-election", namespace }),
  ]);
  return { controllers, lease };
}

/**
 * Which nodes a change replaces: Karpenter drains those that no longer match their pool or its class ("drift"), as far
 * as the pool's budgets allow. Pure: what was read of the cluster is an argument.
 */
import type { FieldChange } from "../core/fields.ts";
import { graceOf } from "../core/karpenter.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { ownersOf, selects } from "../core/selectors.ts";
import { KARPENTER } from "../core/pins.ts";

/** The nodes of a pool that Karpenter replaces because of a change. */
export interface Roll {
  /** How many nodes the pool has now. */
  readonly nodes: number;
  /** Are all of them replaced? If not: those that no longer match. */
  readonly all: boolean;
  /** What makes them differ: paths of fields, or the version of Kubernetes. */
  readonly because: readonly string[];
  /** How many may be replaced at once, by the pool's budgets. */
  readonly budgets: readonly string[];
  /** Pods that hold a node, and why. */
  readonly held: readonly string[];
}

/** What makes nodes differ from their pool. `all`: every node does, whatever it is. */
export interface Cause {
  readonly all: boolean;
  readonly because: string;
}

/** Changes of these fields replace only nodes that no longer match: a zone that is gone, an architecture. */
const SOME: Readonly<Record<string, readonly string[]>> = {
  NodePool: ["spec.template.spec.requirements"],
  EC2NodeClass: ["spec.subnetSelectorTerms", "spec.capacityReservationSelectorTerms"],
};

/** Of an EC2NodeClass every field counts but this one; of a NodePool only its template (fields with `hash:"ignore"`). */
const NEVER = "spec.ipPrefixCount";

/**
 * What of these changes makes nodes drift. From Karpenter's own types (v1.14: `Hash()` and `hash:"ignore"` of NodePool
 * and EC2NodeClass) and its `drift.go`.
 */
export function driftCauses(kind: string, fields: readonly FieldChange[]): Cause[] {
  const under = kind === KINDS.nodePool.kind ? "spec.template." : "spec.";
  if (SOME[kind] === undefined) return [];
  const found = fields.filter(({ path }) => path.startsWith(under) && !path.startsWith(NEVER));
  return found.map(({ path }) => ({ all: !SOME[kind]!.some((some) => path.startsWith(some)), because: path }));
}

/** What was read of the cluster. */
interface Occupied {
  readonly claims: readonly Kube<"NodeClaim">[];
  readonly pods: readonly Kube<"Pod">[];
  readonly budgets: readonly Kube<"PodDisruptionBudget">[];
}

/** `null`: no node of the pool is replaced. */
export function rollOf(pool: Kube<"NodePool">, causes: readonly Cause[], occupied: Occupied): Roll | null {
  const { name } = pool.metadata;
  const claims = occupied.claims.filter(({ metadata }) => metadata.labels?.[KARPENTER.poolLabel] === name);
  if (causes.length === 0 || claims.length === 0) return null;
  const nodes = new Set(claims.flatMap(({ status }) => status?.nodeName ?? []));
  return {
    nodes: claims.length,
    all: causes.some(({ all }) => all),
    because: [...new Set(causes.map(({ because }) => because))],
    budgets: budgetsOf(pool, claims.length),
    held: occupied.pods.flatMap((pod) => holdOf(pod, nodes, occupied.budgets, pool)),
  };
}

/** All nodes of a pool that is deleted: no budget limits that. `null`: it has none. */
export function endOf(pool: Kube<"NodePool">, occupied: Occupied): Roll | null {
  const roll = rollOf(pool, [{ all: true, because: "the pool is no longer declared" }], occupied);
  return roll && { ...roll, budgets: [] };
}

/** Budgets of drift. Karpenter's default without any is 10 %, and it rounds up. */
function budgetsOf({ spec: { disruption } }: Kube<"NodePool">, count: number): string[] {
  const due = (disruption?.budgets ?? [{ nodes: "10%" }]).filter(({ reasons }) => {
    return reasons === undefined || reasons.includes("Drifted");
  });
  return due.map(({ nodes, schedule, duration }) => {
    const most = nodes.endsWith("%") ? Math.ceil(count * Number.parseFloat(nodes) / 100) : Number(nodes);
    const when = schedule === undefined ? "" : ` from ${schedule}${duration === undefined ? "" : ` for ${duration}`}`;
    return `${most === 0 ? "none" : most} at once${nodes.endsWith("%") ? ` (${nodes})` : ""}${when}`;
  });
}

/** The grace period of a pool ends what pods hold. */
function holdOf(
  pod: Kube<"Pod">,
  nodes: ReadonlySet<string>,
  budgets: readonly Kube<"PodDisruptionBudget">[],
  pool: Kube<"NodePool">,
): string[] {
  const { name, namespace, annotations = {} } = pod.metadata, node = pod.spec?.nodeName;
  const ended = ["Succeeded", "Failed"].includes(pod.status?.phase ?? "");
  if (node === undefined || !nodes.has(node) || ended) return [];
  // A DaemonSet's pods go with their node.
  if (ownersOf(pod).includes("DaemonSet")) return [];
  const why = annotations[KARPENTER.doNotDisrupt] === "true" ? [`is annotated ${KARPENTER.doNotDisrupt}`] : [];
  for (const { metadata, spec: rule, status } of budgets) {
    if (metadata.namespace !== namespace || (status?.disruptionsAllowed ?? 0) > 0) continue;
    if (selects(rule?.selector, pod.metadata.labels ?? {})) {
      why.push(`PodDisruptionBudget ${metadata.name} allows no disruption now`);
    }
  }
  if (why.length === 0) return [];
  const grace = graceOf(pool);
  return [`${namespace}/${name} on ${node}: ${why.join(", ")}${grace ? `; for ${grace} at most` : ""}`];
}

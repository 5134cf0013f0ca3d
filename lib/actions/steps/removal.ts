/**
 * Deletes objects of the cluster and waits until they are gone. Every ten seconds it says what is left and what holds
 * it. Objects that only Karpenter can release are given up when Karpenter does not run: the stack's clean-up function
 * ends their instances.
 */
import type { Conditioned } from "../../core/conditions.ts";
import { controllerTrouble } from "../../core/controller.ts";
import { KINDS, type KubeKind, type KubeObject, refOf } from "../../core/kube.ts";
import { isOurs } from "../../core/kube_owner.ts";
import { CLUSTER, KARPENTER } from "../../core/pins.ts";
import type { KubePort } from "../../core/kube_port.ts";
import { waitUntil } from "../../core/wait.ts";
import { readControllers } from "../../jobs/controllers.ts";
import type { JobOperation } from "../../jobs/job.ts";
import { DONE, type Outcome } from "../run.ts";
import { GONE } from "./remains.ts";

/** Which objects `destroy` deletes, and what must be gone with them. */
export interface Removal {
  /** Their kind. */
  readonly of: KubeKind;
  /** Kind of the dependent objects that must be gone, too. */
  readonly dependants: KubeKind | null;
  /** Only those that unitune created, or also those of users. */
  readonly whose: "ours" | "all";
}

interface Wait {
  readonly what: string;
  readonly hint: string;
  readonly timeoutSeconds: number;
  /** Whether only Karpenter can release the objects. */
  readonly needsKarpenter: boolean;
}

const TELL_EVERY = 10_000;
/** How long Karpenter may be down before its objects are given up: it may just be starting again. */
const PATIENCE = 60_000;
const SHOWN = 5;
/** Kinds that have a finalizer of Karpenter. */
const OF_KARPENTER: readonly string[] = [KINDS.nodePool.kind, KINDS.nodeClaim.kind, KINDS.nodeClass.kind];

export async function deleteObjects({ of, dependants, whose }: Removal, context: JobOperation): Promise<Outcome> {
  const { kube } = context;
  const all = () => kube.list({ ...of, ...(whose === "ours" && { labels: OURS }) });
  const found = await all();
  await removeAll(found, context);
  const owners = new Set(found.map(({ metadata }) => metadata.name));
  const ofThem = async () => {
    const existing = dependants ? await kube.list(dependants) : [];
    return whose === "all" ? existing : existing.filter(({ metadata }) => owners.has(poolOf(metadata.labels)));
  };
  // A NodeClaim without a pool has no owner that takes it along.
  await removeAll((await ofThem()).filter(({ metadata }) => !metadata.ownerReferences?.length), context);
  const left = await untilGone(async () => [...await all(), ...await ofThem()], context, {
    what: `${plural(of)}${dependants ? ` and ${plural(dependants)}` : ""} to be deleted`,
    hint: dependants
      ? "Their nodes drain first: a do-not-disrupt pod or a disruption budget blocks that"
      : `kubectl describe ${of.kind.toLowerCase()} shows what blocks that`,
    timeoutSeconds: dependants ? 1200 : 900,
    needsKarpenter: OF_KARPENTER.includes(of.kind),
  });
  if (left.length === 0) return found.length > 0 ? DONE : GONE;
  const detail = `Karpenter does not run: the stack's clean-up function ends what ${counts(left)} stand for`;
  return { state: "done", detail };
}

const OURS = `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`;

function poolOf(labels: Readonly<Record<string, string>> = {}): string {
  return labels[KARPENTER.poolLabel] ?? "";
}

/** Requests the deletion of each, and names those that unitune did not create. */
export async function removeAll(objects: readonly KubeObject[], { kube, emit, id }: JobOperation): Promise<void> {
  for (const object of objects) {
    if (!isOurs(object) && !object.metadata.deletionTimestamp && object.kind !== KINDS.nodeClaim.kind) {
      emit({ type: "progress", id, message: `deleting ${named(object)}, which unitune did not create` });
    }
    await kube.remove(refOf(object));
  }
}

/** Returns what is given up because Karpenter does not run. Throws `TIMEOUT`, with what is left. */
export async function untilGone(
  left: () => Promise<readonly KubeObject[]>,
  { kube, clock, signal, emit, id }: JobOperation,
  { what, hint, timeoutSeconds, needsKarpenter }: Wait,
): Promise<readonly KubeObject[]> {
  let remaining: readonly KubeObject[] = [], told = clock.now(), down: number | null = null;
  const isSettled = async () => {
    remaining = await left();
    if (remaining.length === 0) return true;
    const now = clock.now();
    if (now - told < TELL_EVERY) return false;
    const trouble = needsKarpenter ? await troubleOf(kube) : null;
    emit({
      type: "progress",
      id,
      message: ["waiting for", holdersOf(remaining), ...trouble ? [`(${trouble})`] : []].join(" "),
    });
    down = trouble === null ? null : down ?? told;
    told = now;
    return down !== null && now - down >= PATIENCE;
  };
  const lines = () => remaining.slice(0, SHOWN).map(heldBy);
  await waitUntil(isSettled, { clock, signal, what, hint, timeoutSeconds, lines });
  return remaining;
}

async function troubleOf(kube: KubePort): Promise<string | null> {
  const { controllers, lease } = await readControllers(kube);
  return controllerTrouble(controllers, lease);
}

/** `2 NodeClaims: NodeClaim cpu-x: finalizer karpenter.sh/termination; …`. */
function holdersOf(objects: readonly KubeObject[]): string {
  const shown = objects.slice(0, SHOWN).map(heldBy), more = objects.length - shown.length;
  return `${counts(objects)}: ${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
}

/** `1 NodePool and 2 NodeClaims`. */
function counts(objects: readonly KubeObject[]): string {
  const kinds = [...new Set(objects.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const count = objects.filter((object) => object.kind === kind).length;
    return `${count} ${count === 1 ? kind : plural({ kind })}`;
  }).join(" and ");
}

/** What keeps an object from being deleted, as the object itself says. */
function heldBy(object: KubeObject): string {
  const { finalizers = [] } = object.metadata;
  const { status } = object as Conditioned;
  const step = status?.conditions?.find(({ type, status }) => DRAINS.includes(type) && status !== "True");
  const parts = [
    ...isOurs(object) || object.kind === KINDS.nodeClaim.kind ? [] : ["not created by unitune"],
    ...finalizers.length > 0 ? [`finalizer ${finalizers.join(", ")}`] : [],
    ...step ? [`${step.type} ${step.reason ?? step.status}${step.message ? ` (${step.message})` : ""}`] : [],
  ];
  return `${named(object)}${parts.length > 0 ? `: ${parts.join(", ")}` : ""}`;
}

/** The steps by which Karpenter ends a node, in order. */
const DRAINS: readonly string[] = ["Drained", "VolumesDetached", "InstanceTerminating"];

/** `Service default/web`. */
export function named({ kind, metadata: { name, namespace } }: KubeObject): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** `NodePools`, `EC2NodeClasses`, `Ingresses`. */
export function plural({ kind }: Pick<KubeKind, "kind">): string {
  return `${kind}${kind.endsWith("s") ? "es" : "s"}`;
}

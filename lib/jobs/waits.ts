/** Why a pod waits, in one line for the user: a pure function of objects and events. */
import { conditionIs, conditionOf, conditionText, standingOf } from "../core/conditions.ts";
import { controllerTrouble } from "../core/controller.ts";
import { KARPENTER } from "../core/pins.ts";
import { containerStatuses } from "../core/pods.ts";
import type { Kube, KubeMetadata } from "../core/kube.ts";
import type { Controllers } from "./controllers.ts";
import { kubeletTrouble } from "./kubelet.ts";
import { type Asked, launchFailure, refusalOf } from "./refusals.ts";
import type { Why } from "./why.ts";

/** What Karpenter did for a pool, and the events about it. */
export interface NodeFacts extends Controllers {
  /** Name of the pool that the pod is for. */
  readonly pool: string;
  readonly region: string;
  readonly nodePool: Kube<"NodePool"> | null;
  readonly nodeClass: Kube<"EC2NodeClass"> | null;
  /** The pool's NodeClaims. */
  readonly claims: readonly Kube<"NodeClaim">[];
  /** Events of the pod, of NodeClaims and of NodePools. */
  readonly events: readonly Kube<"Event">[];
}

export function isUnscheduled(pod: Kube<"Pod">): boolean {
  return pod.status?.phase === "Pending" && conditionIs(pod, "PodScheduled", "False") !== null;
}

/** Why a scheduled pod does not run yet, or what the scheduler says of another; `null` if it runs. */
export function podWait(pod: Kube<"Pod">): Why | null {
  if (pod.status?.phase !== "Pending") return null;
  const unscheduled = conditionIs(pod, "PodScheduled", "False");
  if (unscheduled) {
    const { message } = unscheduled;
    return { text: `waits for a node${message ? `: ${firstSentence(message)}` : ""}`, hint: "" };
  }
  const trouble = kubeletTrouble(pod);
  if (trouble) return trouble;
  const starts = containerStatuses(pod).some(({ state }) => state?.waiting?.reason === "ContainerCreating");
  return starts ? { text: `starts on node ${pod.spec?.nodeName}`, hint: "" } : null;
}

/** Why a pod of a pool has no node yet, by what Karpenter says. */
export function nodeWait(pod: Kube<"Pod">, facts: NodeFacts): Why {
  const claim = claimOf(pod, facts);
  return (claim && joining(claim)) ?? unready(facts) ?? refused(pod, claim, facts) ?? unplaceable(pod, facts) ??
    {
      text: claim ? `Karpenter is launching one (NodeClaim ${claim.metadata.name})` : "Karpenter is looking for one",
      hint: "",
    };
}

/** The NodeClaim that Karpenter nominated for the pod, or else the pool's newest one that is not yet a node. */
function claimOf(pod: Kube<"Pod">, { claims, events }: NodeFacts): Kube<"NodeClaim"> | null {
  const live = claims.filter(({ metadata }) => !metadata.deletionTimestamp);
  const nominated = /nodeclaim\/([a-z0-9.-]+)/.exec(latest(events, (event) => is(event, pod, "Nominated"))?.text ?? "");
  const named = live.find(({ metadata }) => metadata.name === nominated?.[1]);
  const open = live.filter((claim) => conditionOf(claim, "Initialized")?.status !== "True");
  return named ?? open.toSorted((a, b) => created(b) - created(a))[0] ?? null;
}

/** EC2 has launched the instance, which still has to join. */
function joining(claim: Kube<"NodeClaim">): Why | null {
  if (conditionOf(claim, "Launched")?.status !== "True") return null;
  const labels = claim.metadata.labels ?? {}, id = (claim.status?.providerID ?? "").split("/").at(-1);
  const type = labels["node.kubernetes.io/instance-type"] ?? "an instance";
  const zone = labels["topology.kubernetes.io/zone"];
  const what = `${type}${zone ? ` in ${zone}` : ""}${id ? ` (${id})` : ""}`;
  if (conditionOf(claim, "Registered")?.status !== "True") {
    const hint = `aws ec2 get-console-output --latest --instance-id ${id} shows what it does instead`;
    return { text: `EC2 launched ${what}, which has not joined the cluster yet`, hint, passing: true };
  }
  const node = claim.status?.nodeName ?? what, initialized = conditionOf(claim, "Initialized");
  if (initialized?.status === "True") {
    return { text: `node ${node} is ready and will run the pod next`, hint: "", passing: true };
  }
  const why = initialized ? `: ${initialized.message || initialized.reason}` : "";
  const hint = `kubectl describe node ${node}`;
  return { text: `node ${node} has joined but is not ready yet${why}`, hint, passing: true };
}

/** Karpenter ignores pods of a pool that is not Ready, and all pods while it does not run. */
function unready({ pool, nodePool, nodeClass, controllers, lease }: NodeFacts): Why | null {
  const trouble = controllerTrouble(controllers, lease);
  if (trouble) return { text: trouble, hint: KARPENTER.logs };
  if (!nodePool) return { text: `the cluster has no NodePool ${pool}`, hint: "Run `unitune apply --only pools`" };
  for (const object of nodeClass ? [nodeClass, nodePool] : [nodePool]) {
    const standing = standingOf(object);
    if (standing.state === "ready") continue;
    const what = `pool "${pool}" is not ready`;
    if (standing.state === "silent") return { text: `${what}: Karpenter has not looked at it yet`, hint: "" };
    return {
      text: `${what}: ${standing.unmet.map(conditionText).join("; ")}`,
      hint: "`unitune apply --only pools` shows what to do",
    };
  }
  return null;
}

/** Karpenter deletes a NodeClaim that EC2 refused. Its event remains, and explains the next three minutes. */
const REMEMBERED = 5 * 60_000;

function refused(pod: Kube<"Pod">, claim: Kube<"NodeClaim"> | null, facts: NodeFacts): Why | null {
  const asked = askedOf(facts), launched = claim && conditionOf(claim, "Launched");
  if (launched && launched.status !== "True" && !["", "AwaitingReconciliation"].includes(launched.reason)) {
    return launchFailure(launched.reason, launched.message, asked);
  }
  const since = created(pod) - REMEMBERED;
  const ours = new RegExp(`^${facts.pool}-[a-z0-9]{5}$`);
  const event = latest(facts.events, ({ kind, name, reason, at }) => {
    return kind === "NodeClaim" && ours.test(name) && reason === "InsufficientCapacityError" && at >= since;
  });
  return event && refusalOf(event.text, asked);
}

/** What Karpenter's own scheduler says, unless it has found a place since. */
function unplaceable(pod: Kube<"Pod">, facts: NodeFacts): Why | null {
  const { events, pool } = facts;
  const failed = latest(events, (event) => is(event, pod, "FailedScheduling") && event.text.startsWith(FAILED));
  const nominated = latest(events, (event) => is(event, pod, "Nominated"));
  const ours = failed && failed.at >= (nominated?.at ?? 0) ? reasonFor(pool, failed.text.slice(FAILED.length)) : null;
  if (ours) return ours;
  const filtered = latest(events, ({ kind, name, reason, at }) => {
    return kind === "NodePool" && name === pool && reason === "NoCompatibleInstanceTypes" && at >= created(pod);
  });
  if (!filtered && !failed?.text.includes("filtered out all available instance types")) return null;
  return {
    text: `no instance type that EC2 offers now matches pool "${pool}"`,
    hint: "Allow more instance types, zones or capacity types in the pool",
  };
}

const FAILED = "Failed to schedule pod, ";

/** Of the reasons for each pool, joined by `; `, those that are not about another pool. */
function reasonFor(pool: string, text: string): Why | null {
  const foreign = /key karpenter\.sh\/nodepool,|^did not tolerate taint/;
  const found = text.split("; ").find((part) => !foreign.test(part) && !part.includes("filtered out all available"));
  if (!found) return null;
  const [, cause = found, , resources] = /^(.*?)(, requirements=.*?)?(?:, resources=(\{.*?\}).*)?$/.exec(found) ?? [];
  if (/exceed limits for nodepool|limits have been exhausted/.test(cause)) {
    return {
      text: `pool "${pool}" is at its limit`,
      hint: `Raise its maxCpus or maxGpus, or wait until its nodes are gone`,
    };
  }
  const asked = resources ? `, for ${resources.replace(/[{}"]/g, "").replaceAll(":", " ").replaceAll(",", ", ")}` : "";
  const what = cause.startsWith("no instance type")
    ? cause.replace("no instance type", `no type of pool "${pool}"`)
    : cause;
  return {
    text: `no instance type fits: ${what}${asked}`,
    hint: "Compare the pod's requests with the pool's instance types",
  };
}

function askedOf({ nodePool, region }: NodeFacts): Asked {
  const requirements = nodePool?.spec.template.spec.requirements ?? [];
  const of = (...keys: string[]) =>
    requirements.filter(({ key }) => keys.includes(key)).flatMap((one) => one.values ?? []);
  const types = of(
    "node.kubernetes.io/instance-type",
    "karpenter.k8s.aws/instance-family",
    "karpenter.k8s.aws/instance-category",
  );
  return { region, capacity: of("karpenter.sh/capacity-type"), types };
}

/** An event of core/v1, in either of the forms in which it is written. */
interface EventFacts {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly reason: string;
  readonly text: string;
  readonly at: number;
}

function factsOf(event: Kube<"Event">): EventFacts {
  const { involvedObject: { kind = "", name = "", uid = "" }, reason = "", message = "" } = event;
  const time = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ??
    event.metadata.creationTimestamp;
  return { kind, name, uid, reason, text: message, at: Date.parse(String(time)) || 0 };
}

function latest(events: readonly Kube<"Event">[], test: (event: EventFacts) => boolean): EventFacts | null {
  return events.map(factsOf).filter(test).toSorted((a, b) => b.at - a.at)[0] ?? null;
}

function is(event: EventFacts, pod: Kube<"Pod">, reason: string): boolean {
  return event.kind === "Pod" && event.uid === pod.metadata.uid && event.reason === reason;
}

function created({ metadata }: { readonly metadata: KubeMetadata }): number {
  return Date.parse(metadata.creationTimestamp ?? "") || 0;
}

function firstSentence(text: string): string {
  return text.split(". ")[0]!.replace(/\.$/, "");
}

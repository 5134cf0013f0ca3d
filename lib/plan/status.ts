/** Where a project stands, as data: what exists, what runs, what waits. Pure: everything that was read is an argument. */
import { conditionIs, conditionOf } from "../core/conditions.ts";
import { priceOf } from "../core/facts/prices.ts";
import { CONTROL_PLANE_PRICE } from "../core/facts/kubernetes.ts";
import type { Kube } from "../core/kube.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";

/** A CloudFormation stack. */
export interface StackStatus {
  /** Its name. */
  readonly stack: string;
  /** As CloudFormation reports it; `null`: it does not exist. */
  readonly status: string | null;
}

/** A node, or an instance that is about to become one. */
export interface NodeStatus {
  /** Name of the node; of the NodeClaim until it joins. */
  readonly name: string;
  /** Instance type, if it is known. */
  readonly type: string | null;
  /** Name of its zone, if it is known. */
  readonly zone: string | null;
  /** `on-demand`, `spot` or `reserved`. */
  readonly capacity: string | null;
  /** Whether pods can run on it. */
  readonly state: "ready" | "starting" | "ending";
  /** Age of the instance. */
  readonly seconds: number;
  /** The on-demand price, in USD; `null`: not known. */
  readonly usdPerHour: number | null;
}

/** A pool and its nodes. */
export interface PoolStatus {
  /** Its name; `system` for the nodes of the system. */
  readonly pool: string;
  /** Whether Karpenter reports it as Ready; `null`: Karpenter does not manage it. */
  readonly ready: boolean | null;
  /** Whether unitune created it. */
  readonly ours: boolean;
  /** Its nodes, the oldest first. */
  readonly nodes: readonly NodeStatus[];
}

/** A pod that does not run yet. */
export interface WaitStatus {
  /** Namespace and name of the pod. */
  readonly pod: string;
  /** Why it waits. */
  readonly why: string;
  /** What to do; empty: nothing. */
  readonly hint: string;
  /** How long it has waited. */
  readonly seconds: number;
}

/** A build Job that the cluster still has. */
export interface BuildStatus {
  /** Name of the image. */
  readonly image: string;
  /** Name of the Job. */
  readonly job: string;
  /** How far it is. */
  readonly state: "running" | "complete" | "failed";
  /** How long ago it started. */
  readonly seconds: number;
}

/** An image of the config. */
export interface ImageStatus {
  /** Name of the image. */
  readonly image: string;
  /** Digest of the build of its current inputs; `null`: not built yet. */
  readonly digest: string | null;
  /** Its size in the registry, compressed; of several platforms the largest. */
  readonly bytes: number | null;
  /** How long ago it was pushed. */
  readonly seconds: number | null;
}

/** What the cluster holds. */
export interface ClusterStatus {
  /** Why nothing could be read; `null`: it was read. */
  readonly unread: string | null;
  /** Why Karpenter does not work; `null`: it works. */
  readonly karpenter: string | null;
  /** The pools, those of the config first. */
  readonly pools: readonly PoolStatus[];
  /** Pods that do not run yet. */
  readonly waiting: readonly WaitStatus[];
  /** Jobs that build images. */
  readonly builds: readonly BuildStatus[];
}

/** Where a project stands. */
export interface Status {
  /** Name of the cluster. */
  readonly name: string;
  /** Its region. */
  readonly region: string;
  /** The account. */
  readonly account: string;
  /** When it was read, in milliseconds since 1970. */
  readonly at: number;
  /** The stacks, in the order of their deployment. */
  readonly stacks: readonly StackStatus[];
  /** Status, version and endpoint of the cluster, as EKS reports them; `null`: it does not exist. */
  readonly cluster: { readonly status: string; readonly version: string; readonly endpoint: string } | null;
  /** What the cluster holds; `null`: there is none. */
  readonly inside: ClusterStatus | null;
  /** The images of the config. */
  readonly images: readonly ImageStatus[];
  /** What a deleted cluster left in the account. */
  readonly leftovers: readonly string[];
  /** Control plane and nodes that are shown, on demand in us-east-1; nodes without a known price count nothing. */
  readonly usdPerHour: number;
}

/** What was read from the cluster, at one time by its clock. */
interface Held {
  readonly now: number;
  /** Names of the config's pools, in order. */
  readonly declared: readonly string[];
  readonly pools: readonly Kube<"NodePool">[];
  readonly claims: readonly Kube<"NodeClaim">[];
  readonly nodes: readonly Kube<"Node">[];
}

const SYSTEM = "system";

export function poolStatuses({ now, declared, pools, claims, nodes }: Held): PoolStatus[] {
  const names = [...new Set([...declared, ...pools.map(({ metadata }) => metadata.name)])];
  const system = nodes.filter(({ metadata }) => metadata.labels?.[KARPENTER.poolLabel] === undefined);
  return [
    ...names.map((name): PoolStatus => {
      const pool = pools.find(({ metadata }) => metadata.name === name);
      const own = claims.filter(({ metadata }) => metadata.labels?.[KARPENTER.poolLabel] === name);
      return {
        pool: name,
        ready: pool ? conditionIs(pool, "Ready", "True") !== null : false,
        ours: !pool || pool.metadata.labels?.[CLUSTER.managedByLabel] === CLUSTER.managedBy,
        nodes: byAge(own.map((claim) => claimStatus(claim, now))),
      };
    }),
    { pool: SYSTEM, ready: null, ours: true, nodes: byAge(system.map((node) => systemStatus(node, now))) },
  ];
}

function claimStatus(claim: Kube<"NodeClaim">, now: number): NodeStatus {
  const { metadata, status } = claim, ready = conditionOf(claim, "Initialized")?.status === "True";
  const state = metadata.deletionTimestamp ? "ending" : ready ? "ready" : "starting";
  return { name: status?.nodeName ?? metadata.name, state, ...place(claim, now) };
}

function systemStatus(node: Kube<"Node">, now: number): NodeStatus {
  const known = place(node, now), state = conditionIs(node, "Ready", "True") ? "ready" : "starting";
  return { name: node.metadata.name, state, ...known, capacity: known.capacity ?? "on-demand" };
}

function place({ metadata: { labels = {}, creationTimestamp } }: Kube<"NodeClaim" | "Node">, now: number) {
  const type = labels["node.kubernetes.io/instance-type"] ?? null;
  return {
    type,
    zone: labels["topology.kubernetes.io/zone"] ?? null,
    capacity: labels["karpenter.sh/capacity-type"] ?? null,
    seconds: secondsSince(creationTimestamp, now),
    usdPerHour: type === null ? null : priceOf(type)?.usdPerHour ?? null,
  };
}

function byAge(nodes: readonly NodeStatus[]): NodeStatus[] {
  return nodes.toSorted((a, b) => b.seconds - a.seconds || (a.name < b.name ? -1 : 1));
}

/** `now`: milliseconds since 1970; 0 for a time that is not set. */
export function secondsSince(time: string | undefined, now: number): number {
  return time === undefined ? 0 : Math.max(0, Math.round((now - Date.parse(time)) / 1000));
}

/** Control plane and nodes, in USD. */
export function hourlyCost(pools: readonly PoolStatus[]): number {
  const nodes = pools.flatMap(({ nodes }) => nodes).reduce((sum, { usdPerHour }) => sum + (usdPerHour ?? 0), 0);
  return CONTROL_PLANE_PRICE.standard + nodes;
}

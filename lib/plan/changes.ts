/** Desired + observed → the frozen list of changes. Pure: the observed state is an argument. */
import { entryOf } from "../core/tables.ts";
import { deepFreeze } from "../core/freeze.ts";
import { CLUSTER } from "../core/pins.ts";
import type { FieldChange } from "../core/fields.ts";
import type { Finding } from "../core/findings.ts";
import type { ForeignField } from "../core/kube_fields.ts";
import type { Identity, KubeRef, StackDiff, StackDrift } from "../core/ports.ts";
import { isUnsettled } from "../core/stack_states.ts";
import type { AccessChange, Action, BuildSpec, Change, Config, Fresh, Plan, VersionStep } from "./types.ts";
import type { Roll } from "./rolls.ts";
import { karpenterSupports, versionSteps } from "./versions.ts";

/** The phases of apply, as `--only` names them. Karpenter's charts belong to `infra`. */
export const PHASES = ["infra", "pools", "images"] as const;
/** A phase of apply. */
export type Phase = typeof PHASES[number];

/** The observed state, gathered once at the edge. */
export interface Observed {
  /** Whose credentials they are; `null` without an account. */
  readonly caller: Identity | null;
  readonly bootstrap: Action;
  /** Names of the policies of the role that CloudFormation uses: those that it has, or is given by the bootstrap. */
  readonly policies: readonly string[];
  readonly stacks: readonly StackDiff[];
  /** What of the stacks was changed outside of CloudFormation; `null`: it was not looked for. */
  readonly drift: readonly StackDrift[] | null;
  /** Code → the account's value of each quota that was read. */
  readonly quotas: Readonly<Record<string, number>>;
  /** Kubernetes version of the existing cluster; `null` if there is none. */
  readonly kubernetes: string | null;
  /**
   * Installed version of Karpenter; `null` when it is not installed, `"unknown"` when the cluster could not be asked.
   */
  readonly karpenter: string | null;
  /** Changes to the access entries of the caller and the admins. */
  readonly access: readonly AccessChange[];
  readonly charts: Action;
  readonly objects: readonly ObservedObject[];
  /** Pool → the nodes that Karpenter replaces because of what changes. */
  readonly rolls: Readonly<Record<string, Roll>>;
  /** Pools that Karpenter reports as Ready. */
  readonly ready: readonly string[];
  /** Objects that unitune created and the config no longer declares. */
  readonly stale: readonly KubeRef[];
  /** Image → the digest that the registry holds under this build's key, or `null`. */
  readonly images: Readonly<Record<string, string | null>>;
  /** Image that the registry does not have → why it is built. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Images whose digest is older than their `maxAge`. */
  readonly old: readonly string[];
  /** What the checks found, without what refuses. */
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** What an apply would do to an object. */
export interface PlannedObject {
  readonly action: Action;
  /** Of an update: what changes. */
  readonly fields?: readonly FieldChange[];
  /** Is it deleted and created again, as the server does not let it be changed? */
  readonly replaced?: true;
  /** What others have added to it: an apply leaves that as it is. */
  readonly foreign?: readonly ForeignField[];
}

/** An object of the config, and what an apply would do to it. */
export interface ObservedObject extends PlannedObject {
  readonly ref: KubeRef;
}

interface PlanInput {
  readonly config: Config;
  readonly builds: readonly BuildSpec[];
  readonly observed: Observed;
  readonly only: readonly Phase[];
  /** Names of images to build; the images that they need are included. Default: all. */
  readonly images?: readonly string[] | undefined;
  /** Images to build even if the registry has them. */
  readonly force?: readonly string[] | undefined;
  /** What these builds do not take from earlier ones. */
  readonly fresh?: Fresh | undefined;
  /** Is what was changed outside of CloudFormation changed back? */
  readonly revertDrift?: boolean | undefined;
  /** Repositories that no stack declares, created before the builds; none by default. */
  readonly repositories?: readonly { readonly name: string; readonly action: "create" | "none" }[] | undefined;
}

export function makePlan(input: PlanInput): Plan {
  const { config, builds, observed, only } = input;
  const infra = only.includes("infra") ? infraChanges(config, observed, input.revertDrift ?? false) : [];
  const changes: Change[] = [
    ...infra,
    ...(input.repositories ?? []).map(({ name, action }): Change => {
      return { kind: "repository", id: repositoryId(name), after: [], action, repository: name };
    }),
    ...(only.includes("pools") ? poolChanges(observed, infra.some(({ action }) => action !== "none")) : []),
    ...(only.includes("images") ? buildChanges(input, new Set(input.force)) : []),
  ];
  const { caller, quotas, findings, notes } = observed;
  return deepFreeze({ config, caller, builds, changes: linked(changes), quotas, findings, notes });
}

const CHANGES_NOTHING: readonly Change["action"][] = ["none", "reuse", "wait"];

/** Does the plan change nothing? It runs all the same, to wait for pools that are not ready. */
export function isNoop(plan: Plan): boolean {
  return plan.changes.every(({ action }) => CHANGES_NOTHING.includes(action));
}

/** The builds of these names and of everything that they need, in build order. */
export function withNeeds(builds: readonly BuildSpec[], names: readonly string[]): BuildSpec[] {
  const byName = new Map(builds.map((build) => [build.image.name, build]));
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const build = byName.get(name);
    if (!build || wanted.has(name)) return;
    wanted.add(name);
    build.needs.forEach((need) => add(need.image));
  };
  names.forEach(add);
  return builds.filter((build) => wanted.has(build.image.name));
}

/** Were resources of the stacks changed outside of CloudFormation? `false` if that was not looked for. */
export function hasDrifted({ changes }: Pick<Plan, "changes">): boolean {
  return changes.some((change) => change.kind === "stacks" && (change.drift ?? []).some(isDrifted));
}

function isDrifted({ resources }: StackDrift): boolean {
  return resources.length > 0;
}

function infraChanges(config: Config, observed: Observed, revert: boolean): Change[] {
  const changed = observed.stacks.filter((stack) => stack.changes.length > 0);
  const steps = versionSteps(observed.kubernetes, config.cluster.version), last = steps.at(-1) ?? null;
  const settled = changed.length === 0 && !observed.stacks.some(({ status }) => isUnsettled(status));
  const compared: Action = settled ? "none" : changed.some((stack) => stack.exists) ? "update" : "create";
  const { drift } = observed, revertDrift = revert && (drift ?? []).some(isDrifted);
  const stacks = {
    kind: "stacks",
    id: "stacks",
    action: last || (revertDrift && compared === "none") ? "update" : compared,
    diffs: observed.stacks,
    kubernetes: last,
    ...drift && { drift },
    ...revertDrift && { revertDrift },
  } as const;
  const access = {
    kind: "access",
    id: "access",
    action: accessAction(observed.access),
    entries: observed.access,
  } as const;
  const charts = {
    kind: "charts",
    id: "charts",
    action: observed.charts,
    version: config.karpenter.version,
    installed: observed.karpenter === "unknown" ? null : observed.karpenter,
  } as const;
  const first = {
    kind: "bootstrap",
    id: "bootstrap",
    after: [],
    action: observed.bootstrap,
    policies: observed.policies,
  } as const;
  const passed = steps.slice(0, -1).map((step) => versionChange(step.to, step));
  const order = karpenterGoesFirst(observed, steps)
    // The stacks hold the policies of a newer controller, so they are first deployed at the old version.
    ? [first, versionChange(steps[0]!.from, null), access, charts, ...passed, stacks]
    : [first, ...passed, stacks, access, charts];
  return order.map((change, index) => ({ ...change, after: index === 0 ? [] : [order[index - 1]!.id] }));
}

function accessAction(entries: readonly AccessChange[]): Action {
  if (entries.length === 0) return "none";
  return entries.every(({ action }) => action === "create") ? "create" : "update";
}

function versionChange(version: string, kubernetes: VersionStep | null) {
  return { kind: "kubernetes", id: `kubernetes:${version}`, action: "update", version, kubernetes } as const;
}

/** A Karpenter that does not support the new version must be upgraded first: its nodes would never join. */
function karpenterGoesFirst({ karpenter, charts }: Observed, steps: readonly VersionStep[]): boolean {
  if (karpenter === null || charts === "none") return false;
  return steps.some(({ to }) => !karpenterSupports(karpenter, to));
}

function poolChanges(observed: Observed, infraMoves: boolean): Change[] {
  const namespaces = observed.objects.filter(({ ref }) => ref.kind === "Namespace").map(({ ref }) => objectId(ref));
  const objects = observed.objects.map(({ ref, foreign: _, ...changed }): Change => {
    const after = ref.kind === "Namespace" ? ["infra"] : ["infra", ...namespaces];
    return { kind: "object", id: objectId(ref), after, ref, ...changed };
  });
  const pools = observed.objects.filter(({ ref }) => ref.kind === "NodePool").map(({ ref: { name } }): Change => {
    const own = observed.objects.filter(({ ref }) => POOL_KINDS.includes(ref.kind) && ref.name === name);
    const stands = !infraMoves && own.every(({ action }) => action === "none") && observed.ready.includes(name);
    const after = own.map(({ ref }) => objectId(ref)), rolls = entryOf(observed.rolls, name);
    const action = stands ? "none" : "wait";
    return { kind: "ready", id: readyId(name), after, action, pool: name, ...rolls && { rolls } };
  });
  // A volume is deleted after its claim.
  const claims = observed.stale.filter(({ kind }) => kind === "PersistentVolumeClaim").map(objectId);
  const prunes = observed.stale.map((ref): Change => {
    const after = [...objects.map(({ id }) => id), ...ref.kind === "PersistentVolume" ? claims : []];
    const rolls = ref.kind === "NodePool" ? entryOf(observed.rolls, ref.name) : undefined;
    return { kind: "prune", id: objectId(ref), after, action: "delete", ref, ...rolls && { rolls } };
  });
  return [...objects, ...pools, ...prunes];
}

/** The kinds of objects that make up a pool: one of each, with the pool's name. */
const POOL_KINDS: readonly string[] = ["NodePool", "EC2NodeClass"];

function buildChanges({ builds, observed, images, fresh }: PlanInput, force: ReadonlySet<string>): Change[] {
  const forced = new Set<string>();
  return (images ? withNeeds(builds, images) : builds).map((build): Change => {
    const image = build.image.name;
    const digest = entryOf(observed.images, image) ?? null;
    const forcedNeed = build.needs.find((need) => forced.has(need.image));
    const old = observed.old.includes(image);
    if (force.has(image) || forcedNeed || old) forced.add(image);
    const reuse = digest !== null && !forced.has(image);
    return {
      kind: "build",
      id: buildId(image),
      after: [
        "builds",
        repositoryId(build.image.repository),
        // A reused image needs no node.
        ...(reuse ? [] : [readyId(build.image.pool)]),
        ...build.needs.map((need) => buildId(need.image)),
      ],
      action: reuse ? "reuse" : "build",
      image,
      key: build.key,
      force: forced.has(image),
      noCache: force.has(image) && (fresh?.noCache ?? false),
      pull: old || (force.has(image) && (fresh?.pull ?? false)),
      because: reuse
        ? `the registry has ${digest}`
        : forcedNeed
        ? `${forcedNeed.image} is rebuilt`
        : force.has(image)
        ? "forced"
        : old
        ? `${digest} is older than its maxAge`
        : entryOf(observed.reasons, image) ?? "the registry has no image of this key",
    };
  });
}

/**
 * Replaces `infra` and `builds` (what every build needs in the cluster) in `after` with ids, and drops ids that are not
 * part of this plan. A build waits only for its own pool, as another pool may fail.
 */
function linked(changes: readonly Change[]): Change[] {
  const ids = new Set(changes.map(({ id }) => id));
  const infra = changes.filter(({ kind }) => kind === "stacks" || kind === "charts").slice(-1).map(({ id }) => id);
  const shared = changes.filter((change) => {
    if (change.kind !== "object") return false;
    const { kind, name, namespace } = change.ref;
    return namespace === CLUSTER.buildNamespace || (kind === "Namespace" && name === CLUSTER.buildNamespace);
  }).map(({ id }) => id);
  const groups: Readonly<Record<string, readonly string[]>> = { infra, builds: shared.length > 0 ? shared : infra };
  return changes.map((change) => ({
    ...change,
    after: change.after.flatMap((id) => groups[id] ?? [id]).filter((id) => ids.has(id)),
  }));
}

export function objectId(ref: KubeRef): string {
  return `${ref.kind.toLowerCase()}:${ref.namespace ? `${ref.namespace}/` : ""}${ref.name}`;
}

function readyId(pool: string): string {
  return `ready:${pool}`;
}

function repositoryId(repository: string): string {
  return `repository:${repository}`;
}

function buildId(image: string): string {
  return `build:${image}`;
}

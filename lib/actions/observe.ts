/** Reads the current state over the ports, once, and changes nothing. */
import { type Checked, configFindings, isRefused, ownership, runChecks } from "../checks/mod.ts";
import { hasCode, isUnituneError, type UnituneError } from "../core/errors.ts";
import { coded, type Finding } from "../core/findings.ts";
import { KINDS, type KubeKind, type KubeObject, type KubeRef, refOf } from "../core/kube.ts";
import type { KubePort } from "../core/kube_port.ts";
import type { Mask } from "../core/mask.ts";
import { CLUSTER, KNOWN_AFTER_APPLY } from "../core/pins.ts";
import type { AccessEntry, Ports, QuotasPort, StackChange, StackDiff } from "../core/ports.ts";
import { mapText } from "../core/text.ts";
import { accessChanges, CALLER, foreignAdmins, foreignEntry } from "../plan/access.ts";
import { executionPolicies } from "../permissions/execution.ts";
import { objectId, type Observed, type ObservedObject, type Phase, type PlannedObject } from "../plan/changes.ts";
import type { BuildSpec, Deployed, VersionStep } from "../plan/types.ts";
import { versionSteps } from "../plan/versions.ts";
import { chartsAction, foreignCharts, installedKarpenter } from "./steps/charts.ts";
import { karpenterTrouble, readiness } from "./steps/ready.ts";
import { foreignNotes, NO_DRIFT, observeDrift } from "./steps/drift.ts";
import { observeRolls } from "./steps/rolls.ts";
import { findBuilt, reasonToBuild } from "./images/registry.ts";
import { type Operation, type ProjectFiles, taskOf } from "./operation.ts";
import type { Session } from "./session.ts";
import { isStorage, plannedStorage } from "./steps/storage.ts";

/** Placeholders for values that only a deployment returns: a plan before the first one shows them. */
export const UNDEPLOYED: Deployed = {
  account: "000000000000",
  region: "",
  nodeRoleName: KNOWN_AFTER_APPLY,
  queueName: KNOWN_AFTER_APPLY,
  contextBucket: KNOWN_AFTER_APPLY,
  pushRoleArn: KNOWN_AFTER_APPLY,
  placementGroups: {},
};

/** The kinds that are pruned: what renders a pool, what its nodes need, and what pods mount. */
const POOL_KINDS: readonly KubeKind[] = [
  KINDS.daemonSet,
  KINDS.nodePool,
  KINDS.nodeClass,
  KINDS.storageClass,
  KINDS.persistentVolumeClaim,
  KINDS.persistentVolume,
];

/** What was found, and the findings of the checks. */
interface Observation {
  /** `null` if the checks refused before everything was read. */
  readonly observed: Observed | null;
  readonly checked: readonly Checked[];
}

/** Reads the account and the cluster. Throws only on faults: a problem with the config is a finding. */
export async function observe(
  operation: Operation,
  builds: readonly BuildSpec[],
  only: readonly Phase[],
  looksForDrift: boolean,
): Promise<Observation> {
  const { ports, config, session } = operation, infra = only.includes("infra");
  const identity = await session.caller();
  const kubernetes = infra ? await deployedVersion(session) : null;
  const wanted = config.cluster.version, steps = versionSteps(kubernetes, wanted);
  const [cluster, deployed] = await Promise.all([session.cluster(), session.deployed()]);
  const bucket = deployed?.contextBucket ?? null;
  const quotas = rememberedQuotas(ports.quotas);
  const context = { config, ports: { ...ports, quotas }, identity, kubernetes, steps, cluster, bucket };
  const before = await runChecks(only, "before diff", { ...context, stacks: [] });
  // Refuse what no plan can do before making slower requests.
  if (before.some(isRefused)) return { observed: null, checked: before };
  const bootstrap = infra
    ? await observeBootstrap(operation, identity.account)
    : { bootstrap: "none", policies: [] } as const;
  const folder = infra ? await operation.assemblies.folder() : "";
  const stacks = infra ? await observeStacks(folder, operation) : [];
  const checked = [...before, ...await runChecks(only, "after diff", { ...context, stacks })];
  if (checked.some(isRefused)) return { observed: null, checked };
  const { findings, ...inside } = await observeCluster(operation, only, steps);
  if (findings.length > 0) {
    const check = findings[0]!.code === ownership.code ? ownership : INSIDE;
    return { observed: null, checked: [...checked, { check, findings }] };
  }
  const { drift, unread } = infra && looksForDrift ? await observeDrift(stacks, operation) : NO_DRIFT;
  const images = only.includes("images")
    ? await observeImages(builds, operation)
    : { images: {}, reasons: {}, old: [] };
  return {
    observed: {
      caller: identity,
      ...bootstrap,
      stacks,
      drift,
      kubernetes,
      quotas: quotas.values,
      findings: [],
      ...images,
      ...inside,
      notes: [...inside.notes, ...unread, ...looksForDrift ? foreignNotes(inside.objects) : []],
    },
    checked,
  };
}

/** The check of quotas tells what they do not allow; a page shows them all. */
function rememberedQuotas(port: QuotasPort): QuotasPort & { readonly values: Readonly<Record<string, number>> } {
  const values: Record<string, number> = {};
  return {
    values,
    value: async (service, code) => {
      const value = await port.value(service, code);
      if (value !== null) values[code] = value;
      return value;
    },
  };
}

/** How the stacks differ. A value could hold a secret of the config. */
async function observeStacks(folder: string, operation: Operation): Promise<StackDiff[]> {
  const { ports, mask } = operation;
  const stacks = await withImports(await ports.stacks.diff(folder, taskOf(operation, "stacks")), ports);
  const masked = (change: StackChange) => change.fields ? { ...change, fields: mapText(change.fields, mask) } : change;
  return stacks.map((stack) => ({ ...stack, changes: stack.changes.map(masked) }));
}

/** The bootstrap, and the policies of CloudFormation's role: an existing role keeps its own. */
async function observeBootstrap({ config, ports }: Operation, account: string) {
  const [exists, attached] = await Promise.all([ports.stacks.bootstrapped(), ports.stacks.attachedPolicies(account)]);
  const planned = exists ? [] : executionPolicies({ ...config, account }).map(({ name }) => name);
  const policies = attached?.map((arn) => arn.split("/").at(-1)!) ?? planned;
  return { bootstrap: exists ? "none" : "create", policies } as const;
}

/**
 * CloudFormation imports a repository that exists and that no stack owns, whoever created it. The check of ownership
 * has refused those that are not ours.
 */
async function withImports(stacks: readonly StackDiff[], { owners }: Ports): Promise<StackDiff[]> {
  const imported = async (change: StackChange): Promise<StackChange> => {
    if (change.action !== "add" || change.name === undefined) return change;
    const exists = await owners.repository(change.name).catch((error) => {
      if (hasCode(error, "AWS_DENIED")) return null;
      throw error;
    });
    return exists ? { ...change, action: "import" } : change;
  };
  return await Promise.all(stacks.map(async (stack) => {
    return { ...stack, changes: await Promise.all(stack.changes.map(imported)) };
  }));
}

/** Version of the cluster that our stack created. A cluster of the same name without that stack is not ours. */
async function deployedVersion(session: Session): Promise<string | null> {
  const [deployed, cluster] = await Promise.all([session.deployed(), session.cluster()]);
  return deployed && cluster ? cluster.version : null;
}

/** Without an account: everything is new. `now`: milliseconds since 1970. */
export function observeNothing(
  { config, objects }: Pick<ProjectFiles, "config" | "objects">,
  stacks: Observed["stacks"],
  now: number,
): Observed {
  const deployed = { ...UNDEPLOYED, region: config.region };
  return {
    bootstrap: "create",
    policies: executionPolicies(config).map(({ name }) => name),
    stacks,
    drift: null,
    quotas: {},
    kubernetes: null,
    karpenter: null,
    access: accessChanges(config.cluster.admins, CALLER, []),
    charts: "create",
    objects: created(objects.cluster(deployed)),
    rolls: {},
    ready: [],
    stale: [],
    images: {},
    reasons: {},
    old: [],
    caller: null,
    findings: configFindings(config, now),
    notes: ["offline: planned as if nothing were deployed; no request was made"],
  };
}

type Within = "karpenter" | "access" | "charts" | "objects" | "rolls" | "ready" | "stale" | "notes";

interface Inside extends Pick<Observed, Within> {
  /** What has a name of ours there and is another client's. */
  readonly findings: readonly Finding[];
}

async function observeCluster(
  operation: Operation,
  only: readonly Phase[],
  steps: readonly VersionStep[],
): Promise<Inside> {
  const { config, session, ports } = operation, { name, region, cluster: { admins } } = config;
  const { principalArn } = await session.identity();
  const nothing = (karpenter: string | null, deployed: Deployed, entries: readonly AccessEntry[], notes: string[]) => {
    const objects = created(operation.objects.cluster(deployed)), access = accessChanges(admins, principalArn, entries);
    return {
      karpenter,
      access,
      charts: "create",
      objects,
      rolls: {},
      ready: [],
      stale: [],
      notes,
      findings: [],
    } as const;
  };
  const [deployed, cluster] = await Promise.all([session.deployed(), session.cluster()]);
  if (!deployed || !cluster) return nothing(null, { ...UNDEPLOYED, region }, [], []);
  if (!only.includes("infra") && !only.includes("pools")) {
    const none = { access: [], objects: [], rolls: {}, ready: [], stale: [], notes: [], findings: [] };
    return { ...none, karpenter: null, charts: "none" };
  }
  const entries = await ports.eks.accessEntries(name);
  const notes = foreignAdmins(admins, entries), own = entries.find((entry) => entry.principalArn === principalArn);
  if (own && !own.ours && !own.isAdmin) {
    const findings = coded(ownership.code, [foreignEntry(own, name, region)]);
    return { ...nothing("unknown", deployed, entries, notes), findings };
  }
  if (!mayEnter(own)) {
    const unread = `${principalArn} has no access entry yet: the cluster's objects were not read`;
    return nothing("unknown", deployed, entries, [...notes, unread]);
  }
  const { unready, ...inside } = await observeObjects(operation, deployed, steps);
  return { ...inside, access: accessChanges(admins, principalArn, entries), notes: [...notes, ...unready] };
}

/** What the cluster holds, and what an apply would do to it. */
async function observeObjects(operation: Operation, deployed: Deployed, steps: readonly VersionStep[]) {
  const kube = await operation.session.kube();
  const desired = operation.objects.cluster(deployed);
  const { objects, foreign } = await plannedObjects(desired, kube, operation.mask);
  const found = await ourObjects(kube), charts = await chartsAction(kube, operation.objects.chartsHash(deployed));
  const stale = undeclared(desired, found);
  // If Karpenter is about to be installed, it need not run yet.
  const trouble = charts === "none" ? await karpenterTrouble(kube) : null;
  return {
    karpenter: await installedKarpenter(kube),
    charts,
    objects,
    rolls: await observeRolls({ desired, planned: objects, stale, steps }, kube),
    ...readiness(operation.config, objects, found, trouble),
    stale: stale.map(refOf),
    findings: [...await foreignCharts(kube), ...foreign].map(findingOf),
  };
}

/** What its errors say about objects and releases that are not unitune's. */
const INSIDE: Checked["check"] = {
  code: "KUBE_NOT_OURS",
  refusal: (name, count) => `Cannot go on with ${name} as unitune did not create ${count} of the cluster's objects`,
};

function findingOf({ path = "", message, hint = "" }: UnituneError): Finding {
  return { code: INSIDE.code, severity: "error", path, message, hint };
}

/** A foreign entry is assumed to let the caller in. One of unitune's without rights is left from an interrupted run. */
function mayEnter(entry: AccessEntry | undefined): boolean {
  return entry !== undefined && (!entry.ours || entry.isAdmin);
}

/**
 * What a server-side apply would do. An object whose kind or namespace is still missing will be created. For one that
 * exists and is not ours: the error that an apply would end with.
 */
async function dryRun(object: KubeObject, kube: KubePort): Promise<PlannedObject | UnituneError> {
  try {
    if (isStorage(object)) return await plannedStorage(object, kube);
    return await kube.apply(object, { dryRun: true });
  } catch (error) {
    if (hasCode(error, "KUBE_KIND_UNKNOWN", "KUBE_NOT_FOUND")) return { action: "create" };
    if (hasCode(error, "KUBE_NOT_OURS")) return error;
    throw error;
  }
}

/** What would be done to the objects, and the errors of those that are not ours. */
async function plannedObjects(desired: readonly KubeObject[], kube: KubePort, mask: Mask) {
  const objects: ObservedObject[] = [], foreign: UnituneError[] = [];
  for (const object of desired) {
    const planned = await dryRun(object, kube), ref = refOf(object);
    if (isUnituneError(planned)) foreign.push(planned);
    else objects.push({ ref, ...planned, ...planned.fields && { fields: mapText(planned.fields, mask) } });
  }
  return { objects, foreign };
}

export async function ourObjects(kube: KubePort): Promise<KubeObject[]> {
  const labels = `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`, found: KubeObject[] = [];
  for (const kind of POOL_KINDS) found.push(...await kube.list({ ...kind, labels }));
  return found;
}

export function staleObjects(desired: readonly KubeObject[], found: readonly KubeObject[]): KubeRef[] {
  return undeclared(desired, found).map(refOf);
}

function undeclared(desired: readonly KubeObject[], found: readonly KubeObject[]): KubeObject[] {
  const keep = new Set(desired.map((object) => objectId(refOf(object))));
  return found.filter((object) => !keep.has(objectId(refOf(object))));
}

async function observeImages(
  builds: readonly BuildSpec[],
  { ports: { registry, clock } }: Operation,
): Promise<Pick<Observed, "images" | "reasons" | "old">> {
  const now = clock.now();
  const found = await Promise.all(builds.map(async (build) => {
    const built = await findBuilt(registry, build, now);
    return { name: build.image.name, built, reason: built ? null : await reasonToBuild(registry, build) };
  }));
  return {
    images: Object.fromEntries(found.map(({ name, built }) => [name, built?.digest ?? null])),
    reasons: Object.fromEntries(found.flatMap(({ name, reason }) => reason === null ? [] : [[name, reason]])),
    old: found.filter(({ built }) => built?.old).map(({ name }) => name),
  };
}

function created(objects: readonly KubeObject[]): Observed["objects"] {
  return objects.map((object) => ({ ref: refOf(object), action: "create" }));
}

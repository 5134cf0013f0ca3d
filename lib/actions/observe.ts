/** What is there now, over the ports: read only, and read once. */
import { configFindings, runChecks } from "../checks/mod.ts";
import { hasCode } from "../core/errors.ts";
import { lineOf } from "../core/findings.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";
import type { AccessEntry, KubeObject, KubePort, KubeRef } from "../core/ports.ts";
import { refOf } from "../jobs/job.ts";
import { accessChanges, CALLER, foreignAdmins } from "../plan/access.ts";
import { objectId, type Observed, type Stage } from "../plan/changes.ts";
import type { Action, BuildSpec, Deployed } from "../plan/types.ts";
import { areComparable, versionSteps } from "../plan/versions.ts";
import { chartsAction, installedKarpenter } from "./steps/charts.ts";
import { karpenterTrouble, readiness } from "./steps/ready.ts";
import { refuseOrTell } from "./refuse.ts";
import { findBuilt } from "./images/registry.ts";
import type { Session } from "./session.ts";
import { isStorage, plannedStorage } from "./steps/storage.ts";
import type { Project, Run } from "./types.ts";

/** Stands for values that only a deployment gives; a plan before the first one shows them so. */
export const UNDEPLOYED: Deployed = {
  account: "000000000000",
  region: "",
  nodeRoleName: "known-after-apply",
  queueName: "known-after-apply",
  contextBucket: "known-after-apply",
  pushRoleArn: "known-after-apply",
  placementGroups: {},
};

/** The kinds that are pruned: what a pool of the config is in the cluster, what its nodes need, and what pods mount. */
const POOL_KINDS: readonly { apiVersion: string; kind: string }[] = [
  { apiVersion: "apps/v1", kind: "DaemonSet" },
  KARPENTER.nodePool,
  KARPENTER.nodeClass,
  { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" },
  { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  { apiVersion: "v1", kind: "PersistentVolume" },
];

export async function observe(
  project: Project,
  builds: readonly BuildSpec[],
  run: Run,
  session: Session,
  only: readonly Stage[],
): Promise<Observed> {
  const { ports } = run;
  const infra = only.includes("infra"), { config } = project;
  const kubernetes = infra ? await deployedVersion(session) : null;
  const wanted = config.cluster.version;
  // Refuses what no plan can do, before anything is asked that costs more.
  const steps = versionSteps(kubernetes, wanted);
  const cluster = infra || only.includes("pools") ? await session.cluster() : null;
  const context = { config, ports, identity: await session.identity(), steps, cluster };
  const before = await runChecks(only, "before diff", { ...context, stacks: [] });
  const told = refuseOrTell(config.name, before);
  const bootstrapped = infra ? await ports.stacks.bootstrapped() : true;
  const stacks = infra ? await ports.stacks.diff(await project.assembly(), run.emitter.emit) : [];
  told.push(...refuseOrTell(config.name, await runChecks(only, "after diff", { ...context, stacks })));
  const inside = await observeCluster(project, run, session, only);
  const images = only.includes("images") ? await observeImages(builds, run) : {};
  const strange = kubernetes !== null && !areComparable(kubernetes, wanted)
    ? [`EKS calls the cluster's version "${kubernetes}", which this release cannot compare with ${wanted}`]
    : [];
  const notes = [...told, ...strange, ...inside.notes];
  return { bootstrap: bootstrapped ? "none" : "create", stacks, images, kubernetes, ...inside, notes };
}

/** Of the cluster that our stack made; one of the same name that it did not make is none of ours. */
async function deployedVersion(session: Session): Promise<string | null> {
  const [deployed, cluster] = await Promise.all([session.deployed(), session.cluster()]);
  return deployed && cluster ? cluster.version : null;
}

/** Without an account: everything is new. `now`: milliseconds since 1970. */
export function observeNothing(project: Project, stacks: Observed["stacks"], now: number): Observed {
  const deployed = { ...UNDEPLOYED, region: project.config.region };
  return {
    bootstrap: "create",
    stacks,
    kubernetes: null,
    karpenter: null,
    access: accessChanges(project.config.cluster.admins, CALLER, []),
    charts: "create",
    objects: created(project.clusterObjects(deployed)),
    ready: [],
    stale: [],
    images: {},
    notes: [
      "offline: planned as if nothing were deployed; no request was made",
      ...configFindings(project.config, now).map(lineOf),
    ],
  };
}

type Inside = Pick<Observed, "karpenter" | "access" | "charts" | "objects" | "ready" | "stale" | "notes">;

async function observeCluster(project: Project, run: Run, session: Session, only: readonly Stage[]): Promise<Inside> {
  const { config } = project, { name, region, cluster: { admins } } = config;
  const { principalArn } = await session.identity();
  const nothing = (karpenter: string | null, deployed: Deployed, entries: readonly AccessEntry[], notes: string[]) => {
    const objects = created(project.clusterObjects(deployed)), access = accessChanges(admins, principalArn, entries);
    return { karpenter, access, charts: "create", objects, ready: [], stale: [], notes } as const;
  };
  const [deployed, cluster] = await Promise.all([session.deployed(), session.cluster()]);
  if (!deployed || !cluster) return nothing(null, { ...UNDEPLOYED, region }, [], []);
  if (!only.includes("infra") && !only.includes("pools")) {
    return { karpenter: null, access: [], charts: "none", objects: [], ready: [], stale: [], notes: [] };
  }
  const entries = await run.ports.eks.accessEntries(name);
  const notes = foreignAdmins(admins, entries);
  if (!mayEnter(entries.find((entry) => entry.principalArn === principalArn))) {
    const unread = `${principalArn} has no access entry yet: the cluster's objects were not read`;
    return nothing("unknown", deployed, entries, [...notes, unread]);
  }
  const kube = await session.kube();
  const desired = project.clusterObjects(deployed);
  const objects = [];
  for (const object of desired) objects.push({ ref: refOf(object), action: await dryRun(object, kube) });
  const found = await ourObjects(kube), charts = await chartsAction(kube, project.chartsHash(deployed));
  // What is about to be installed cannot be missed.
  const trouble = charts === "none" ? await karpenterTrouble(kube) : null;
  const { ready, unready } = readiness(config, objects, found, trouble);
  return {
    karpenter: await installedKarpenter(kube),
    access: accessChanges(admins, principalArn, entries),
    charts,
    objects,
    ready,
    stale: staleObjects(desired, found),
    notes: [...notes, ...unready],
  };
}

/** What an entry of somebody else allows is theirs to say; one of unitune's that lacks its rights is from a cut run. */
function mayEnter(entry: AccessEntry | undefined): boolean {
  return entry !== undefined && (!entry.ours || entry.isAdmin);
}

/** What a server-side apply would do; an object whose kind or namespace is still missing is created with it. */
async function dryRun(object: KubeObject, kube: KubePort): Promise<Action> {
  try {
    if (isStorage(object)) return await plannedStorage(object, kube);
    return (await kube.apply(object, { dryRun: true })).action;
  } catch (error) {
    if (hasCode(error, "KUBE_KIND_UNKNOWN", "KUBE_NOT_FOUND")) return "create";
    throw error;
  }
}

export async function ourObjects(kube: KubePort): Promise<KubeObject[]> {
  const labels = `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`, found: KubeObject[] = [];
  for (const kind of POOL_KINDS) found.push(...await kube.list({ ...kind, labels }));
  return found;
}

export function staleObjects(desired: readonly KubeObject[], found: readonly KubeObject[]): KubeRef[] {
  const keep = new Set(desired.map((object) => objectId(refOf(object))));
  return found.map(refOf).filter((ref) => !keep.has(objectId(ref)));
}

async function observeImages(builds: readonly BuildSpec[], run: Run): Promise<Record<string, string | null>> {
  const found = builds.map(async (build) => [build.image.name, await findBuilt(run.ports.registry, build)] as const);
  return Object.fromEntries(await Promise.all(found));
}

function created(objects: readonly KubeObject[]): Observed["objects"] {
  return objects.map((object) => ({ ref: refOf(object), action: "create" }));
}

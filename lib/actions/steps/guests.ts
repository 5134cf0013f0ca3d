/**
 * Objects of users that hold resources in the account. Services of type LoadBalancer and Ingresses hold load balancers,
 * which hold addresses and subnets of the VPC; claims hold disks. `destroy` deletes them first, while the controllers
 * that release those resources still run.
 */
import { hasCode } from "../../core/errors.ts";
import { KINDS, type Kube, type KubeObject } from "../../core/kube.ts";
import { isOurs } from "../../core/kube_owner.ts";
import { CLUSTER } from "../../core/pins.ts";
import { removeJobs } from "../images/claims.ts";
import type { KubePort } from "../../core/kube_port.ts";
import type { JobOperation } from "../../jobs/job.ts";
import { isOwn } from "../../plan/ownership.ts";
import type { Operation } from "../operation.ts";
import { DONE, type Outcome } from "../run.ts";
import { GONE } from "./remains.ts";
import { named, removeAll, untilGone } from "./removal.ts";

/** An object that unitune did not create, and what `destroy` does to it. */
export interface Guest {
  /** `Service default/web`. */
  readonly object: string;
  /** What becomes of it. */
  readonly effect: string;
}

/** What users have in the cluster that `destroy` would delete. */
export interface Guests {
  /** The objects, by kind. */
  readonly guests: readonly Guest[];
  /** Why the cluster could not be looked into; `null` if it could, or if there is none. */
  readonly trouble: string | null;
}

const EBS_DRIVER = "ebs.csi.aws.com";
/** Errors after which the deletion goes on without the cluster, or after the caller has been granted access. */
const UNKNOWN = ["KUBE_UNREACHABLE", "KUBE_UNAUTHORIZED", "KUBE_FORBIDDEN"] as const;

/** Looks at what users have in the cluster, if it is ours: the first step refuses any other. Changes nothing. */
export async function findGuests({ session, config }: Operation, deleteData: boolean): Promise<Guests> {
  const cluster = await session.cluster();
  if (!cluster || !isOwn(cluster.tags, config.name)) return { guests: [], trouble: null };
  try {
    const kube = await session.kube();
    const pools = (await kube.list(KINDS.nodePool)).filter(isForeign);
    const classes = (await kube.list(KINDS.nodeClass)).filter(isForeign);
    return {
      guests: [
        ...tell(await exposed(kube), "deleted with its load balancer"),
        ...tell(
          (await onDisks(kube)).filter(isForeign),
          deleteData ? "deleted with its disk" : "deleted with the cluster; its disk is kept",
        ),
        ...tell(pools, "deleted with its nodes"),
        ...tell(classes, "deleted"),
      ],
      trouble: null,
    };
  } catch (error) {
    if (hasCode(error, ...UNKNOWN)) return { guests: [], trouble: error.message };
    throw error;
  }
}

function isForeign(object: KubeObject): boolean {
  return !isOurs(object);
}

function tell(objects: readonly KubeObject[], effect: string): Guest[] {
  return objects.map((object) => ({ object: named(object), effect }));
}

/** Services and Ingresses with a load balancer. */
async function exposed(kube: KubePort): Promise<KubeObject[]> {
  const services = (await kube.list(KINDS.service)).filter((service) => service.spec?.type === "LoadBalancer");
  return [...services, ...await kube.list(KINDS.ingress)];
}

/** Claims whose volume is a disk of EBS. */
async function onDisks(kube: KubePort): Promise<readonly Kube<"PersistentVolumeClaim">[]> {
  const volumes = await kube.list(KINDS.persistentVolume);
  const disks = new Set(
    volumes.filter(({ spec }) => spec?.csi?.driver === EBS_DRIVER).map(({ metadata }) => metadata.name),
  );
  const claims = await kube.list(KINDS.persistentVolumeClaim);
  return claims.filter(({ spec }) => disks.has(spec?.volumeName ?? ""));
}

/** Deletes Services and Ingresses with a load balancer, and waits until their controllers have deleted those. */
export async function deleteExposed(context: JobOperation): Promise<Outcome> {
  return await deleteThem(() => exposed(context.kube), "load balancers to be deleted", context);
}

/** Deletes claims with their disks. Their pods have ended with the nodes. */
export async function deleteClaims(context: JobOperation): Promise<Outcome> {
  return await deleteThem(() => onDisks(context.kube), "claims to be deleted", context);
}

/** Deletes the claims of build caches, and waits until the driver has deleted their disks. */
export async function deleteCaches(context: JobOperation): Promise<Outcome> {
  for (const { kind, metadata: { name } } of await ownCaches(context.kube)) {
    if (kind === KINDS.persistentVolumeClaim.kind) await removeJobs(name, "all", context);
  }
  return await deleteThem(() => ownCaches(context.kube), "cache volumes to be deleted", context);
}

async function ownCaches(kube: KubePort): Promise<readonly KubeObject[]> {
  const isCache = (storageClassName: string | undefined) => storageClassName === CLUSTER.cacheStorageClass;
  const claims = await kube.list({ ...KINDS.persistentVolumeClaim, namespace: CLUSTER.buildNamespace });
  const volumes = await kube.list(KINDS.persistentVolume);
  return [
    ...claims.filter((claim) => isOurs(claim) && isCache(claim.spec?.storageClassName)),
    ...volumes.filter(({ spec }) =>
      isCache(spec?.storageClassName) && spec?.claimRef?.namespace === CLUSTER.buildNamespace
    ),
  ];
}

/** What a controller that is gone should release is left to the later steps, which find it by its tags. */
async function deleteThem(
  find: () => Promise<readonly KubeObject[]>,
  what: string,
  context: JobOperation,
): Promise<Outcome> {
  const found = await find();
  if (found.length === 0) return GONE;
  // A volume goes with its claim.
  await removeAll(found.filter(({ kind }) => kind !== KINDS.persistentVolume.kind), context);
  try {
    await untilGone(find, context, { what, hint: "", timeoutSeconds: 300, needsKarpenter: false });
    return { state: "done", detail: found.map(named).join(", ") };
  } catch (error) {
    if (!hasCode(error, "TIMEOUT")) throw error;
    const left = (await find()).map(named).join(", ");
    context.emit({ type: "warning", id: context.id, message: `going on although it still exists: ${left}` });
    return DONE;
  }
}

/**
 * StorageClasses, volumes and claims: most of their fields are immutable, so a different object replaces the existing
 * one. No data is lost: a volume only refers to its file system or bucket, and a class holds none.
 */
import { hasCode, UnituneError } from "../../core/errors.ts";
import { isA, KINDS, type KubeKind, type KubeObject, refOf } from "../../core/kube.ts";
import { isOurs } from "../../core/kube_owner.ts";
import type { Applied, KubePort } from "../../core/kube_port.ts";
import type { Clock } from "../../core/ports.ts";
import { isCache, removeJobs } from "../images/claims.ts";
import { removeObject } from "../../jobs/job.ts";
import type { PlannedObject } from "../../plan/changes.ts";
import type { Action } from "../../plan/types.ts";

const STORAGE: readonly string[] = [KINDS.storageClass, KINDS.persistentVolume, KINDS.persistentVolumeClaim]
  .map(({ kind }) => kind);

export function isStorage({ kind }: KubeKind): boolean {
  return STORAGE.includes(kind);
}

/** What an apply would do. A replacement counts as an update. */
export async function plannedStorage(object: KubeObject, kube: KubePort): Promise<PlannedObject> {
  const found = await ours(object, kube), replaced = { action: "update", replaced: true } as const;
  if (found && isSpent(found)) return replaced;
  return await attempt(object, kube, true) ?? replaced;
}

/** Applies the object. Deletes an existing one that cannot be updated to it first, and waits until that is gone. */
export async function applyStorage(
  object: KubeObject,
  kube: KubePort,
  waiting: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Action> {
  const found = await ours(object, kube), ref = refOf(object);
  const applied = found && isSpent(found) ? null : await attempt(object, kube, false);
  if (applied !== null) return applied.action;
  if (isCache(ref)) await removeJobs(ref.name, "ended", { ...waiting, kube });
  await removeObject(ref, { ...waiting, kube }, {
    timeoutSeconds: 900,
    what: `${object.kind} ${object.metadata.name} to be deleted before it is replaced`,
    hint: storageHint(object.kind),
  });
  await kube.apply(object);
  return "update";
}

/** What may block the deletion. */
export function storageHint(kind: string): string {
  return kind === "StorageClass"
    ? "kubectl describe storageclass shows what blocks that"
    : "Pods that mount it block that: delete them, then run the same command again";
}

/** `null` if the server refuses to update the existing object to this one. */
async function attempt(object: KubeObject, kube: KubePort, dryRun: boolean): Promise<Applied | null> {
  try {
    return await kube.apply(object, { dryRun });
  } catch (error) {
    if (hasCode(error, "KUBE_INVALID") && await kube.get(refOf(object))) return null;
    throw error;
  }
}

/** Whether the claim that a volume was bound to, or the volume of a claim, is gone: it is never bound again. */
function isSpent(object: KubeObject): boolean {
  if (isA(object, KINDS.persistentVolume)) return ["Released", "Failed"].includes(object.status?.phase ?? "");
  return isA(object, KINDS.persistentVolumeClaim) && object.status?.phase === "Lost";
}

/** The existing object, if unitune created it; any other is refused, whatever its fields are. */
async function ours(object: KubeObject, kube: KubePort): Promise<KubeObject | null> {
  const found = await kube.get(refOf(object));
  if (!found || isOurs(found)) return found;
  const { kind, metadata: { name, namespace } } = object, where = namespace ? `${namespace}/${name}` : name;
  throw new UnituneError(
    "KUBE_NOT_OURS",
    `Cannot apply ${kind} ${where} as unitune did not create the existing one`,
    {
      path: kind === "StorageClass" ? "storage.ebs" : `storage ${name}`,
      hint: kind === "StorageClass"
        ? `kubectl describe storageclass ${name} shows it; delete it, or omit storage.ebs`
        : "Rename the volume in storage, or delete the object: kubectl describe shows what it is",
    },
  );
}

/**
 * StorageClasses, volumes and claims: most of their fields never change, so a different one takes the place of what is
 * there. No data goes with them: volumes are kept by what they name, and a class is none.
 */
import { hasCode, UnituneError } from "../../core/errors.ts";
import { CLUSTER } from "../../core/pins.ts";
import { isA, KINDS, type KubeKind, type KubeObject, refOf } from "../../core/kube.ts";
import type { KubePort } from "../../core/kube_port.ts";
import type { Clock } from "../../core/ports.ts";
import { removeObject } from "../../jobs/job.ts";
import type { Action } from "../../plan/types.ts";

const STORAGE: readonly string[] = [KINDS.storageClass, KINDS.persistentVolume, KINDS.persistentVolumeClaim]
  .map(({ kind }) => kind);

export function isStorage({ kind }: KubeKind): boolean {
  return STORAGE.includes(kind);
}

/** What an apply would do; one that takes the place of another is an update. */
export async function plannedStorage(object: KubeObject, kube: KubePort): Promise<Action> {
  const found = await ours(object, kube);
  if (found && isSpent(found)) return "update";
  const action = await attempt(object, kube, true);
  return action ?? "update";
}

/** Applies it; takes away what cannot become it first, and waits until that is gone. */
export async function applyStorage(
  object: KubeObject,
  kube: KubePort,
  waiting: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Action> {
  const found = await ours(object, kube), ref = refOf(object);
  const action = found && isSpent(found) ? null : await attempt(object, kube, false);
  if (action !== null) return action;
  await removeObject(ref, { ...waiting, kube }, {
    timeoutSeconds: 900,
    what: `${object.kind} ${object.metadata.name} to go, as another takes its place`,
    hint: storageHint(object.kind),
  });
  await kube.apply(object);
  return "update";
}

/** What keeps one of them from going. */
export function storageHint(kind: string): string {
  return kind === "StorageClass"
    ? "kubectl describe storageclass tells what holds it"
    : "Pods that mount it hold it: end them, then run the same command again";
}

/** `null`: the server refuses to change what is there into this. */
async function attempt(object: KubeObject, kube: KubePort, dryRun: boolean): Promise<Action | null> {
  try {
    return (await kube.apply(object, { dryRun })).action;
  } catch (error) {
    if (hasCode(error, "KUBE_INVALID") && await kube.get(refOf(object))) return null;
    throw error;
  }
}

/** The claim that a volume was bound to, or the volume of a claim, is gone: neither is ever bound again. */
function isSpent(object: KubeObject): boolean {
  if (isA(object, KINDS.persistentVolume)) return ["Released", "Failed"].includes(object.status?.phase ?? "");
  return isA(object, KINDS.persistentVolumeClaim) && object.status?.phase === "Lost";
}

/** What is there, if it is unitune's; another's is refused, whatever its fields are. */
async function ours(object: KubeObject, kube: KubePort): Promise<KubeObject | null> {
  const found = await kube.get(refOf(object));
  if (!found || found.metadata.labels?.[CLUSTER.managedByLabel] === CLUSTER.managedBy) return found;
  const { kind, metadata: { name, namespace } } = object, where = namespace ? `${namespace}/${name}` : name;
  throw new UnituneError(
    "KUBE_NOT_OURS",
    `Cannot apply ${kind} ${where} as one that unitune did not create has this name`,
    {
      path: kind === "StorageClass" ? "storage.ebs" : `storage ${name}`,
      hint: kind === "StorageClass"
        ? `kubectl describe storageclass ${name} shows it; remove it, or leave storage.ebs out`
        : "Give the volume another name in storage, or remove the object: kubectl describe shows what it is",
    },
  );
}

/** Kubernetes objects of the config: rendered from the deployment's outputs, applied, and deleted when dropped. */
import { CLUSTER, KARPENTER } from "../../core/pins.ts";
import type { KubeKind, KubeRef, KubeSelector } from "../../core/ports.ts";
import { waitUntil } from "../../core/wait.ts";
import { refOf } from "../../core/kube.ts";
import { type JobOperation, removeObject } from "../../jobs/job.ts";
import { objectId } from "../../plan/changes.ts";
import type { Action } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";
import { requirePlacementGroup } from "./placement.ts";
import { applyStorage, isStorage, storageHint } from "./storage.ts";

/** Applies the object with this id. It may have been planned before the outputs were known, so it is rendered now. */
export async function applyObject(id: string, operation: Operation): Promise<Action> {
  const { session, objects, config, ports: { clock }, signal } = operation;
  const deployed = await session.requireDeployed(), kube = await session.kube();
  const found = objects.cluster(deployed).find((object) => objectId(refOf(object)) === id)!;
  if (found.kind === "EC2NodeClass") requirePlacementGroup(found.metadata.name, config, deployed);
  return isStorage(found) ? await applyStorage(found, kube, { clock, signal }) : (await kube.apply(found)).action;
}

/** Deletes an object that the config no longer declares, and waits until it is gone. */
export async function deleteStale(ref: KubeRef, context: JobOperation): Promise<void> {
  await removeObject(ref, context, {
    timeoutSeconds: 900,
    hint: isStorage(ref) ? storageHint(ref.kind) : "Its nodes drain first: a do-not-disrupt pod blocks that",
  });
}

/** Deletes the objects of a kind that unitune created, and waits until they and their dependants are gone. */
export async function deleteKind(
  of: KubeKind,
  dependants: KubeKind | null,
  { kube, clock, signal }: JobOperation,
): Promise<boolean> {
  const ours: KubeSelector = { ...of, labels: `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}` };
  const found = await kube.list(ours);
  for (const { metadata: { name, namespace } } of found) {
    await kube.remove({ ...of, name, ...(namespace && { namespace }) });
  }
  await waitUntil(async () => (await kube.list(ours)).length === 0, {
    clock,
    signal,
    timeoutSeconds: 900,
    what: `${plural(of)} to be deleted`,
    hint: `kubectl describe ${of.kind.toLowerCase()} shows what blocks that`,
  });
  const owners = new Set(found.map(({ metadata }) => metadata.name));
  const left = async (kind: KubeKind) =>
    (await kube.list(kind)).filter(({ metadata: { labels } }) => {
      return owners.has(labels?.[KARPENTER.poolLabel] ?? "");
    });
  if (dependants) {
    await waitUntil(async () => (await left(dependants)).length === 0, {
      clock,
      signal,
      timeoutSeconds: 1200,
      what: `${plural(dependants)} to be deleted`,
      hint: "Their nodes drain first: a do-not-disrupt pod blocks that",
    });
  }
  return found.length > 0;
}

/** `NodePools`, `EC2NodeClasses`. */
export function plural({ kind }: KubeKind): string {
  return `${kind}${kind.endsWith("s") ? "es" : "s"}`;
}

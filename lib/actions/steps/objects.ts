/** Kubernetes objects of the config: rendered from the deployment's outputs, applied, and deleted when dropped. */
import { type KubeRef, refOf } from "../../core/kube.ts";
import { type JobOperation, removeObject } from "../../jobs/job.ts";
import { objectId } from "../../plan/changes.ts";
import type { Action } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";
import { isCache, removeJobs } from "../images/claims.ts";
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
  if (isCache(ref)) {
    await removeJobs(ref.name, "ended", context);
    // A build that still runs has it to its end: no reason to wait.
    await context.kube.remove(ref);
    return;
  }
  await removeObject(ref, context, {
    timeoutSeconds: 900,
    hint: isStorage(ref) ? storageHint(ref.kind) : "Its nodes drain first: a do-not-disrupt pod blocks that",
  });
}

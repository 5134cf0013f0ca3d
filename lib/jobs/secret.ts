/** A Job's secret values in the cluster: one Secret, named after its Job and owned by it, so that both are deleted. */
import { Buffer } from "node:buffer";
import { hasCode, messageOf } from "../core/errors.ts";
import { KINDS, type Kube, type KubeRef } from "../core/kube.ts";
import { isOurs, notOurs } from "../core/kube_owner.ts";
import type { SecretValue } from "../core/secrets.ts";
import { type JobName, type JobOperation, removeObject } from "./job.ts";

/** Creates the Secret of a suspended Job, unless it has one, and resumes the Job. */
export async function completeJob(
  job: Kube<"Job">,
  values: () => Promise<readonly SecretValue[]>,
  context: JobOperation,
): Promise<void> {
  const ref = secretRef(job.metadata), found = await context.kube.get(ref), isOwn = found && isSecretOf(found, job);
  // A Secret of this name that belongs to an earlier Job.
  if (found && !isOurs(found)) throw notOurs(found, "Cannot replace");
  if (found && !isOwn) await removeObject(ref, context);
  if (!isOwn) {
    await context.kube.create(secretObject(job, await values())).catch(async (error) => {
      if (!hasCode(error, "KUBE_ALREADY_EXISTS")) throw error;
      // Another run is completing the same Job. A Secret of another client would be used in the place of ours.
      const other = await context.kube.get(ref);
      if (!other || !isSecretOf(other, job)) throw error;
    });
  }
  const { apiVersion, kind, metadata: { name, namespace } } = job;
  await context.kube.apply({
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { suspend: false },
  });
}

/** An ended Job no longer needs the values, although it is kept for a while. They are deleted with it in any case. */
export async function deleteSecret(job: JobName, context: JobOperation): Promise<void> {
  await context.kube.remove(secretRef(job)).catch((error) => {
    context.emit({ type: "warning", id: context.id, message: `Cannot delete Secret ${job.name}: ${messageOf(error)}` });
  });
}

/** `job` as the API server returned it: its uid makes it the owner. */
function secretObject(job: Kube<"Job">, values: readonly SecretValue[]): Kube<"Secret"> {
  const { apiVersion, kind, metadata: { name, namespace, labels, uid = "" } } = job;
  return {
    ...KINDS.secret,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      // The Job is gone only when its Secret is, so a later Job of this name cannot find the old one.
      ownerReferences: [{ apiVersion, kind, name, uid, controller: false, blockOwnerDeletion: true }],
    },
    immutable: true,
    type: "Opaque",
    data: Object.fromEntries(values.map(({ id, value }) => [id, Buffer.from(value).toString("base64")])),
  };
}

/** Whether the Secret belongs to this Job, and not to an earlier one of the same name. */
function isSecretOf(secret: Kube<"Secret">, job: Kube<"Job">): boolean {
  return secret.metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid) ?? false;
}

function secretRef({ name, namespace }: Pick<KubeRef, "name" | "namespace">) {
  return { ...KINDS.secret, name, namespace };
}

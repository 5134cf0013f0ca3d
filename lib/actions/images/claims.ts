/** The claims of cache volumes, and the Jobs that mount them: even a pod that has ended keeps a claim from going. */
import { KINDS, type Kube, type KubeRef } from "../../core/kube.ts";
import { CLUSTER } from "../../core/pins.ts";
import { type JobOperation, jobRef, jobState, removeObject } from "../../jobs/job.ts";

const namespace = CLUSTER.buildNamespace;
type Cluster = Pick<JobOperation, "kube" | "clock" | "signal">;

/** Whether it is the claim of a cache volume. */
export function isCache(ref: KubeRef): boolean {
  return ref.kind === KINDS.persistentVolumeClaim.kind && ref.namespace === namespace;
}

/** The Jobs that mount the claim. */
export async function jobsWith(claim: string, { kube }: Cluster): Promise<readonly Kube<"Job">[]> {
  const labels = `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`;
  const jobs = await kube.list({ ...KINDS.job, namespace, labels });
  return jobs.filter((job) =>
    job.spec?.template.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName === claim)
  );
}

/** Deletes the Jobs that would hold the claim until they expire: those that have ended, or all. */
export async function removeJobs(claim: string, which: "ended" | "all", context: Cluster): Promise<void> {
  const jobs = (await jobsWith(claim, context)).filter((job) => which === "all" || jobState(job) !== "running");
  await Promise.all(jobs.map(({ metadata: { name } }) => removeObject(jobRef({ name, namespace }), context)));
}

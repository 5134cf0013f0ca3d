/** A build's secrets in the cluster: one Secret, named after its Job and owned by it, so that it goes with it. */
import { Buffer } from "node:buffer";
import type { Mount } from "../core/pods.ts";
import type { KubeObject } from "../core/ports.ts";

/** A secret with its value: held in memory, handed to the API server, and never written anywhere else. */
export interface SecretValue {
  readonly id: string;
  readonly value: Uint8Array;
}

/** BuildKit takes no larger one. */
export const MAX_SECRET_BYTES: number = 500 * 1024;
/** What a Secret of Kubernetes holds in all. */
export const MAX_SECRETS_BYTES: number = 2 ** 20;

const FOLDER = "/unitune/secrets";

/** `job` as the API server made it: its uid makes it the owner. */
export function secretObject(job: KubeObject, values: readonly SecretValue[]): KubeObject {
  const { apiVersion, kind, metadata: { name, namespace, labels, uid = "" } } = job;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      // The Job is gone only when its Secret is: a Job made anew under this name finds none of the old one.
      ownerReferences: [{ apiVersion, kind, name, uid, controller: false, blockOwnerDeletion: true }],
    },
    immutable: true,
    type: "Opaque",
    data: Object.fromEntries(values.map(({ id, value }) => [id, Buffer.from(value).toString("base64")])),
  };
}

/** Is it this very Job's, and not that of one before it? */
export function isSecretOf(secret: KubeObject, job: KubeObject): boolean {
  return secret.metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid) ?? false;
}

/** Arguments of `buildctl`: ids and files, no values. */
export function secretArgs(ids: readonly string[]): string[] {
  return ids.map((id) => `--secret=id=${id},src=${FOLDER}/${id}`);
}

/** The Secret as a volume, and where the one container that needs it finds it. */
export function secretMount(jobName: string): Mount {
  return {
    // One container mounts it, whose user is root or uid 1000; its files are root's.
    volume: { name: "secrets", secret: { secretName: jobName, defaultMode: 0o444 } },
    mount: { name: "secrets", mountPath: FOLDER, readOnly: true },
  };
}

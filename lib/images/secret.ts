/** A build's secrets as BuildKit takes them: files, from the Secret that is named after the Job. */
import type { Mount } from "../core/pods.ts";

/** BuildKit takes no larger one. */
export const MAX_SECRET_BYTES: number = 500 * 1024;
/** What a Secret of Kubernetes holds in all. */
export const MAX_SECRETS_BYTES: number = 2 ** 20;

const FOLDER = "/unitune/secrets";

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

/** A build's secrets as BuildKit takes them: files, from the Secret that is named after the Job. */
import type { Mount } from "../core/pods.ts";

/** The largest secret that BuildKit accepts. */
export const MAX_SECRET_BYTES: number = 500 * 1024;
/** How much a Secret of Kubernetes holds. */
export const MAX_SECRETS_BYTES: number = 2 ** 20;

const FOLDER = "/unitune/secrets";

/** Arguments of `buildctl`: ids and files, never values. */
export function secretArgs(ids: readonly string[]): string[] {
  return ids.map((id) => `--secret=id=${id},src=${FOLDER}/${id}`);
}

/** The Secret as a volume, mounted by the one container that needs it. */
export function secretMount(jobName: string): Mount {
  return {
    // Its files belong to root, and the container's user may be uid 1000: everyone may read them.
    volume: { name: "secrets", secret: { secretName: jobName, defaultMode: 0o444 } },
    mount: { name: "secrets", mountPath: FOLDER, readOnly: true },
  };
}

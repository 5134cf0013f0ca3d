/** Files whose owners do not exist in the builder's user namespace, found in the log of a failed build. */
import type { Isolation } from "../../../plan/types.ts";

/** The user namespaces of pods and those of rootless BuildKit have 65536 ids. */
const LAST_ID = 65_535;

/** What BuildKit 0.34, runc and common programs write when the kernel rejects an unknown id (EINVAL). */
const SIGNS: readonly RegExp[] = [
  // A layer is unpacked (containerd).
  /failed to Lchown ".*" for UID (\d+), GID (\d+): .*invalid argument/,
  // COPY --chown, and WORKDIR after USER.
  /lchown \S+: invalid argument/,
  // RUN after USER.
  /unable to setup user: .*invalid argument/,
  // RUN chown, of busybox and of coreutils; RUN tar.
  /^(?:#\d+ )?(?:\d+\.\d+ )?chown: .*: Invalid argument$/m,
  /Cannot change ownership to uid (\d+), gid (\d+): Invalid argument/,
];

interface LackingOwner {
  /** Why the build failed. */
  readonly why: string;
  readonly hint: string;
}

/** `null` when the builder has every id, or the log shows no missing one. */
export function lackingOwner(log: string, isolation: Isolation): LackingOwner | null {
  if (isolation === "privileged") return null;
  const found = SIGNS.map((sign) => sign.exec(log)).find((match) => match !== null);
  if (!found) return null;
  const id = found.slice(1).map(Number).find((one) => one > LAST_ID);
  return {
    why: `a file or user has ${id === undefined ? "an id" : `id ${id}`}, but a build has only the ids 0 to ${LAST_ID}`,
    hint: `Set builder: { isolation: "privileged" }, or use ids up to ${LAST_ID} in the base image and the Dockerfile`,
  };
}

/** Files of owners that the builder's user namespace does not have, as the log of a failed build tells of them. */
import type { Isolation } from "../../../plan/types.ts";

/** User namespaces of pods, and those that rootless BuildKit makes, have 65536 ids. */
const LAST_ID = 65_535;

/** What BuildKit 0.34, its runc and the usual programs of a step say when the kernel knows no such id (EINVAL). */
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
  /** Why it failed, and what to do. */
  readonly why: string;
  readonly hint: string;
}

/** `null` where the builder has every id, or the log tells of none that it lacks. */
export function lackingOwner(log: string, isolation: Isolation): LackingOwner | null {
  if (isolation === "privileged") return null;
  const found = SIGNS.map((sign) => sign.exec(log)).find((match) => match !== null);
  if (!found) return null;
  const id = found.slice(1).map(Number).find((one) => one > LAST_ID);
  return {
    why: `a file or user has ${id === undefined ? "an id" : `id ${id}`}, and builds have the ids 0 to ${LAST_ID}`,
    hint:
      `Write builder: { isolation: "privileged" }, or use ids up to ${LAST_ID} in the base image and the Dockerfile`,
  };
}

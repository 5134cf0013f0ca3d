/** What each isolation of BuildKit requires of its pod, as in BuildKit's `examples/kubernetes`, and nothing more. */
import type { Container, PodSpec } from "../../../core/pods.ts";
import type { Isolation } from "../../../plan/types.ts";

interface IsolatedPod {
  /** Fields of the pod. */
  readonly pod: Partial<PodSpec>;
  readonly securityContext: NonNullable<Container["securityContext"]>;
  /** Flags of the daemon. */
  readonly flags: readonly string[];
  /** Where the daemon keeps its state. */
  readonly state: string;
}

export function isolatedPod(isolation: Isolation): IsolatedPod {
  switch (isolation) {
    case "userns":
      // Privileged only within the pod's user namespace, which owns nothing of the node. Otherwise /proc would be masked,
      // and no step could have a /proc of its own, the process sandbox.
      return { pod: { hostUsers: false }, securityContext: { privileged: true }, flags: [], state: ROOTS };
    case "rootless":
      return { pod: {}, securityContext: UNCONFINED, flags: ["--oci-worker-no-process-sandbox"], state: USERS };
    case "privileged":
      return { pod: {}, securityContext: { privileged: true }, flags: [], state: ROOTS };
    default:
      return isolation satisfies never;
  }
}

const ROOTS = "/var/lib/buildkit", USERS = "/home/user/.local/share/buildkit";

/** uid 1000, in user namespaces that BuildKit creates: seccomp and AppArmor would deny its mounts there. */
const UNCONFINED = {
  runAsUser: 1000,
  runAsGroup: 1000,
  seccompProfile: { type: "Unconfined" },
  appArmorProfile: { type: "Unconfined" },
};

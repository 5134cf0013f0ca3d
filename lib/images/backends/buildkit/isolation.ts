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
  /** The user that the daemon runs as, in the pod. */
  readonly uid: number;
}

export function isolatedPod(isolation: Isolation): IsolatedPod {
  switch (isolation) {
    case "userns":
      // Privileged only within the pod's user namespace, which owns nothing of the node. Otherwise /proc would be masked,
      // and no step could have a /proc of its own, the process sandbox.
      return { pod: { hostUsers: false }, securityContext: { privileged: true }, flags: [], state: ROOTS, uid: 0 };
    case "rootless":
      return {
        pod: {},
        securityContext: UNCONFINED,
        flags: ["--oci-worker-no-process-sandbox"],
        state: USERS,
        uid: UID,
      };
    case "privileged":
      return { pod: {}, securityContext: { privileged: true }, flags: [], state: ROOTS, uid: 0 };
    default:
      return isolation satisfies never;
  }
}

const ROOTS = "/var/lib/buildkit", USERS = "/home/user/.local/share/buildkit";

const UID = 1000;

/** In user namespaces that BuildKit creates: seccomp and AppArmor would deny its mounts there. */
const UNCONFINED = {
  runAsUser: UID,
  runAsGroup: UID,
  seccompProfile: { type: "Unconfined" },
  appArmorProfile: { type: "Unconfined" },
};

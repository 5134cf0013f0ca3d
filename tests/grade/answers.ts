/** Findings that are not followed, each with its reason. An answer that nothing asks for any more fails the test. */

const PUBLIC_PARAMETERS =
  "AWS's public parameters belong to no account, which parliament's pattern of their ARN does not know";

const GROUPS_AND_RULES =
  "A security group and its rules have statements of their own, as only groups have tags; parliament wants each kind in " +
  "each statement";

/** parliament: `<policy> <issue>`. */
export const PARLIAMENT: Readonly<Record<string, string>> = {
  "KarpenterNodeLifecyclePolicy RESOURCE_MISMATCH":
    "Karpenter's official statements share RunInstances and CreateFleet out by kind of resource, so that conditions can " +
    "differ; parliament wants every kind in each statement",
  "KarpenterResourceDiscoveryPolicy RESOURCE_MISMATCH": PUBLIC_PARAMETERS,
  "bootstrap-0 RESOURCE_MISMATCH": GROUPS_AND_RULES,
  "cloudformation-0 RESOURCE_MISMATCH": GROUPS_AND_RULES,
  "plan-0 RESOURCE_MISMATCH": PUBLIC_PARAMETERS,
  "apply-0 RESOURCE_MISMATCH": PUBLIC_PARAMETERS,
  "apply-0 RESOURCE_POLICY_PRIVILEGE_ESCALATION":
    "CloudFormation makes the bootstrap's bucket and its policy with the caller's rights, where there is none yet",
};

/** kube-score: `<kind> <check>`. */
export const KUBE_SCORE: Readonly<Record<string, string>> = {
  "Job container-resources":
    "A limit of CPUs would slow a build on a node that nobody else uses; what it writes and holds depends on the Dockerfile",
  "Job container-ephemeral-storage-request-and-limit":
    "What a build writes depends on the Dockerfile; the node has a disk for it",
  "Job container-image-pull-policy": "Images are pinned by exact version: pulling them again brings the same",
  "Job container-security-context-privileged":
    "BuildKit is privileged over the user namespace of its pod (hostUsers: false), and nobody on the node",
  "Job container-security-context-user-group-id":
    "The ids are those that the images are made for: BuildKit's rootless is 1000",
  "Job container-security-context-readonlyrootfilesystem": "BuildKit's rootless image writes to its own home",
  "Job pod-networkpolicy": "A build reaches whatever its Dockerfile names; nothing listens in its pod",
  "DaemonSet container-resources": "A limit of CPUs would slow the kubelet's view of its devices for nothing",
  "DaemonSet container-image-pull-policy": "Images are pinned by exact version: pulling them again brings the same",
  "DaemonSet container-security-context-privileged":
    "EFA's plugin looks at the node's devices and network, as root of the node, as EKS's own chart runs it since v0.5.9",
  "DaemonSet container-security-context-readonlyrootfilesystem": "EFA's plugin is run as EKS's own chart runs it",
  "DaemonSet container-security-context-user-group-id":
    "A device plugin registers at the kubelet's socket, which is root's",
  "DaemonSet pod-networkpolicy": "A device plugin speaks with the kubelet over a socket of its node alone",
};

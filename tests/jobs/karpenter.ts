/** What Karpenter, EC2 and the scheduler leave in a cluster while a pod waits: objects and events as they write them. */
import { KINDS, type Kube, type KubeMetadata, type KubeObject } from "../../lib/core/kube.ts";

export const BEGAN = "2026-11-24T00:00:00Z";
/** `at(90)`: a minute and a half after the pod was made. */
export const at = (seconds: number): string => new Date(Date.parse(BEGAN) + seconds * 1000).toISOString();

const conditions = (all: Readonly<Record<string, readonly [string, string?, string?]>>) =>
  Object.entries(all).map(([type, [status, reason = type, message = ""]]) => {
    return { type, status, reason, message, observedGeneration: 1 };
  });

const CLASS: Kube<"EC2NodeClass">["spec"] = {
  amiSelectorTerms: [{ alias: "bottlerocket@v1.50.0" }],
  subnetSelectorTerms: [],
  securityGroupSelectorTerms: [],
  blockDeviceMappings: [],
  metadataOptions: {
    httpEndpoint: "enabled",
    httpProtocolIPv6: "disabled",
    httpPutResponseHopLimit: 1,
    httpTokens: "required",
  },
  tags: {},
};

/** A pod of a Job that has no node. */
export function waitingPod(name = "trainer-1", job = "trainer"): Kube<"Pod"> {
  return {
    ...KINDS.pod,
    metadata: {
      name,
      namespace: "unitune-build",
      uid: `uid-${name}`,
      creationTimestamp: BEGAN,
      labels: { "batch.kubernetes.io/job-name": job },
    },
    status: {
      phase: "Pending",
      conditions: [{
        type: "PodScheduled",
        status: "False",
        reason: "Unschedulable",
        message: "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes",
      }],
    },
  };
}

export function nodeClass(name: string, more: Parameters<typeof conditions>[0] = {}): Kube<"EC2NodeClass"> {
  const all = { AMIsReady: ["True"], SubnetsReady: ["True"], Ready: ["True"], ...more } as const;
  return {
    ...KINDS.nodeClass,
    metadata: { name, generation: 1, labels: { "app.kubernetes.io/managed-by": "unitune" } },
    spec: CLASS,
    status: { conditions: conditions(all) },
  };
}

export function nodePool(name: string, more: Parameters<typeof conditions>[0] = {}): Kube<"NodePool"> {
  const all = { ValidationSucceeded: ["True"], NodeClassReady: ["True"], Ready: ["True"], ...more } as const;
  return {
    ...KINDS.nodePool,
    metadata: { name, generation: 1, labels: { "app.kubernetes.io/managed-by": "unitune" } },
    spec: {
      template: {
        spec: {
          nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name },
          requirements: [
            { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
            { key: "karpenter.k8s.aws/instance-category", operator: "In", values: ["c", "m", "r"] },
          ],
        },
      },
    },
    status: { conditions: conditions(all) },
  };
}

export function claim(
  name: string,
  pool: string,
  all: Parameters<typeof conditions>[0],
  more: {
    status?: Partial<Kube<"NodeClaim">["status"]>;
    metadata?: Partial<KubeMetadata>;
    labels?: Record<string, string>;
  } = {},
): Kube<"NodeClaim"> {
  const labels = { "karpenter.sh/nodepool": pool, ...more.labels };
  return {
    ...KINDS.nodeClaim,
    metadata: { name, generation: 1, creationTimestamp: at(1), labels, ...more.metadata },
    status: { conditions: conditions(all), ...more.status },
  };
}

export const LAUNCHING = { Launched: ["Unknown", "AwaitingReconciliation"] } as const;
export const INSTANCE = {
  labels: { "node.kubernetes.io/instance-type": "c6i.large", "topology.kubernetes.io/zone": "us-west-2a" },
  status: { providerID: "aws:///us-west-2a/i-0123456789abcdef0", nodeName: "ip-10-0-1-10" },
};

/** An event as Karpenter's recorder writes it. */
export function event(about: KubeObject, reason: string, message: string, seconds: number): Kube<"Event"> {
  const { apiVersion, kind, metadata: { name, namespace, uid } } = about;
  return {
    ...KINDS.event,
    metadata: { name: `${name}.${reason}.${seconds}`, namespace: namespace ?? "default" },
    involvedObject: {
      apiVersion,
      kind,
      name,
      ...(namespace !== undefined && { namespace }),
      uid: uid ?? `uid-${name}`,
    },
    reason,
    message,
    source: { component: "karpenter" },
    firstTimestamp: at(seconds),
    lastTimestamp: at(seconds),
  };
}

/** Karpenter's leader, and its lease. */
export function controllers(
  status: NonNullable<Kube<"Pod">["status"]> = { conditions: [{ type: "Ready", status: "True" }] },
) {
  const metadata = { name: "karpenter-a", namespace: "kube-system", labels: { "app.kubernetes.io/name": "karpenter" } };
  const pod: Kube<"Pod"> = { ...KINDS.pod, metadata, status };
  const lease: Kube<"Lease"> = {
    ...KINDS.lease,
    metadata: { name: "karpenter-leader-election", namespace: "kube-system" },
    spec: { holderIdentity: "karpenter-a_1" },
  };
  return { controllers: [pod], lease };
}

export function refusal(name: string, errors: string, seconds: number): Kube<"Event"> {
  const message = `NodeClaim ${name} event: creating instance, insufficient capacity, with fleet error(s), ${errors}`;
  return event(claim(name, "builder", {}), "InsufficientCapacityError", message, seconds);
}

export const NO_CAPACITY =
  "InsufficientInstanceCapacity: We currently do not have sufficient c6i.large capacity in the Availability Zone you " +
  "requested (us-west-2a).";

/** What a NodeClaim says about the machine that joins for it. Pure. */
import type { KubernetesObject } from "./api.ts";
import type { Identity, Taint } from "./node.ts";

export interface NodeClaim extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly uid: string };
  readonly spec: { readonly taints?: readonly Taint[]; readonly startupTaints?: readonly Taint[] };
  readonly status?: {
    readonly providerID?: string;
    readonly nodeName?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly allocatable?: Readonly<Record<string, string>>;
  };
}

export const unregistered: Taint = { key: "karpenter.sh/unregistered", effect: "NoExecute" };

/** `aws:///us-west-2a/i-0abc` → `i-0abc`. */
export function instanceId(claim: NodeClaim): string {
  return claim.status?.providerID?.split("/").at(-1) ?? "";
}

/** The lab's machine can be what the claim describes: 64-bit Intel or AMD, without accelerators. */
export function isPlain(claim: NodeClaim): boolean {
  if ((claim.metadata.labels?.["kubernetes.io/arch"] ?? "amd64") !== "amd64") return false;
  const special = ["nvidia.com/gpu", "amd.com/gpu", "aws.amazon.com/neuron", "vpc.amazonaws.com/efa"];
  return special.every((name) => Number(claim.status?.capacity?.[name] ?? "0") === 0);
}

export function identityOf(claim: NodeClaim, name: string): Identity {
  const labels = Object.fromEntries(
    Object.entries(claim.metadata.labels ?? {}).filter(([key]) => key !== "kubernetes.io/hostname"),
  );
  return {
    name,
    providerId: claim.status?.providerID ?? "",
    labels,
    taints: [...(claim.spec.taints ?? []), ...(claim.spec.startupTaints ?? []), unregistered],
  };
}

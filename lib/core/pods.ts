/** What a pod's status says about its containers. */
import { conditionIs } from "./conditions.ts";
import type { Kube } from "./kube.ts";

type Statuses = NonNullable<NonNullable<Kube<"Pod">["status"]>["containerStatuses"]>;

/** The status of a container. */
export type ContainerStatus = Statuses[number];

/** First of the init containers, then of the others. */
export function containerStatuses({ status }: Pick<Kube<"Pod">, "status">): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** What a pod runs, and where. */
export type PodSpec = NonNullable<Kube<"Pod">["spec"]>;

export type Container = PodSpec["containers"][number];

export type VolumeMount = NonNullable<Container["volumeMounts"]>[number];

/** A volume of a pod, and where a container mounts it. */
export interface Mount {
  readonly volume: NonNullable<PodSpec["volumes"]>[number];
  readonly mount: VolumeMount;
}

/** What ended a pod, other than its own program. */
export type PodEnd =
  /** A container used more memory than its limit. */
  | { readonly kind: "memory" }
  /** Kubelet evicted it: it wrote more than its limit, or its node ran out of the resource. */
  | { readonly kind: "evicted"; readonly resource: string; readonly own: boolean }
  /** Its node was lost, drained or taken back. */
  | { readonly kind: "disrupted"; readonly reason: string };

/** `null` if the program ended by itself, or the status does not tell. */
export function podEnd(pod: Kube<"Pod">): PodEnd | null {
  const { reason = "", message = "" } = pod.status ?? {};
  if (reason === "Evicted") {
    // In kubelet's words (pkg/kubelet/eviction/helpers.go of 1.35).
    const low = /The node was low on resource: (\S+?)\. /.exec(message)?.[1];
    return { kind: "evicted", resource: low ?? "ephemeral-storage", own: low === undefined };
  }
  const disrupted = conditionIs(pod, "DisruptionTarget", "True");
  if (disrupted) return { kind: "disrupted", reason: disrupted.reason };
  if (reason === "NodeLost" || reason === "NodeShutdown") return { kind: "disrupted", reason };
  const killed = containerStatuses(pod).some(({ state }) => state?.terminated?.reason === "OOMKilled");
  return killed ? { kind: "memory" } : null;
}

/** What a pod's status says about its containers. */
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

/** What a pod's status says of its containers. */
import type { KubeObject } from "./ports.ts";

export interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: unknown;
    readonly terminated?: { readonly exitCode: number; readonly message?: string; readonly reason?: string };
  };
  readonly lastState?: ContainerStatus["state"];
}

/** Of its init containers, then of the others. */
export function containerStatuses(pod: KubeObject): ContainerStatus[] {
  return [...(pod["status"]?.initContainerStatuses ?? []), ...(pod["status"]?.containerStatuses ?? [])];
}

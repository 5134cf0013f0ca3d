/** Karpenter's own pods, and the lease of the one that leads. */
import { CLUSTER } from "../core/pins.ts";
import type { KubeObject, KubePort } from "../core/ports.ts";

export interface Controllers {
  readonly controllers: readonly KubeObject[];
  readonly lease: KubeObject | null;
}

export async function readControllers(kube: KubePort): Promise<Controllers> {
  const namespace = CLUSTER.karpenterNamespace;
  const [controllers, lease] = await Promise.all([
    kube.list({ apiVersion: "v1", kind: "Pod", namespace, labels: "app.kubernetes.io/name=karpenter" }),
    kube.get({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", name: "karpenter-leader-election", namespace }),
  ]);
  return { controllers, lease };
}

/** Kubernetes objects, as tests look at them and make them. */
import type { Kube } from "../lib/core/kube.ts";
import type { ContainerStatus } from "../lib/core/pods.ts";

/** The objects of a kind, in their order. */
export function ofKind<K extends Kube["kind"]>(objects: readonly Kube[], kind: K): Kube<K>[] {
  return objects.filter((object): object is Kube<K> => object.kind === kind);
}

/** How a container is, as far as a test says it. */
export function containerStatus(
  name: string,
  state: NonNullable<ContainerStatus["state"]>,
  more: Partial<ContainerStatus> = {},
): ContainerStatus {
  return { name, image: "", imageID: "", ready: false, restartCount: 0, state, ...more };
}

/** The variables of a container, by name. */
export function envOf({ env = [] }: { readonly env?: readonly { readonly name: string; readonly value?: string }[] }) {
  return Object.fromEntries(env.map(({ name, value = "" }) => [name, value]));
}

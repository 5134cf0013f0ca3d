/** Objects of a kind, in their order. */
import type { Kube } from "../lib/core/kube.ts";

export function ofKind<K extends Kube["kind"]>(objects: readonly Kube[], kind: K): Kube<K>[] {
  return objects.filter((object): object is Kube<K> => object.kind === kind);
}

/** The variables of a container, by name. */
export function envOf({ env = [] }: { readonly env?: readonly { readonly name: string; readonly value?: string }[] }) {
  return Object.fromEntries(env.map(({ name, value = "" }) => [name, value]));
}

/** Whose an object of the cluster is: unitune's label decides, never the name. */
import { UnituneError } from "./errors.ts";
import type { KubeObject, KubeRef } from "./kube.ts";
import { CLUSTER } from "./pins.ts";

/** Did unitune create it? */
export function isOurs({ metadata }: Pick<KubeObject, "metadata">): boolean {
  return metadata.labels?.[CLUSTER.managedByLabel] === CLUSTER.managedBy;
}

/** An existing object that unitune must neither change nor delete. `cannot`: `Cannot apply`. */
export function notOurs(object: KubeObject, cannot: string): UnituneError {
  const { kind, metadata: { name, namespace } } = object, type = kind.toLowerCase();
  const at = namespace ? ` -n ${namespace}` : "";
  return new UnituneError(
    "KUBE_NOT_OURS",
    `${cannot} ${kind} ${nameOf(object)} as unitune did not create the existing one: ${signsOf(object)}`,
    {
      path: `${kind} ${nameOf(object)}`,
      hint:
        `\`kubectl get ${type} ${name}${at} -o yaml --show-managed-fields\` shows whose it is; rename or delete it, ` +
        `or, if it is meant for unitune: kubectl label ${type} ${name}${at} ${CLUSTER.managedByLabel}=${CLUSTER.managedBy}`,
    },
  );
}

function nameOf({ metadata: { name, namespace } }: { readonly metadata: Pick<KubeRef, "name" | "namespace"> }): string {
  return namespace ? `${namespace}/${name}` : name;
}

/** The label, or who has written the object. */
function signsOf({ metadata }: KubeObject): string {
  const label = metadata.labels?.[CLUSTER.managedByLabel];
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly { readonly manager?: string }[] };
  const managers = [...new Set(managedFields.flatMap(({ manager }) => manager ?? []))];
  const written = managers.length > 0 ? `, and it was written by ${managers.join(", ")}` : "";
  return `its label ${CLUSTER.managedByLabel} is ${label ?? "missing"}${written}`;
}

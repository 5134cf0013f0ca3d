/** ConfigMaps that builds mount. Their names hold a hash: Jobs of two configs or versions of unitune never share one. */
import { sha256 } from "../../../core/hash.ts";
import { KINDS, type Kube } from "../../../core/kube.ts";
import { CLUSTER } from "../../../core/pins.ts";

/** `content`: what the hash is of. */
export function configMap(prefix: string, content: string, data: Readonly<Record<string, string>>): Kube<"ConfigMap"> {
  return {
    ...KINDS.configMap,
    metadata: {
      name: `${prefix}-${shortHash(content)}`,
      namespace: CLUSTER.buildNamespace,
      labels: { [CLUSTER.managedByLabel]: CLUSTER.managedBy },
    },
    immutable: true,
    data,
  };
}

export function shortHash(text: string): string {
  return sha256(text).slice(0, 12);
}

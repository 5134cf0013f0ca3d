/** ConfigMaps that builds mount, named by their content: Jobs of two configs or versions of unitune never share one. */
import { createHash } from "node:crypto";
import { KINDS, type Kube } from "../../../core/kube.ts";
import { CLUSTER } from "../../../core/pins.ts";

/** `content`: what the name is made from. */
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
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

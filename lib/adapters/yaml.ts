/** Kubernetes objects as YAML 1.1, which kubectl reads: `yes`, `on` and `0755` stay strings. */
import { Document, Scalar, visit } from "yaml";
import type { KubeObject } from "../core/kube.ts";
import { escapeQuoted, isSteering } from "../core/text.ts";

export function toYaml(objects: readonly KubeObject[]): string {
  return objects.map(yamlOf).join("---\n");
}

/** It is printed to terminals and CI logs, so what would control them is quoted and escaped. */
function yamlOf(object: KubeObject): string {
  const document = new Document(object, { version: "1.1" });
  let quoted = false;
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value !== "string" || !isSteering(node.value)) return;
      node.type = Scalar.QUOTE_DOUBLE;
      quoted = true;
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedAsJSON: true });
  return quoted ? escapeQuoted(text) : text;
}

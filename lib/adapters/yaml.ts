/** Kubernetes objects as YAML 1.1, which kubectl reads: `yes`, `on` and `0755` stay strings. */
import { stringify } from "yaml";
import type { KubeObject } from "../core/kube.ts";

export function toYaml(objects: readonly KubeObject[]): string {
  return objects.map((object) => stringify(object, { version: "1.1", lineWidth: 0 })).join("---\n");
}

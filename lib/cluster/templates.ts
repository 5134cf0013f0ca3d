/**
 * The skeletons of `templates/cluster`: what never changes, written as a person reads it. Their text is handed in, so
 * that this room knows no file system; functions here add what the config says.
 */
import { parseAllDocuments } from "yaml";
import { CLUSTER } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";

/** File names in `templates/cluster`. */
export const CLUSTER_TEMPLATES = [
  "device-plugin-efa.yaml",
  "device-plugin-nvidia.yaml",
  "image-pull.toml",
  "image-pull.yaml",
  "install.yaml",
  "namespace.yaml",
  "node-class.yaml",
  "node-pool.yaml",
  "storage-class.yaml",
  "volume.yaml",
] as const;

/** File name → its text. */
export type ClusterTemplates = Readonly<Record<typeof CLUSTER_TEMPLATES[number], string>>;

/** The objects of a skeleton, in the file's order, each marked as unitune's. */
export function readObjects(text: string): KubeObject[] {
  // Kubernetes reads YAML 1.1.
  return parseAllDocuments(text, { version: "1.1" }).map((document) => managed(document.toJS() as KubeObject));
}

/** The one object of a skeleton. */
export function readObject(text: string): KubeObject {
  return readObjects(text)[0]!;
}

function managed(object: KubeObject): KubeObject {
  const labels = { ...object.metadata.labels, [CLUSTER.managedByLabel]: CLUSTER.managedBy };
  return { ...object, metadata: { ...object.metadata, labels } };
}

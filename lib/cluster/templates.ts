/** The templates of `templates/cluster`. Their text is an argument, so that this room does not read files. */

/** File names in `templates/cluster`. */
export const CLUSTER_TEMPLATES = [
  "build-cache.yaml",
  "build-namespace.yaml",
  "device-plugin-efa.yaml",
  "device-plugin-nvidia.yaml",
  "image-pull.toml",
  "image-pull.yaml",
  "install.yaml",
  "node-class.yaml",
  "node-pool.yaml",
  "storage-class.yaml",
  "volume.yaml",
] as const;

/** File name → its text. */
export type ClusterTemplates = Readonly<Record<typeof CLUSTER_TEMPLATES[number], string>>;

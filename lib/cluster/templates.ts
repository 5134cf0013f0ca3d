/** The templates of `templates/cluster`. Their text is handed in, so that this room knows no file system. */

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

/** The user data of a pool's nodes: settings for image pulls and shared GPUs, and the user's own. */
import { parse, stringify, type TomlTable } from "smol-toml";
import { isBottlerocket } from "../core/facts/kubernetes.ts";
import { laidOver, type Table } from "../core/tables.ts";
import { NODE_CONFIG, userDataParts, userDataText } from "../core/user_data.ts";
import type { Pool, Sharing } from "../plan/types.ts";
import type { ClusterTemplates } from "./templates.ts";

/** `null` when there is nothing to set. */
export function userData(pool: Pool, templates: ClusterTemplates): string | null {
  return isBottlerocket(pool.ami) ? settings(pool, templates) : parts(pool, templates);
}

/** A single text stays as it was written; of several, the later one overrides. */
function settings(pool: Pool, templates: ClusterTemplates): string | null {
  const sharing = pool.kind === "gpu" ? pool.sharing : null;
  const texts = [
    ...(pool.imagePull === "parallel" ? [templates["image-pull.toml"]] : []),
    ...(sharing ? [stringify(sharingSettings(sharing))] : []),
    ...(pool.userData === null ? [] : [pool.userData]),
  ];
  if (texts.length < 2) return texts[0] ?? null;
  return stringify(texts.map((text): Table => parse(text)).reduce(laidOver));
}

/**
 * Shared GPUs keep the name `nvidia.com/gpu`, the only one that Karpenter knows: a pod that requests
 * `nvidia.com/gpu.shared`, Bottlerocket's default name, never gets a node.
 */
function sharingSettings(sharing: Sharing): TomlTable {
  const nvidia: TomlTable = sharing.kind === "time-slicing"
    ? {
      "device-sharing-strategy": "time-slicing",
      "time-slicing": { replicas: sharing.replicas, "rename-by-default": false },
    }
    : {
      "device-partitioning-strategy": "mig",
      mig: { profile: Object.fromEntries(sharing.models.map((model) => [model, sharing.profile])) },
    };
  return { settings: { "kubelet-device-plugins": { nvidia } } };
}

/** nodeadm merges the NodeConfigs of all parts in their order; Karpenter adds its own as the last. */
function parts(pool: Pool, templates: ClusterTemplates): string | null {
  const all = [
    ...(pool.imagePull === "parallel" ? [{ type: NODE_CONFIG, content: templates["image-pull.yaml"] }] : []),
    ...(pool.userData === null ? [] : userDataParts(pool.userData) ?? []),
  ];
  return all.length === 0 ? null : userDataText(all);
}

/** DaemonSets that advertise devices on nodes whose machine image does not. */
import { isBottlerocket } from "../core/facts/kubernetes.ts";
import { KINDS, type Kube } from "../core/kube.ts";
import { readObject } from "../core/templates.ts";
import type { Config, Pool } from "../plan/types.ts";
import type { ClusterTemplates } from "./templates.ts";

interface Plugin {
  readonly template: "device-plugin-efa.yaml" | "device-plugin-nvidia.yaml";
  /** The label of the nodes that the DaemonSet runs on. */
  readonly label: string;
  readonly image: keyof Config["devicePlugins"];
  readonly needed: (pool: Pool) => boolean;
}

const PLUGINS: readonly Plugin[] = [
  {
    template: "device-plugin-efa.yaml",
    label: "unitune.dev/efa",
    image: "efa",
    needed: (pool) => pool.kind === "gpu" && pool.efa,
  },
  {
    template: "device-plugin-nvidia.yaml",
    label: "unitune.dev/nvidia-device-plugin",
    image: "nvidia",
    // Bottlerocket's NVIDIA variant has its own.
    needed: (pool) => pool.kind === "gpu" && !isBottlerocket(pool.ami),
  },
];

/** Labels of a pool's nodes, by which the plugins that they need select them. */
export function pluginLabels(pool: Pool): Readonly<Record<string, string>> {
  return Object.fromEntries(PLUGINS.filter(({ needed }) => needed(pool)).map(({ label }) => [label, "true"]));
}

/** One DaemonSet for each plugin that a pool needs; without such a pool it is pruned. */
export function devicePlugins(config: Config, templates: ClusterTemplates): Kube<"DaemonSet">[] {
  return PLUGINS.filter(({ needed }) => config.pools.some(needed)).map(({ template, label, image }) => {
    const object = readObject(templates[template], KINDS.daemonSet), spec = object.spec!, pod = spec.template.spec!;
    const filled = {
      ...pod,
      nodeSelector: { [label]: "true" },
      containers: [{ ...pod.containers[0]!, image: config.devicePlugins[image]! }],
    };
    return { ...object, spec: { ...spec, template: { ...spec.template, spec: filled } } };
  });
}

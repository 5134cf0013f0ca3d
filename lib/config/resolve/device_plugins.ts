/** Images of the device plugins: the region's, unless the config names others. */
import { eksImageRegistry } from "../../core/facts/eks_registries.ts";
import { PINS } from "../../core/pins.ts";
import type { Issue } from "../issues.ts";
import { sourced, type Sources } from "./sources.ts";
import type { DevicePlugins, Pool } from "../types.ts";

interface DevicePluginsIn {
  readonly efa?: string | undefined;
  readonly nvidia?: string | undefined;
}

export function devicePluginsOf(input: DevicePluginsIn = {}, region: string, sources: Sources): DevicePlugins {
  const registry = eksImageRegistry(region), { efa, nvidia } = PINS.devicePlugins;
  return {
    efa: input.efa ?? (registry === null ? null : sourced(`${registry}/${efa}`, sources)),
    nvidia: input.nvidia ?? sourced(nvidia, sources),
  };
}

/** If EKS's registry in the region is not known, a config that needs an image from it must name the image. */
export function devicePluginIssues(
  plugins: DevicePlugins,
  pools: readonly Pool[],
  region: string | undefined,
): Issue[] {
  if (region === undefined || plugins.efa !== null || !pools.some((pool) => pool.kind === "gpu" && pool.efa)) return [];
  return [{
    code: "MISSING_FIELD",
    path: ["devicePlugins", "efa"],
    message:
      `is missing: must be the image of the EFA plugin, as this release does not know EKS's registry in ${region}`,
    hint:
      `the EKS user guide lists the registries by region under "add-ons-images"; the image is ${PINS.devicePlugins.efa}`,
  }];
}

/** Images of the device plugins: those of the region, unless others are named. */
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

/** Where EKS's registry is not known, whoever needs an image of it names one. */
export function devicePluginIssues(
  plugins: DevicePlugins,
  pools: readonly Pool[],
  region: string | undefined,
): Issue[] {
  if (region === undefined || plugins.efa !== null || !pools.some((pool) => pool.kind === "gpu" && pool.efa)) return [];
  return [{
    code: "MISSING_FIELD",
    path: ["devicePlugins", "efa"],
    message: `is missing: must be the EFA plugin's image, as this release does not know EKS's registry in ${region}`,
    hint:
      `the EKS user guide lists registries by region under "add-ons-images"; the image there is ${PINS.devicePlugins.efa}`,
  }];
}

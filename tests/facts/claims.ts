/** What this release claims about AWS: the pins and presets of `lib/`, the defaults that it resolves, the examples. */
import { parseAllDocuments } from "yaml";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import { GPU_MEMORY, GPU_NAMES, GPUS, karpenterName } from "../../lib/config/gpus.ts";
import { eksImageRegistry } from "../../lib/core/facts/eks_registries.ts";
import { CONTROL_PLANE_PRICE, DEFAULT_KUBERNETES, KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { dnsSuffix, partitionOf } from "../../lib/core/names.ts";
import { PINS } from "../../lib/core/pins.ts";
import { ZONES } from "../../lib/core/zones.ts";
import type { Config, Pool } from "../../lib/plan/types.ts";
import { LEAST, resolved } from "../config/resolved.ts";
import { CATALOGUE } from "./catalogue.ts";
import type { Claims, ConfigClaim, PoolClaim, PresetClaim, WorkloadClaim } from "./conformance.ts";

const root = new URL("../../", import.meta.url).pathname;

function presets(): Record<string, PresetClaim> {
  return Object.fromEntries(GPU_NAMES.map((name) => [name, {
    gpu: karpenterName(name),
    memoryMiB: GPU_MEMORY[name],
    sizes: GPUS[name],
  }]));
}

function poolClaim(pool: Pool): PoolClaim {
  return pool.kind === "cpu"
    ? { families: pool.families, types: [], arch: pool.arch }
    : { families: [], types: pool.instanceTypes.length ? pool.instanceTypes : [], arch: pool.arch };
}

function configClaim(config: Config, workloads: readonly WorkloadClaim[]): ConfigClaim {
  return {
    region: config.region,
    kubernetes: config.cluster.version,
    systemNodes: config.cluster.systemNodes.instanceTypes,
    pools: Object.fromEntries(config.pools.map((pool) => [pool.name, poolClaim(pool)])),
    addOns: config.cluster.addOns.map(({ name }) => name),
    workloads,
  };
}

/** Containers' resources of every Pod template in a manifest, and the pool that its nodeSelector names. */
function workloads(manifest: string): WorkloadClaim[] {
  return parseAllDocuments(manifest).flatMap((document) => {
    const pod = document.toJS()?.spec?.template?.spec;
    if (!pod) return [];
    const [{ resources: { requests = {}, limits = {} } }, ...more] = pod.containers;
    if (more.length) throw new Error("the sum of several containers is not known here");
    return [{ pool: pod.nodeSelector["karpenter.sh/nodepool"], resources: { ...limits, ...requests } }];
  });
}

async function examples(): Promise<Record<string, ConfigClaim>> {
  const found: Record<string, ConfigClaim> = {};
  for (const { name } of Deno.readDirSync(`${root}examples`)) {
    const folder = `${root}examples/${name}`, files = [...Deno.readDirSync(folder)].map(({ name }) => name);
    if (!files.includes("unitune.config.ts")) continue;
    const { config } = await loadConfig({ cwd: root, file: `${folder}/unitune.config.ts`, env: {} });
    const manifests = files.filter((file) => file.endsWith(".yaml"));
    const pods = manifests.flatMap((file) => workloads(Deno.readTextFileSync(`${folder}/${file}`)));
    found[name] = configClaim(config, pods);
  }
  return found;
}

/** The smallest config in a region, for the defaults that depend on it. */
function defaultsIn(region: string): Config {
  return resolved({ ...LEAST, region, pools: {}, images: {} });
}

export async function claims(): Promise<Claims> {
  const regions = Object.keys(ZONES);
  const hosts = regions.flatMap((region) => {
    const host = eksImageRegistry(region);
    return host ? [[region, host]] : [];
  });
  return {
    kubernetes: KUBERNETES,
    defaultKubernetes: DEFAULT_KUBERNETES,
    controlPlane: CONTROL_PLANE_PRICE,
    karpenter: PINS.karpenter.version,
    presets: presets(),
    partitions: Object.fromEntries(
      Object.keys(CATALOGUE.regions).map((region) => [
        region,
        { partition: partitionOf(region), domain: dnsSuffix(region) },
      ]),
    ),
    zones: ZONES,
    registries: Object.fromEntries(hosts),
    systemNodes: Object.fromEntries(
      regions.map((region) => [region, defaultsIn(region).cluster.systemNodes.instanceTypes]),
    ),
    configs: await examples(),
  };
}

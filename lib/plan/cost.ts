/** What a config costs at least and at most, by list prices: on demand, in us-east-1. Pure. */
import { CONTROL_PLANE_PRICE } from "../core/facts/kubernetes.ts";
import { NETWORK_PRICES, type Price, pricedTypes, priceOf } from "../core/facts/prices.ts";
import { isGraviton } from "../core/names.ts";
import { gibOf, largerOf } from "../core/units.ts";
import type { Config, CpuPool, GpuPool, Pool } from "./types.ts";

/** USD. */
export interface Cost {
  /** A month with no pod: control plane, system nodes, NAT gateways, disks, cache volumes and key. */
  readonly floorPerMonth: number;
  /** The same, in an hour. */
  readonly floorPerHour: number;
  /** An hour with every pool at its limit, on its dearest instance types; `null`: no price of a pool is known. */
  readonly ceilingPerHour: number | null;
  /** The cache volumes of builds, which are part of the floor once each image has been built. */
  readonly caches: CacheCost;
  /** Each pool at its limit. */
  readonly pools: readonly PoolCost[];
}

/** The volumes that keep BuildKit's state between builds. */
export interface CacheCost {
  /** How many: one for each image and platform. */
  readonly volumes: number;
  /** Their sizes together, in GiB. */
  readonly gib: number;
  /** USD. */
  readonly perMonth: number;
}

/** What a pool costs at its limit. */
export interface PoolCost {
  /** Its name. */
  readonly pool: string;
  /** `64 vCPUs`, `16 GPUs` or `4 nodes`. */
  readonly limit: string;
  /** USD on demand; `null`: no price of its instance types is known. */
  readonly ceilingPerHour: number | null;
}

const HOURS_A_MONTH = 730;

/** The cost of a config. */
export function costOf(config: Config): Cost {
  const floorPerHour = idle(config), pools = config.pools.map(poolCost);
  const known = pools.flatMap(({ ceilingPerHour }) => ceilingPerHour ?? []);
  const ceiling = known.length < pools.length ? null : known.reduce((sum, usd) => sum + usd, floorPerHour);
  return {
    floorPerHour,
    floorPerMonth: floorPerHour * HOURS_A_MONTH + monthly(config) + cachesOf(config).perMonth,
    ceilingPerHour: ceiling,
    caches: cachesOf(config),
    pools,
  };
}

function cachesOf({ builder: { cache }, images }: Config): CacheCost {
  const sizes = cache === null ? [] : images.flatMap(({ platforms, resources: { disk } }) => {
    return platforms.map(() => gibOf(largerOf(cache.size, disk)));
  });
  const gib = sizes.reduce((sum, size) => sum + size, 0);
  return { volumes: sizes.length, gib, perMonth: gib * NETWORK_PRICES.gp3GibMonth };
}

function idle({ cluster: { systemNodes }, network }: Config): number {
  const { natGatewayHour, publicIpv4Hour } = NETWORK_PRICES;
  const machine = priceOf(systemNodes.instanceTypes[0]!)?.usdPerHour ?? 0;
  const gateways = network.kind === "existing" || network.nat === "none"
    ? 0
    : network.nat === "single"
    ? 1
    : network.zones.length;
  return CONTROL_PLANE_PRICE.standard + systemNodes.count * machine + gateways * (natGatewayHour + publicIpv4Hour);
}

function monthly({ cluster: { systemNodes, kmsKey } }: Config): number {
  const { gp3GibMonth, kmsKeyMonth } = NETWORK_PRICES;
  return systemNodes.count * gibOf(systemNodes.disk) * gp3GibMonth + (kmsKey === null ? kmsKeyMonth : 0);
}

function poolCost(pool: Pool): PoolCost {
  const prices = typesOf(pool).flatMap((type) => priceOf(type) ?? []);
  const nodes = pool.replicas ?? (pool.kind === "gpu" ? pool.maxNodes : null);
  const dearest = (per: (price: Price) => number) => prices.length === 0 ? null : Math.max(...prices.map(per));
  const at = (limit: string, count: number, each: number | null): PoolCost => {
    return { pool: pool.name, limit, ceilingPerHour: each === null ? null : each * count };
  };
  if (nodes !== null) return at(`${nodes} nodes`, nodes, dearest(({ usdPerHour }) => usdPerHour));
  if (pool.kind === "cpu") {
    return at(
      `${pool.maxCpus} vCPUs`,
      pool.maxCpus,
      dearest((one) => one.usdPerHour / one.cpus),
    );
  }
  return at(`${pool.maxGpus} GPUs`, pool.maxGpus, dearest((one) => one.usdPerHour / Math.max(1, one.gpus)));
}

/** The types that a pool may launch. Bare metal costs what the same family does, so it is left out. */
export function typesOf(pool: Pool): readonly string[] {
  return pool.kind === "gpu" ? gpuTypesOf(pool) : cpuTypesOf(pool);
}

function gpuTypesOf({ instanceTypes, gpusPerNode }: GpuPool): readonly string[] {
  return instanceTypes.filter((type) => gpusPerNode === null || priceOf(type)?.gpus === gpusPerNode);
}

/** Categories, families or types, as `families` of a pool names them; without a name, recent generations of any. */
function cpuTypesOf({ families, arch }: CpuPool): readonly string[] {
  return pricedTypes().filter((type) => {
    const [family = "", size = ""] = type.split("."),
      [, category = "", generation = ""] = /^([a-z]+)(\d+)/.exec(family) ?? [];
    if (size.startsWith("metal") || !arch.includes(isGraviton(type) ? "arm64" : "amd64")) return false;
    if (families.length === 0) return Number(generation) > 4 && priceOf(type)!.gpus === 0;
    return families.includes(type) || families.includes(family) ||
      (families.includes(category) && Number(generation) > 4);
  });
}

/** Does EC2 offer a GPU pool's instance types in the zones of its nodes? Few zones have the large ones. Pure. */
import type { Problem } from "../core/findings.ts";
import type { Offering, Zone } from "../core/ports.ts";
import { isZoneId, nodeZones } from "../core/zones.ts";
import { listed } from "./network.ts";
import type { Config, GpuPool } from "./types.ts";

interface Offered {
  readonly offerings: readonly Offering[];
  /** The account's zones, to translate names to ids; `null`: they could not be read. */
  readonly zones: readonly Zone[] | null;
}

/** The instance types to ask EC2 about. */
export function gpuTypes({ pools }: Config): string[] {
  return [...new Set(pools.flatMap((pool) => pool.kind === "gpu" ? pool.instanceTypes : []))].sort();
}

export function offeringProblems(config: Config, offered: Offered): Problem[] {
  return config.pools.flatMap((pool): Problem[] => {
    if (pool.kind !== "gpu" || pool.instanceTypes.length === 0) return [];
    const matching = offered.offerings.filter(({ type }) => pool.instanceTypes.includes(type));
    const zones = zonesOf(pool, config, offered.zones);
    if (matching.some(({ zoneId }) => zones?.includes(zoneId) ?? true)) return [];
    const elsewhere = [...new Set(matching.map(({ zoneId }) => zoneId))].sort();
    const place = `pools.${pool.name}`, types = listed(pool.instanceTypes);
    if (elsewhere.length === 0 || zones === null) {
      const message = `has no instance type that EC2 offers in ${config.region}: found ${types}`;
      return [{ path: `${place}.gpu`, message, hint: "choose another GPU, or another region" }];
    }
    const message = `has no instance type that EC2 offers in ${listed(zones)}: it offers ${types} in ` +
      listed(elsewhere);
    return [{ path: `${place}.zones`, message, hint: hintOf(elsewhere, config) }];
  });
}

/** Ids of the zones that a pool's nodes may be in; `null`: not known. */
function zonesOf(pool: GpuPool, { network }: Config, known: readonly Zone[] | null): readonly string[] | null {
  if (pool.zones.length === 0) return network.kind === "own" ? nodeZones(network) : null;
  const ids = pool.zones.map((zone) => isZoneId(zone) ? zone : known?.find(({ name }) => name === zone)?.id);
  return ids.every((id) => id !== undefined) ? ids as string[] : null;
}

function hintOf(elsewhere: readonly string[], { network }: Config): string {
  if (network.kind === "existing") return `name one of these zones that has a subnet in network.privateSubnets`;
  const own = elsewhere.find((zone) => nodeZones(network).includes(zone));
  if (own !== undefined) return `write zones: ["${own}"]`;
  const [first] = elsewhere;
  return `write zones: ["${first}"], and network: { extraZones: ["${first}"] }`;
}

/** Are the zones that pools name in the network? A zone's name is the account's own, its id is not. */
import type { Problem } from "../core/findings.ts";
import type { Zone } from "../core/ports.ts";
import { isZoneId, nodeZones } from "../core/zones.ts";
import { listed } from "./network.ts";
import type { Config, OwnNetwork } from "./types.ts";

/** A pool in a zone without a subnet never gets a node. The config checks zone ids; names need the account's zones. */
export function poolZoneProblems(
  { pools, region }: Pick<Config, "pools" | "region">,
  network: OwnNetwork,
  zones: readonly Zone[] | null,
): Problem[] {
  if (!zones) return [];
  const used = nodeZones(network);
  const names = zones.filter(({ id }) => used.includes(id)).map(({ name, id }) => `${name} (${id})`).toSorted();
  return pools.flatMap((pool) =>
    pool.zones.filter((name) => !isZoneId(name)).flatMap((name): Problem[] => {
      const zone = zones.find((one) => one.name === name);
      if (zone && used.includes(zone.id)) return [];
      const found = zone ? `${name} is ${zone.id}` : `the account has no ${name}`;
      return [{
        path: `pools.${pool.name}.zones[${pool.zones.indexOf(name)}]`,
        message: `must be a zone of the network, which is in ${listed(names)}: ${found}`,
        hint: zone
          ? `add it to the network: { extraZones: ["${zone.id}"] }, or name another`
          : `aws ec2 describe-availability-zones --region ${region} lists the account's names`,
      }];
    })
  );
}

/**
 * Where in a VPC's range the subnets of further zones lie: in its last quarter, of which the public subnets take the
 * first of four parts, and three zones one each. A zone has its part by its number: none moves when another comes or
 * goes.
 */

/** Zones for which there is room at once. */
export const MOST_EXTRA_ZONES = 3;

/** Bits that such a subnet's length is longer than the VPC's: a sixteenth of its addresses. */
export const EXTRA_ZONE_BITS = 4;

/** The part of a zone, 0 to 2; two zones of one part exclude each other. */
export function extraZonePart(zoneId: string): number {
  return Number(zoneId.slice(zoneId.lastIndexOf("-az") + 3)) % MOST_EXTRA_ZONES;
}

/**
 * The address ranges of subnets in extra zones: the last quarter of the VPC's range has four parts, the first for
 * public subnets and one for each of three zones. The number of a zone decides its part, so adding or deleting a zone
 * moves no other.
 */

/** How many extra zones fit at once. */
export const MOST_EXTRA_ZONES = 3;

/** How many bits longer the prefix of such a subnet is than the VPC's: it has a sixteenth of the addresses. */
export const EXTRA_ZONE_BITS = 4;

/** The number of the first such part of the VPC's range. */
export const EXTRA_ZONES_FROM = 13;

/** The part of a zone, 0 to 2; two zones with the same part exclude each other. */
export function extraZonePart(zoneId: string): number {
  return Number(zoneId.slice(zoneId.lastIndexOf("-az") + 3)) % MOST_EXTRA_ZONES;
}

/**
 * How the range of a VPC that unitune creates is divided: a quarter for the private subnet of each of three zones, and
 * the last quarter for the public subnets, which are small, and extra zones.
 */
import { partOfRange } from "../ranges.ts";

/** How many bits longer than the VPC's the prefix of a private subnet is. */
export const PRIVATE_BITS = 2;

/** How many bits longer than the VPC's the prefix of a public subnet is. */
export const PUBLIC_BITS = 6;

/** The quarters of the private subnets, whether or not a zone uses them. */
export const PRIVATE_PARTS: readonly number[] = [0, 1, 2];

const FIRST_PUBLIC = PRIVATE_PARTS.length * 2 ** (PUBLIC_BITS - PRIVATE_BITS);

/** The ranges of the public subnets, in the order of the zones. */
export function publicSubnetRanges(
  { cidr, zones }: { readonly cidr: string; readonly zones: readonly string[] },
): string[] {
  return zones.map((_, at) => partOfRange(cidr, PUBLIC_BITS, FIRST_PUBLIC + at));
}

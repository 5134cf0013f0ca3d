/**
 * Prices in USD, on demand, in us-east-1, where most are lowest: for orientation, not for an invoice. Those of instances
 * are Karpenter's own, from its Go module (`tests/facts/instance-types.json`).
 */
import prices from "./prices.json" with { type: "json" };

/** Where and when the prices hold. */
export const PRICES = { region: "us-east-1", asOf: prices.asOf } as const;

/** An instance type's size and price. */
export interface Price {
  readonly cpus: number;
  readonly gpus: number;
  readonly usdPerHour: number;
}

/** Type → vCPUs, USD an hour, GPUs. */
const TYPES = prices.types as unknown as Readonly<Record<string, readonly [number, number, number?]>>;

/** `null`: no source tells it. */
export function priceOf(type: string): Price | null {
  const found = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  return found ? { cpus: found[0], usdPerHour: found[1], gpus: found[2] ?? 0 } : null;
}

/** All types with a price. */
export function pricedTypes(): readonly string[] {
  return Object.keys(TYPES);
}

/** NAT gateways, their public addresses, gp3 volumes, and keys. */
export const NETWORK_PRICES = {
  natGatewayHour: 0.045,
  publicIpv4Hour: 0.005,
  gp3GibMonth: 0.08,
  kmsKeyMonth: 1,
} as const;

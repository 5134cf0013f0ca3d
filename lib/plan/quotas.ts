/** Do the account's quotas allow what the pools may launch, and the network? Pure: the quotas are an argument. */
import type { Judged } from "../core/findings.ts";
import { type Price, priceOf } from "../core/facts/prices.ts";
import { type Quota, quotaConsole, quotaOf } from "../core/quotas.ts";
import { typesOf } from "./cost.ts";
import { poolPath } from "./readiness.ts";
import type { Config, Pool } from "./types.ts";

/** A quota that the config meets. */
interface QuotaNeed extends Quota {
  /** `ec2` or `vpc`. */
  readonly service: string;
  /** Path in the config of what needs most of it. */
  readonly path: string;
  /** The least with which anything works. */
  readonly least: number;
  /** What everything at its limit needs. */
  readonly most: number;
  /** What is counted. */
  readonly unit: string;
}

const ADDRESSES: Quota = { code: "L-0263D0A3", name: "EC2-VPC Elastic IPs" };
const VPCS: Quota = { code: "L-F678F1CE", name: "VPCs per Region" };

/** The quotas to read, each once. */
export function quotaNeeds(config: Config): QuotaNeed[] {
  const needs = new Map<string, QuotaNeed>();
  for (const pool of config.pools) {
    for (const need of poolNeeds(pool, config)) {
      const before = needs.get(need.code);
      needs.set(need.code, before ? joined(before, need) : need);
    }
  }
  return [...needs.values(), ...networkNeeds(config)];
}

function joined(one: QuotaNeed, other: QuotaNeed): QuotaNeed {
  const larger = other.least > one.least ? other : one;
  return { ...larger, most: one.most + other.most };
}

/** A pool may use all of its capacity types in turn. */
function poolNeeds(pool: Pool, config: Config): QuotaNeed[] {
  // Of a pool that names no families, the cheapest types count, which are of the standard kinds.
  const isMeant = (type: string) => pool.kind === "gpu" || pool.families.length > 0 || sameQuota(type, "m");
  const prices = typesOf(pool).filter(isMeant).flatMap((type) => {
    const price = priceOf(type);
    return price ? [{ type, ...price }] : [];
  });
  if (prices.length === 0) return [];
  const types = prices.map(({ type }) => type);
  const shared = { service: "ec2", path: poolPath(config, pool.name), unit: "vCPUs" };
  const least = Math.min(...prices.map(({ cpus }) => cpus)), most = limitOf(pool, prices);
  return pool.capacity.filter((capacity) => capacity !== "reserved").flatMap((capacity) => {
    const quota = quotaOf(types, capacity === "spot");
    return quota ? [{ ...quota, ...shared, least, most }] : [];
  });
}

function sameQuota(type: string, other: string): boolean {
  return quotaOf([type], false)?.code === quotaOf([other], false)?.code;
}

/** In vCPUs, on the types that need most of them. */
function limitOf(pool: Pool, prices: readonly Price[]): number {
  const nodes = pool.replicas ?? (pool.kind === "gpu" ? pool.maxNodes : null);
  if (nodes !== null) return nodes * Math.max(...prices.map(({ cpus }) => cpus));
  if (pool.kind === "cpu") return pool.maxCpus;
  // On the types with the fewest vCPUs for each GPU: a quota below that cannot hold the pool's limit at all.
  return Math.ceil(pool.maxGpus * Math.min(...prices.map(({ cpus, gpus }) => cpus / Math.max(1, gpus))));
}

function networkNeeds({ network }: Config): QuotaNeed[] {
  if (network.kind === "existing") return [];
  const gateways = network.nat === "none" ? 0 : network.nat === "single" ? 1 : network.zones.length;
  const need = (quota: Quota, service: string, path: string, count: number, unit: string): QuotaNeed => {
    return { ...quota, service, path, least: count, most: count, unit };
  };
  return [
    need(VPCS, "vpc", "network", 1, "VPCs"),
    ...gateways > 0 ? [need(ADDRESSES, "ec2", "network.nat", gateways, "addresses")] : [],
  ];
}

/** A quota, what the config needs of it, and what the account has. */
export interface QuotaUse {
  /** `ec2` or `vpc`. */
  readonly service: string;
  /** Its code in Service Quotas. */
  readonly code: string;
  /** Its name there. */
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  /** The least with which anything works. */
  readonly least: number;
  /** What everything at its limit needs. */
  readonly most: number;
  /** The account's value; `null`: not read. */
  readonly held: number | null;
}

/** `values`: code → the account's value; none if they were not read. */
export function quotaUses(config: Config, values: ReadonlyMap<string, number> = new Map()): QuotaUse[] {
  return quotaNeeds(config).map(({ service, code, name, unit, least, most }) => {
    return { service, code, name, unit, least, most, held: values.get(code) ?? null };
  });
}

/** `values`: code → the account's value. A code without a value was not read. */
export function quotaFindings(config: Config, values: ReadonlyMap<string, number>): Judged[] {
  return quotaNeeds(config).flatMap((need): Judged[] => {
    const value = values.get(need.code);
    if (value === undefined || value >= need.most) return [];
    const { name, code, path, least, most, unit, service } = need, { region } = config;
    const few = value < least;
    const message = few
      ? `needs at least ${least} ${unit} of quota "${name}": this account has ${value}`
      : `may grow beyond quota "${name}": this account has ${value} ${unit}, and all pools at their limits need ${most}`;
    const hint = `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} ` +
      `--quota-code ${code} --desired-value ${most}${service === "ec2" ? `, or ${quotaConsole(region, need)}` : ""}`;
    return [{ severity: few ? "warning" : "note", path, message, hint }];
  });
}

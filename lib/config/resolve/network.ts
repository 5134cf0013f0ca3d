/** The network, created by unitune or existing: its zones, and which fields exclude each other. */
import { entryOf } from "../../core/tables.ts";
import { extraZonePart } from "../../core/facts/extra_zones.ts";
import { overlap } from "../../core/ranges.ts";
import { isZoneId, nodeZones, REFUSED_BY_EKS, regionOfZone, ZONES, zonesCommand } from "../../core/zones.ts";
import type * as z from "zod";
import type { network } from "../schema/infra.ts";
import { type Issue, oneOf, show } from "../issues.ts";
import { unique } from "./pool_fields.ts";
import type { Network, OwnNetwork, Pool } from "../types.ts";

type NetworkIn = Partial<NonNullable<z.output<typeof network>>>;

interface NetworkPlace {
  /** `undefined`: it is invalid, which is reported elsewhere. */
  readonly region: string | undefined;
  /** The fields that are written, valid or not. */
  readonly written: readonly string[];
}

const OF_EXISTING = ["vpcId", "privateSubnets", "isolated"];
const OF_OWN = ["cidr", "nat", "azs", "zones", "extraZones", "flowLogs", "endpoints"];

export function networkOf(input: NetworkIn, { region, written }: NetworkPlace, issues: Issue[] = []): Network {
  if (!written.some((field) => OF_EXISTING.includes(field))) return ownNetwork(input, region, issues);
  issues.push(...mixed(written));
  for (const field of ["vpcId", "privateSubnets"] as const) {
    if (written.includes(field)) continue;
    const message = "is missing: an existing VPC requires both vpcId and privateSubnets";
    issues.push({ code: "MISSING_FIELD", path: ["network", field], message });
  }
  return {
    kind: "existing",
    vpcId: input.vpcId ?? "",
    privateSubnets: unique(input.privateSubnets ?? [], ["network", "privateSubnets"], issues),
    isolated: input.isolated ?? false,
  };
}

function mixed(written: readonly string[]): Issue[] {
  return written.filter((field) => OF_OWN.includes(field)).map((field) => ({
    code: "CONFLICT",
    path: ["network", field],
    message: "applies only to a VPC that unitune creates: an existing VPC is not changed",
    hint: "leave it out, or remove vpcId and privateSubnets",
  }));
}

function ownNetwork(input: NetworkIn, region: string | undefined, issues: Issue[]): OwnNetwork {
  const nat = input.nat ?? "per-az", zones = region === undefined ? [] : zonesOf(input, region, issues);
  return {
    kind: "own",
    cidr: input.cidr ?? "10.0.0.0/16",
    zones,
    extraZones: region === undefined ? [] : extraZonesOf(input.extraZones ?? [], zones, region, issues),
    nat,
    isolated: nat === "none",
    flowLogDays: input.flowLogs?.retentionDays ?? 365,
    endpoints: unique(input.endpoints ?? [], ["network", "endpoints"], issues).toSorted(),
  };
}

function zonesOf({ azs, zones }: NetworkIn, region: string, issues: Issue[]): readonly string[] {
  if (zones) {
    issues.push(...zones.flatMap((zone, at) => zoneIssues(zone, ["network", "zones", at], region)));
    if (azs !== undefined) {
      const message = "sets the number of zones and zones sets their ids: use only one of them";
      issues.push({ code: "CONFLICT", path: ["network", "azs"], message, hint: "leave azs out" });
    }
    return unique(zones, ["network", "zones"], issues);
  }
  const known = entryOf(ZONES, region);
  if (!known) {
    const message = `is missing: must be the ids of two or three zones of ${region}, which this release does not know`;
    issues.push({ code: "MISSING_FIELD", path: ["network", "zones"], message, hint: zonesCommand(region) });
    return [];
  }
  if (azs !== undefined && azs > known.length) {
    issues.push({
      code: "CONFLICT",
      path: ["network", "azs"],
      message: `must be ${known.length} in ${region}, where EKS supports only the zones ` +
        `${known.join(" and ")}: found ${azs}`,
      hint: "leave it out",
    });
  }
  return known.slice(0, azs ?? 3);
}

/** In the order of their parts of the VPC's range: the order in the config has no meaning. */
function extraZonesOf(extra: readonly string[], zones: readonly string[], region: string, issues: Issue[]) {
  extra.forEach((zone, at) => {
    const path = ["network", "extraZones", at];
    issues.push(...zoneIssues(zone, path, region));
    const other = extra.slice(0, at).find((one) => {
      return one !== zone && !zones.includes(one) && extraZonePart(one) === extraZonePart(zone);
    });
    if (zones.includes(zone)) {
      const message = `must be a zone that the cluster does not use: it uses ${zones.join(", ")}`;
      issues.push({ code: "CONFLICT", path, message, hint: "leave it out: nodes can run there anyway" });
    } else if (other !== undefined) {
      const message = `has the same part of the VPC's range as ${other}: found ${show(zone)}`;
      issues.push({ code: "CONFLICT", path, message, hint: "remove one of the two, or add one to network.zones" });
    }
  });
  return unique(extra, ["network", "extraZones"], issues).toSorted((a, b) => extraZonePart(a) - extraZonePart(b));
}

function zoneIssues(zone: string, path: Issue["path"], region: string): Issue[] {
  const usable = entryOf(ZONES, region), at = regionOfZone(zone);
  const hint = usable && `EKS supports ${usable.join(", ")}`;
  if (REFUSED_BY_EKS.includes(zone)) {
    const message = `must be a zone in which EKS supports subnets: found "${zone}"`;
    return [{ code: "CONFLICT", path, message, hint }];
  }
  const own = usable === undefined ? at === undefined : at === region;
  if (own) return [];
  const message = `must be a zone of ${region}: found "${zone}"${at === undefined ? "" : `, a zone of ${at}`}`;
  return [{ code: "CONFLICT", path, message, hint: hint ?? zonesCommand(region) }];
}

/** The addresses of Services must not overlap with those of machines in the VPC. */
export function serviceCidrIssues(range: string | null, network: Network): Issue[] {
  if (range === null || network.kind === "existing" || !overlap(range, network.cidr)) return [];
  const message = `must not overlap with the VPC, ${network.cidr}: found ${show(range)}`;
  const hint = "use another private range, or leave it out";
  return [{ code: "CONFLICT", path: ["cluster", "serviceCidr"], message, hint }];
}

/** A pool in a zone without a subnet would never get a node. */
export function poolZoneIssues(pools: readonly Pool[], network: Network): Issue[] {
  if (network.kind === "existing" || network.zones.length === 0) return [];
  return pools.flatMap(({ name, zones }) =>
    zones.flatMap((zone, at): Issue[] => {
      const used = [...new Set(nodeZones(network))];
      if (!isZoneId(zone) || used.includes(zone)) return [];
      const message = `must be one of the network's zones, ${oneOf(used)}: found ${show(zone)}`;
      const hint = "add it to network.extraZones too";
      return [{ code: "CONFLICT", path: ["pools", name, "zones", at], message, hint }];
    })
  );
}

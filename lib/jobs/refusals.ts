/**
 * Why EC2 launched nothing, from the part of its answer that Karpenter passes on. The codes are those that Karpenter
 * 1.14 treats as a lack of capacity (pkg/errors of karpenter-provider-aws); the reasons are its names for all others.
 */
import { entryOf } from "../core/tables.ts";
import { quotaConsole, quotaOf } from "../core/quotas.ts";
import type { Why } from "./why.ts";

/** What the pool requests from EC2. */
export interface Asked {
  readonly region: string;
  /** Capacity types of the pool. */
  readonly capacity: readonly string[];
  /** Types, families or categories that it names; any, if empty. */
  readonly types: readonly string[];
}

/** A cause for which EC2 has a code. */
interface Refusal {
  /** `message` is everything that EC2 said under the code. */
  readonly text: (message: string, asked: Asked) => string;
  readonly hint: (asked: Asked) => string;
  /** Karpenter's reason for it in a NodeClaim's condition `Launched`, if it has one. */
  readonly reason?: string;
}

const MORE_KINDS =
  "Allow more instance types, zones or capacity types in the pool; Karpenter asks EC2 again in 3 minutes";

/** By EC2's code, the most useful first. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  VcpuLimitExceeded: {
    text: (message, asked) => `the account's quota${named(asked, false)} ${limit(message)}`,
    hint: (asked) => `Request an increase at ${quotaConsole(asked.region, quota(asked, false))}`,
    reason: "VCPULimitExceeded",
  },
  MaxSpotInstanceCountExceeded: {
    text: (_, asked) => `the account's quota of spot instances${named(asked, true)} is used up`,
    hint: (asked) => `Request an increase at ${quotaConsole(asked.region, quota(asked, true))}, or allow on-demand`,
    reason: "SpotQuotaExceeded",
  },
  MaxFleetCountExceeded: {
    text: () => "the account's quota of EC2 fleet requests is used up",
    hint: (asked) => `Request an increase at ${quotaConsole(asked.region, null)}`,
    reason: "FleetQuotaExceeded",
  },
  InsufficientFreeAddressesInSubnet: {
    text: () => "the subnets have no free addresses",
    hint: () => "Use larger subnets for nodes, or delete what holds addresses",
    reason: "InsufficientFreeAddressesInSubnet",
  },
  InsufficientInstanceCapacity: { text: capacityText, hint: () => MORE_KINDS },
  UnfulfillableCapacity: {
    text: (_, asked) => `EC2 has no ${asked.capacity.includes("spot") ? "spot " : ""}capacity for this now`,
    hint: () => MORE_KINDS,
  },
  Unsupported: {
    text: (message) => `EC2 does not offer this here: ${sentence(message)}`,
    hint: () => "Allow other instance types or zones in the pool",
  },
  SpotMaxPriceTooLow: { text: () => "spot costs more than the limit", hint: () => "Allow on-demand" },
  ReservationCapacityExceeded: {
    text: () => "the capacity reservation is used up",
    hint: () => "Also allow on-demand, or wait until its instances are free",
  },
  "InvalidCapacityReservationState.Unavailable": {
    text: () => "the capacity reservation is not available",
    hint: () => "aws ec2 describe-capacity-reservations shows its state",
  },
  "AuthFailure.ServiceLinkedRoleCreationNotPermitted": {
    text: () => "the account has no service-linked role for spot",
    hint: () => "Run `unitune apply`, which creates the service-linked role for spot",
    reason: "SpotSLRCreationFailed",
  },
};

/** By Karpenter's reason: causes for which EC2 has no code. */
const FAILURES: Readonly<Record<string, string>> = {
  Unauthorized: "Check the policies of Karpenter's role, its boundary and the organisation's policies",
  AccountPendingVerification: "AWS is still verifying the account for this region; it sends an e-mail when it is done",
  AMINotFound: "Check the pool's ami",
  UserDataSizeLimitExceeded: "Shorten the pool's user data",
};

/** A NodeClaim's event `InsufficientCapacityError`: every error of the fleet was about capacity or a quota. */
export function refusalOf(message: string, asked: Asked): Why {
  const codes = [...message.matchAll(/(?:^|[,;] )([A-Z][A-Za-z]+(?:\.[A-Za-z]+)?): /g)].map((match) => match[1]!);
  const known = Object.keys(REFUSALS).filter((code) => codes.includes(code));
  if (known.length === 0) {
    const text = sentence(
      message.replace(/^NodeClaim \S+ event: (creating instance, )?(insufficient capacity, )?/, ""),
    );
    return {
      text: text.replace("were unavailable during launch", "were refused by EC2 a moment ago"),
      hint: MORE_KINDS,
    };
  }
  const texts = known.map((code) => `${REFUSALS[code]!.text(under(code, message), asked)} (${code})`);
  return { text: texts.join("; "), hint: REFUSALS[known[0]!]!.hint(asked) };
}

/** A NodeClaim that could not be launched for another reason, as classified by Karpenter. */
export function launchFailure(reason: string, message: string, asked: Asked): Why {
  const refusal = Object.values(REFUSALS).find((one) => one.reason === reason);
  const hint = refusal ? refusal.hint(asked) : entryOf(FAILURES, reason) ?? "";
  return { text: `the launch failed: ${sentence(message)} (${reason})`, hint };
}

/** Everything that was said under a code, which may occur several times. */
function under(code: string, message: string): string {
  return message.split(/; (?=[A-Z][A-Za-z.]+: )/).filter((part) => part.includes(`${code}: `)).join("; ");
}

const SHOWN = 3;

function capacityText(message: string, asked: Asked): string {
  const found = [
    ...message.matchAll(/sufficient (\S+) capacity in the Availability Zone you requested \(([^)\s]+)\)/g),
  ];
  const capacity = asked.capacity.length === 1 ? ` ${asked.capacity[0]}` : "";
  if (found.length === 0) return `EC2 has no${capacity} capacity for the pool's instance types`;
  const [types, zones] = [1, 2].map((index) => [...new Set(found.map((match) => match[index]!))].sort()) as [
    string[],
    string[],
  ];
  // Karpenter truncates long messages: more types or zones may follow.
  const more = message.endsWith("...") ? ", among others" : "";
  return `EC2 has no ${listed(types, "or")}${capacity} in ${listed(zones, "and")}${more}`;
}

function listed(all: readonly string[], word: "and" | "or"): string {
  const shown = all.length > SHOWN ? [...all.slice(0, SHOWN), "others"] : all;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} ${word} ${shown.at(-1)}`;
}

function limit(message: string): string {
  const vcpus = /vCPU limit of (\d+)/.exec(message)?.[1];
  return vcpus === undefined ? "is used up" : `is ${vcpus} vCPUs, which is too little`;
}

function named(asked: Asked, spot: boolean): string {
  const found = quota(asked, spot);
  return found ? ` "${found.name}"` : "";
}

/** A pool that names no types gets the cheapest ones, which are of the standard kinds. */
function quota({ types }: Asked, spot: boolean) {
  return quotaOf(types.length > 0 ? types : ["m"], spot);
}

function sentence(text: string): string {
  return text.trim().replace(/\.$/, "");
}

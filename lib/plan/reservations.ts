/**
 * Can a pool's nodes be in the capacity that it reserves? Karpenter takes reservations that are active, of an instance
 * type that the pool has, in a zone with a subnet; what does not fit it passes over without a word.
 */
import type { Judged } from "../core/findings.ts";
import type { CapacityReservation } from "../core/ports.ts";
import { isZoneId } from "../core/zones.ts";
import type { GpuPool } from "./types.ts";

/** What is known of the account. */
export interface ReservationFacts {
  /** Those that the pool's ids or tags name. */
  readonly found: readonly CapacityReservation[];
  /** Ids of the zones that have a subnet for nodes; `null`: not known. */
  readonly zones: readonly string[] | null;
  /** How a zone gets one. */
  readonly addZone: (zoneId: string) => string;
  readonly account: string;
  /** ms. */
  readonly now: number;
}

/** States that no time turns into capacity. */
const OVER = ["cancelled", "expired", "failed", "payment-failed", "unsupported"];
/** States before it. */
const COMING = ["assessing", "delayed", "payment-pending", "pending", "scheduled"];
const SOON = 24 * 3_600_000;

export function reservationFindings(pool: GpuPool, facts: ReservationFacts): Judged[] {
  const { reservation } = pool, { found } = facts;
  if (!reservation) return [];
  const path = `pools.${pool.name}.reservation`;
  if ("ids" in reservation) {
    const each = reservation.ids.flatMap((id, at) => {
      const one = found.find((reserved) => reserved.id === id);
      return one ? findingsOf(pool, one, facts, `${path}.ids[${at}]`) : [absent(`${path}.ids[${at}]`, id)];
    });
    return [...each, ...roomFindings(pool, facts, path)];
  }
  const usable = found.filter((one) => unusable(pool, one, facts) === null && !OVER.includes(one.state));
  if (usable.length === 0) return [noneTagged(pool, facts, path)];
  return [
    ...usable.flatMap((one) => timesOf(pool, one, facts, `${path}.tags`)),
    ...roomFindings(pool, { ...facts, found: usable }, path),
  ];
}

function absent(path: string, id: string): Judged {
  const message =
    `must be a reservation that the account has or that is shared with it, in this region: ${id} is not there`;
  return { severity: "error", path, message, hint: "aws ec2 describe-capacity-reservations lists those that are" };
}

/** What carries the tags may come later: Karpenter looks again and again. */
function noneTagged(pool: GpuPool, { found, ...facts }: ReservationFacts, path: string): Judged {
  const reasons = found.map((one) => unusable(pool, one, { found, ...facts })?.reason ?? `${one.id} is ${one.state}`);
  const told = reasons.length === 0 ? "none carries the tags" : reasons.join(", ");
  const message = `finds no capacity for ${pool.name} now: ${told}${without(pool)}`;
  return { severity: "warning", path: `${path}.tags`, message, hint: "tag the reservations that the pool is to use" };
}

function without({ capacity }: GpuPool): string {
  const others = capacity.filter((one) => one !== "reserved");
  return others.length === 0 ? "; until then it gets no node" : `; until then its nodes are ${others.join(" or ")}`;
}

function findingsOf(pool: GpuPool, one: CapacityReservation, facts: ReservationFacts, path: string): Judged[] {
  const never = unusable(pool, one, facts);
  if (never) {
    return [{
      severity: "error",
      path,
      message: `must be capacity that the pool can use: ${never.reason}`,
      hint: never.hint,
    }];
  }
  if (OVER.includes(one.state)) {
    const severity = pool.capacity.length === 1 ? "error" : "warning";
    return [{
      severity,
      path,
      message: `${one.id} is ${one.state}${without(pool)}`,
      hint: "name another, or take it out",
    }];
  }
  return timesOf(pool, one, facts, path);
}

/** Why the pool's nodes are never in it, whatever its state. */
function unusable(
  pool: GpuPool,
  { id, instanceType, platform, zone, zoneId }: CapacityReservation,
  { zones, addZone }: ReservationFacts,
): { readonly reason: string; readonly hint: string } | null {
  if (!pool.instanceTypes.includes(instanceType)) {
    const reason = `${id} is of ${instanceType}, the pool has ${pool.instanceTypes.join(", ")}`;
    return { reason, hint: "name a reservation of one of them, or another gpu" };
  }
  if (platform !== "Linux/UNIX") return { reason: `${id} is for ${platform}`, hint: "nodes are Linux/UNIX" };
  if (zones && !zones.includes(zoneId)) {
    return { reason: `${id} is in ${zone} (${zoneId}), where no subnet for nodes is`, hint: addZone(zoneId) };
  }
  if (pool.zones.length > 0 && !pool.zones.includes(zone) && !pool.zones.includes(zoneId)) {
    const wanted = isZoneId(pool.zones[0]!) ? zoneId : zone;
    // EFA keeps a pool to one zone.
    const hint = pool.efa ? `write zones: ["${wanted}"]` : `add "${wanted}" to its zones`;
    return { reason: `${id} is in ${wanted}, the pool in ${pool.zones.join(", ")}`, hint };
  }
  return null;
}

/** When it can be used, and whose it is. */
function timesOf(pool: GpuPool, one: CapacityReservation, { account, now }: ReservationFacts, path: string): Judged[] {
  const { id, state, startsAt, endsAt, owner, block, open } = one;
  const told = (severity: "warning" | "note", message: string, hint = ""): Judged => ({
    severity,
    path,
    message,
    hint,
  });
  const what = block ? `Capacity Block ${id}` : id;
  const from = startsAt !== null && startsAt > now ? ` and starts on ${minute(startsAt)}` : "";
  const known = state === "active" || COMING.includes(state);
  return [
    ...(known ? [] : [told("warning", `${what} is in the state "${state}", which this release does not know`)]),
    ...(COMING.includes(state) ? [told("note", `${what} is ${state}${from}${without(pool)}`)] : []),
    ...(endsAt !== null && endsAt - now < SOON
      ? [
        told(
          "warning",
          `${what} ends on ${minute(endsAt)}: its nodes are drained before`,
          "let what runs there keep checkpoints",
        ),
      ]
      : endsAt !== null
      ? [told("note", `${what} ends on ${minute(endsAt)}: its nodes are drained before`)]
      : []),
    ...(owner === account ? [] : [told("note", `${what} is account ${owner}'s, which shares it`)]),
    ...(open && !block ? [told("note", `${what} is open: whatever runs in the account and fits takes it too`)] : []),
  ];
}

/** Are there as many as the pool may ask for? */
function roomFindings(pool: GpuPool, facts: ReservationFacts, path: string): Judged[] {
  const usable = facts.found.filter((one) => !OVER.includes(one.state) && unusable(pool, one, facts) === null);
  const count = (of: "instances" | "free") => usable.reduce((sum, one) => sum + one[of], 0);
  const most = nodesOf(pool), instances = count("instances"), free = count("free");
  const told = (message: string): Judged[] => [{ severity: "note", path, message, hint: "" }];
  const beyond = pool.capacity.length === 1 ? "no further node is to be had" : "further nodes are bought";
  if (usable.length > 0 && most !== null && instances < most) {
    return told(`${pool.name} may have ${most} nodes and reserves ${instances}, ${free} of them free now: ${beyond}`);
  }
  // Before it starts none is free. Which instances are in it is not asked: they may be the pool's own.
  const full = free === 0 && usable.some(({ state }) => state === "active");
  return full ? told(`all ${instances} nodes that ${pool.name} reserves are in use now: ${beyond}`) : [];
}

/** The most nodes that the pool may have; `null` where that depends on their size. */
function nodesOf({ replicas, maxNodes, maxGpus, gpusPerNode }: GpuPool): number | null {
  return replicas ?? maxNodes ?? (gpusPerNode === null ? null : Math.floor(maxGpus / gpusPerNode));
}

/** `2026-11-25 14:30 UTC`. */
function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/**
 * Can a pool's nodes use the capacity that it reserves? Karpenter uses reservations that are active, have an instance
 * type of the pool and are in a zone with a subnet. It ignores others without a message.
 */
import type { Judged } from "../core/findings.ts";
import type { CapacityReservation } from "../core/ports.ts";
import { isZoneId } from "../core/zones.ts";
import type { GpuPool } from "./types.ts";

/** What is known of the account. */
export interface ReservationFacts {
  /** Reservations that match the pool's ids or tags. */
  readonly found: readonly CapacityReservation[];
  /** Ids of the zones that have a subnet for nodes; `null`: not known. */
  readonly zones: readonly string[] | null;
  /** How to add a subnet in a zone. */
  readonly addZone: (zoneId: string) => string;
  readonly account: string;
  /** ms. */
  readonly now: number;
}

/** States that never become usable. */
const OVER = ["cancelled", "expired", "failed", "payment-failed", "unsupported"];
/** States that may become usable. */
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
    `must be a reservation that the account has or that is shared with it, in this region: ${id} does not exist`;
  return { severity: "error", path, message, hint: "aws ec2 describe-capacity-reservations lists those that exist" };
}

/** Only a warning: reservations with the tags may follow, and Karpenter keeps looking. */
function noneTagged(pool: GpuPool, { found, ...facts }: ReservationFacts, path: string): Judged {
  const reasons = found.map((one) => unusable(pool, one, { found, ...facts })?.reason ?? `${one.id} is ${one.state}`);
  const why = reasons.length === 0 ? "no reservation has the tags" : reasons.join(", ");
  const message = `finds no capacity for ${pool.name} now: ${why}${without(pool)}`;
  return { severity: "warning", path: `${path}.tags`, message, hint: "tag the reservations that the pool should use" };
}

function without({ capacity }: GpuPool): string {
  const others = capacity.filter((one) => one !== "reserved");
  return others.length === 0 ? "; until then it gets no nodes" : `; until then its nodes are ${others.join(" or ")}`;
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
      hint: "name another, or delete it from the list",
    }];
  }
  return timesOf(pool, one, facts, path);
}

/** Why the pool's nodes can never use it, whatever its state. */
function unusable(
  pool: GpuPool,
  { id, instanceType, platform, zone, zoneId }: CapacityReservation,
  { zones, addZone }: ReservationFacts,
): { readonly reason: string; readonly hint: string } | null {
  if (!pool.instanceTypes.includes(instanceType)) {
    const reason = `${id} is for ${instanceType}, the pool has ${pool.instanceTypes.join(", ")}`;
    return { reason, hint: "name a reservation for one of these, or another gpu" };
  }
  if (platform !== "Linux/UNIX") return { reason: `${id} is for ${platform}`, hint: "nodes are Linux/UNIX" };
  if (zones && !zones.includes(zoneId)) {
    return { reason: `${id} is in ${zone} (${zoneId}), which has no subnet for nodes`, hint: addZone(zoneId) };
  }
  if (pool.zones.length > 0 && !pool.zones.includes(zone) && !pool.zones.includes(zoneId)) {
    const wanted = isZoneId(pool.zones[0]!) ? zoneId : zone;
    // A pool with EFA is in a single zone.
    const hint = pool.efa ? `write zones: ["${wanted}"]` : `add "${wanted}" to its zones`;
    return { reason: `${id} is in ${wanted}, the pool is in ${pool.zones.join(", ")}`, hint };
  }
  return null;
}

/** When it can be used, and who owns it. */
function timesOf(pool: GpuPool, one: CapacityReservation, { account, now }: ReservationFacts, path: string): Judged[] {
  const { id, state, startsAt, endsAt, owner, block, open } = one;
  const finding = (severity: "warning" | "note", message: string, hint = ""): Judged => ({
    severity,
    path,
    message,
    hint,
  });
  const what = block ? `Capacity Block ${id}` : id;
  const from = startsAt !== null && startsAt > now ? ` and starts on ${minute(startsAt)}` : "";
  const known = state === "active" || COMING.includes(state);
  return [
    ...(known ? [] : [finding("warning", `${what} is in the state "${state}", which this release does not know`)]),
    ...(COMING.includes(state) ? [finding("note", `${what} is ${state}${from}${without(pool)}`)] : []),
    ...(endsAt !== null && endsAt - now < SOON
      ? [
        finding(
          "warning",
          `${what} ends on ${minute(endsAt)}: its nodes are drained before that`,
          "save checkpoints of its jobs",
        ),
      ]
      : endsAt !== null
      ? [finding("note", `${what} ends on ${minute(endsAt)}: its nodes are drained before that`)]
      : []),
    ...(owner === account ? [] : [finding("note", `account ${owner} owns ${what} and shares it`)]),
    ...(open && !block ? [finding("note", `${what} is open: any matching instance in the account uses it too`)] : []),
  ];
}

/** Do the reservations have room for all nodes of the pool? */
function roomFindings(pool: GpuPool, facts: ReservationFacts, path: string): Judged[] {
  const usable = facts.found.filter((one) => !OVER.includes(one.state) && unusable(pool, one, facts) === null);
  const count = (of: "instances" | "free") => usable.reduce((sum, one) => sum + one[of], 0);
  const most = nodesOf(pool), instances = count("instances"), free = count("free");
  const finding = (message: string): Judged[] => [{ severity: "note", path, message, hint: "" }];
  const beyond = pool.capacity.length === 1 ? "it gets no more nodes" : "other nodes are not reserved";
  if (usable.length > 0 && most !== null && instances < most) {
    return finding(
      `${pool.name} may have ${most} nodes and reserves ${instances}, ${free} of them free now: ${beyond}`,
    );
  }
  // Before a reservation starts, nothing in it is free. The instances in it may also be the pool's own.
  const full = free === 0 && usable.some(({ state }) => state === "active");
  return full ? finding(`all ${instances} nodes that ${pool.name} reserves are in use now: ${beyond}`) : [];
}

/** The most nodes that the pool may have; `null` where that depends on their size. */
function nodesOf({ replicas, maxNodes, maxGpus, gpusPerNode }: GpuPool): number | null {
  return replicas ?? maxNodes ?? (gpusPerNode === null ? null : Math.floor(maxGpus / gpusPerNode));
}

/** `2026-11-25 14:30 UTC`. */
function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Before pools are created: can their nodes be in the capacity that they reserve? */
import { coded, type Finding } from "../core/findings.ts";
import type { CapacityPort } from "../core/ports.ts";
import { nodeZones } from "../core/zones.ts";
import { type ReservationFacts, reservationFindings } from "../plan/reservations.ts";
import type { GpuPool, Reservation } from "../plan/types.ts";
import { type Check, type CheckInput, Reader } from "./check.ts";

const CODE = "RESERVATION";

export const reservations: Check = {
  code: CODE,
  of: ["pools"],
  refusal: (name) => `Cannot give the pools of ${name} the capacity that they reserve`,
  run: checkReservations,
};

async function checkReservations(context: CheckInput): Promise<Finding[]> {
  const { config, ports, identity } = context, reader = new Reader(CODE);
  const pools = config.pools.filter((pool): pool is GpuPool => pool.kind === "gpu" && pool.reservation !== null);
  if (pools.length === 0) return [];
  const zones = await zonesOf(context, reader);
  const facts = { ...zones, account: identity.account, now: ports.clock.now() };
  const found = await reader.read("ec2:DescribeCapacityReservations", "the pools' reservations", () => {
    return Promise.all(pools.map(async (pool) => ({ pool, found: await foundOf(pool.reservation!, ports.capacity) })));
  });
  const findings = (found ?? []).flatMap(({ pool, found }) => reservationFindings(pool, { ...facts, found }));
  return [...coded(CODE, findings), ...reader.notes];
}

function foundOf(reservation: Reservation, port: CapacityPort) {
  return "ids" in reservation ? port.reservations(reservation.ids) : port.tagged(reservation.tags, reservation.owner);
}

/** Where nodes have a subnet. */
async function zonesOf(
  { config, ports }: CheckInput,
  reader: Reader,
): Promise<Pick<ReservationFacts, "zones" | "addZone">> {
  const { network } = config;
  if (network.kind === "own") {
    const zones = nodeZones(network);
    return {
      zones,
      addZone: (zone) =>
        `write network: { extraZones: [${[...network.extraZones, zone].map((one) => `"${one}"`).join(", ")}] }`,
    };
  }
  const subnets = await reader.read("ec2:DescribeSubnets", "whether the reservations are in the subnets' zones", () => {
    return ports.network.subnets(network.privateSubnets);
  });
  const zones = subnets?.map(({ zoneId }) => zoneId) ?? null;
  return { zones, addZone: (zone) => `append a subnet in ${zone} to network.privateSubnets` };
}

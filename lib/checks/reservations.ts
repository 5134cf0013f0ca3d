/** Before pools are created: can their nodes use the capacity that they reserve? */
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
  refusal: (name) => `Cannot use the capacity reservations that the pools of ${name} name`,
  run: checkReservations,
};

async function checkReservations(input: CheckInput): Promise<Finding[]> {
  const { config, ports, identity } = input, reader = new Reader(CODE);
  const pools = config.pools.filter((pool): pool is GpuPool => pool.kind === "gpu" && pool.reservation !== null);
  if (pools.length === 0) return [];
  const zones = await zonesOf(input, reader);
  const facts = { ...zones, account: identity.account, now: ports.clock.now() };
  const found = await reader.read("ec2:DescribeCapacityReservations", "the reservations of the pools", () => {
    return Promise.all(pools.map(async (pool) => ({ pool, found: await foundOf(pool.reservation!, ports.capacity) })));
  });
  const findings = (found ?? []).flatMap(({ pool, found }) => reservationFindings(pool, { ...facts, found }));
  return [...coded(CODE, findings), ...reader.notes];
}

function foundOf(reservation: Reservation, port: CapacityPort) {
  return "ids" in reservation ? port.reservations(reservation.ids) : port.tagged(reservation.tags, reservation.owner);
}

/** The zones that have a subnet for nodes. */
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
  const subnets = await reader.read(
    "ec2:DescribeSubnets",
    "whether the reservations are in the zones of the subnets",
    () => {
      return ports.network.subnets(network.privateSubnets);
    },
  );
  const zones = subnets?.map(({ zoneId }) => zoneId) ?? null;
  return { zones, addZone: (zone) => `append a subnet in ${zone} to network.privateSubnets` };
}

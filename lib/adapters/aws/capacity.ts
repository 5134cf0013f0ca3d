/** Capacity reservations, including Capacity Blocks. */
import {
  type CapacityReservation as AwsReservation,
  DescribeCapacityReservationsCommand,
  paginateDescribeCapacityReservations,
} from "@aws-sdk/client-ec2";
import type { CapacityPort, CapacityReservation } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, callingOrNull } from "./errors.ts";
import { itemsOf } from "./pages.ts";

const OPERATION = "ec2:DescribeCapacityReservations";
/** A reservation that never existed, or was deleted some days ago. */
const ABSENT = ["InvalidCapacityReservationId.NotFound", "InvalidCapacityReservationId.Malformed"];

export function capacity(clients: Clients): CapacityPort {
  return {
    // One by one: for several, EC2 names one that is missing and returns none of the others.
    reservations: async (ids) => (await Promise.all(ids.map((id) => byId(clients, id)))).flat(),
    tagged: (tags, owner) =>
      calling(OPERATION, Object.keys(tags).join(", "), async () => {
        const Filters = [
          ...Object.entries(tags).map(([key, value]) => ({ Name: `tag:${key}`, Values: [value] })),
          ...(owner === null ? [] : [{ Name: "owner-id", Values: [owner] }]),
        ];
        const pages = paginateDescribeCapacityReservations({ client: await clients.ec2() }, { Filters });
        return (await itemsOf(pages, ({ CapacityReservations }) => CapacityReservations)).map(reservationOf);
      }),
  };
}

async function byId(clients: Clients, id: string): Promise<CapacityReservation[]> {
  return await callingOrNull(OPERATION, id, ABSENT, async () => {
    const command = new DescribeCapacityReservationsCommand({ CapacityReservationIds: [id] });
    return ((await (await clients.ec2()).send(command)).CapacityReservations ?? []).map(reservationOf);
  }) ?? [];
}

function reservationOf(one: AwsReservation): CapacityReservation {
  return {
    id: one.CapacityReservationId ?? "",
    owner: one.OwnerId ?? "",
    state: one.State ?? "",
    instanceType: one.InstanceType ?? "",
    platform: one.InstancePlatform ?? "",
    zone: one.AvailabilityZone ?? "",
    zoneId: one.AvailabilityZoneId ?? "",
    block: one.ReservationType === "capacity-block",
    open: one.InstanceMatchCriteria === "open",
    instances: one.TotalInstanceCount ?? 0,
    free: one.AvailableInstanceCount ?? 0,
    startsAt: one.StartDate?.getTime() ?? null,
    endsAt: one.EndDate?.getTime() ?? null,
  };
}

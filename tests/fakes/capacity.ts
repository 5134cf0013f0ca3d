/** Reservations in memory. */
import type { CapacityPort, CapacityReservation } from "../../lib/core/ports.ts";

/** One that a pool of p5.48xlarge may use, with all of its instances free. */
export const RESERVATION: CapacityReservation = {
  id: "cr-0123456789abcdef0",
  owner: "123456789012",
  state: "active",
  instanceType: "p5.48xlarge",
  platform: "Linux/UNIX",
  zone: "us-west-2a",
  zoneId: "usw2-az1",
  block: false,
  open: false,
  instances: 4,
  free: 4,
  startsAt: 0,
  endsAt: null,
};

interface Tagged {
  readonly is: CapacityReservation;
  readonly tags: Readonly<Record<string, string>>;
}

export function fakeCapacity(all: readonly Tagged[]): CapacityPort {
  const found = (matches: (one: Tagged) => boolean) => Promise.resolve(all.filter(matches).map(({ is }) => is));
  return {
    reservations: (ids) => found(({ is }) => ids.includes(is.id)),
    tagged: (wanted, owner) =>
      found(({ is, tags }) => {
        const carries = Object.entries(wanted).every(([key, value]) => tags[key] === value);
        return carries && (owner === null || is.owner === owner);
      }),
  };
}

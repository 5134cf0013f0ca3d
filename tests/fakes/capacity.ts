/** Reservations in memory. */
import type { CapacityPort, CapacityReservation } from "../../lib/core/ports.ts";

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

/** What a port of capacity reservations gives: the same of the fake and of the SDK's adapter over an emulator. */
import assert from "node:assert/strict";
import type { CapacityPort, CapacityReservation } from "../../../lib/core/ports.ts";
import { RESERVATION } from "../../fakes/capacity.ts";

export const OWN = "210000000014", OTHER = "999988887777";
const START = Date.UTC(2026, 10, 20, 11, 30), END = Date.UTC(2026, 10, 27, 11, 30);

const one: CapacityReservation = { ...RESERVATION, owner: OWN, free: 3, startsAt: START };

/** Reservations by what tells them apart, with the tags that they carry. */
export const RESERVATIONS: readonly { readonly is: CapacityReservation; readonly tags: Record<string, string> }[] = [
  { is: one, tags: { team: "research", stage: "prod" } },
  {
    is: { ...one, id: "cr-0123456789abcdef1", block: true, state: "scheduled", free: 0, endsAt: END },
    tags: { team: "research" },
  },
  {
    is: { ...one, id: "cr-0123456789abcdef2", owner: OTHER, open: true, state: "expired" },
    tags: { team: "research" },
  },
  { is: { ...one, id: "cr-0123456789abcdef3", instanceType: "g6e.xlarge" }, tags: {} },
];

const [first, block, others] = RESERVATIONS.map(({ is }) => is);

/** `port` knows RESERVATIONS. */
export function capacityContract(name: string, port: () => CapacityPort): void {
  const sorted = (found: readonly CapacityReservation[]) => found.toSorted((a, b) => a.id < b.id ? -1 : 1);

  Deno.test(`${name}: reservations are found by id, whatever their state, and what is not there is left out`, async () => {
    const ids = [block!.id, "cr-0fffffffffffffff0", first!.id];
    assert.deepEqual(sorted(await port().reservations(ids)), [first, block]);
    assert.deepEqual(await port().reservations(["cr-0fffffffffffffff0"]), []);
    assert.deepEqual(await port().reservations([]), []);
  });

  Deno.test(`${name}: reservations are found by all of their tags, others' too unless an owner is named`, async () => {
    assert.deepEqual(sorted(await port().tagged({ team: "research" }, null)), [first, block, others]);
    assert.deepEqual(await port().tagged({ team: "research", stage: "prod" }, null), [first]);
    assert.deepEqual(await port().tagged({ team: "research" }, OTHER), [others]);
    assert.deepEqual(await port().tagged({ team: "vision" }, null), []);
  });
}

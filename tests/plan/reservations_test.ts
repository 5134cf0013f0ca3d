import assert from "node:assert/strict";
import { lineOf } from "../../lib/core/findings.ts";
import type { CapacityReservation } from "../../lib/core/ports.ts";
import { type ReservationFacts, reservationFindings } from "../../lib/plan/reservations.ts";
import type { GpuPool } from "../../lib/plan/types.ts";
import { train } from "../cluster/samples.ts";
import { RESERVATION } from "../fakes/capacity.ts";

const id = "cr-0123456789abcdef0", account = "123456789012";
const now = Date.UTC(2026, 10, 25, 12), hour = 3_600_000;
const sound: CapacityReservation = { ...RESERVATION, id, owner: account, startsAt: now - 100 * hour };
const only: GpuPool = { ...train, capacity: ["reserved"] };

/** Of one reservation, as it is changed; `null`: it is not there. */
function told(
  change: Partial<CapacityReservation> | null,
  pool = train,
  facts: Partial<ReservationFacts> = {},
): string[] {
  const found = change === null ? [] : [{ ...sound, ...change }];
  const addZone = (zone: string) => `add ${zone}`;
  return reservationFindings(pool, { found, zones: ["usw2-az1", "usw2-az2"], addZone, account, now, ...facts })
    .map((finding) => `${finding.severity} ${lineOf(finding)}`);
}

Deno.test("a reservation that is active, of the pool's type, in a zone with a subnet and large enough needs no word", () => {
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({}, { ...train, reservation: null }), []);
  assert.deepEqual(told({}, { ...train, zones: ["us-west-2a"] }), []);
  assert.deepEqual(told({}, { ...train, zones: ["usw2-az1"] }), []);
  assert.deepEqual(told({ zoneId: "usw2-az4" }, train, { zones: null }), [], "of zones that could not be read");
});

Deno.test("what no time makes usable is refused: missing, of another type or system, in a zone without a subnet", () => {
  const path = "error pools.train.reservation.ids[0]  ";
  assert.match(
    told(null).join(),
    /^error pools\.train\.reservation\.ids\[0\] {2}must be a reservation that the account has/,
  );
  assert.equal(
    told({ instanceType: "p5en.48xlarge" }).join(),
    `${path}must be capacity that the pool can use: ${id} is for p5en.48xlarge, the pool has p5.48xlarge — ` +
      "name a reservation for one of these, or another gpu",
  );
  assert.match(told({ platform: "Windows" }).join(), /^error .*is for Windows/);
  assert.equal(
    told({ zoneId: "usw2-az4", zone: "us-west-2d" }).join(),
    `${path}must be capacity that the pool can use: ${id} is in us-west-2d (usw2-az4), which has no subnet for nodes — ` +
      "add usw2-az4",
  );
  assert.match(
    told({}, { ...train, efa: false, zones: ["us-west-2b"] }).join(),
    /is in us-west-2a, the pool is in us-west-2b — add "us-west-2a"/,
  );
  assert.match(
    told({}, { ...train, zones: ["usw2-az2"] }).join(),
    /is in usw2-az1, the pool is in usw2-az2 — write zones: \["usw2-az1"\]/,
  );
});

Deno.test("capacity that is over is refused where the pool has no other, and told where it has", () => {
  for (const state of ["expired", "cancelled", "failed", "payment-failed", "unsupported"]) {
    assert.match(told({ state }, only).join(), new RegExp(`^error .*${id} is ${state}; until then it gets no nodes`));
    assert.match(
      told({ state }).join(),
      new RegExp(`^warning .*${id} is ${state}; until then its nodes are on-demand`),
    );
  }
});

Deno.test("capacity that is still to come is told with its day, and what the pool has until then", () => {
  const block = { state: "scheduled", block: true, startsAt: now + 48 * hour, endsAt: now + 72 * hour };
  assert.deepEqual(told(block, only), [
    `note pools.train.reservation.ids[0]  Capacity Block ${id} is scheduled and starts on 2026-11-27 12:00 UTC; ` +
    "until then it gets no nodes",
    `note pools.train.reservation.ids[0]  Capacity Block ${id} ends on 2026-11-28 12:00 UTC: its nodes are drained before that`,
  ]);
  assert.match(
    told({ state: "payment-pending", block: true }).join(),
    /^note .*is payment-pending; until then its nodes are/,
  );
});

Deno.test("capacity that ends within a day is a warning", () => {
  assert.match(
    told({ block: true, endsAt: now + 23 * hour }).join(),
    /^warning .*ends on 2026-11-26 11:00 UTC.* — save checkpoints/,
  );
  assert.match(told({ block: true, endsAt: now + 25 * hour }).join(), /^note .*ends on 2026-11-26 13:00 UTC/);
});

Deno.test("others' reservations, open ones and states that nobody knows are told", () => {
  assert.match(told({ owner: "999988887777" }).join(), /^note .*account 999988887777 owns cr-.* and shares it/);
  assert.match(told({ open: true }).join(), /^note .*is open: any matching instance in the account uses it too/);
  assert.match(told({ state: "dreaming" }).join(), /^warning .*in the state "dreaming"/);
});

Deno.test("room for fewer nodes than the pool may have is told, with what is free and what happens beyond", () => {
  assert.deepEqual(told({ instances: 2, free: 1 }), [
    "note pools.train.reservation  train may have 4 nodes and reserves 2, 1 of them free now: other nodes are not reserved",
  ]);
  assert.match(told({ instances: 2, free: 0 }, only).join(), /it gets no more nodes/);
  assert.match(told({ instances: 2 }, { ...only, replicas: 3 }).join(), /may have 3 nodes/);
  assert.match(told({ instances: 2 }, { ...only, maxNodes: 3 }).join(), /may have 3 nodes/);
  assert.deepEqual(told({ instances: 1 }, { ...train, gpusPerNode: null }), []);
});

Deno.test("capacity that is all in use is told, and none that is yet to start", () => {
  const note = "note pools.train.reservation  all 4 nodes that train reserves are in use now: ";
  assert.deepEqual(told({ free: 0 }), [`${note}other nodes are not reserved`]);
  assert.deepEqual(told({ free: 0 }, { ...only, gpusPerNode: null }), [`${note}it gets no more nodes`]);
  assert.deepEqual(told({ free: 1 }), []);
  assert.doesNotMatch(told({ free: 0, state: "scheduled" }).join(), /in use/);
});

Deno.test("reservations by tags may come later: none that fits is a warning with the reasons", () => {
  const tagged: GpuPool = { ...only, reservation: { tags: { team: "ml" }, owner: null } };
  assert.match(
    told(null, tagged).join(),
    /^warning pools\.train\.reservation\.tags {2}finds no capacity for train now: no reservation has/,
  );
  assert.match(told({ instanceType: "g6e.xlarge" }, tagged).join(), /finds no capacity.*is for g6e\.xlarge/);
  assert.match(told({ state: "expired" }, tagged).join(), /finds no capacity.*is expired/);
  assert.deepEqual(told({}, tagged), []);
  const found = [sound, { ...sound, id: "cr-1", state: "expired" }, { ...sound, id: "cr-2", instances: 0, owner: "1" }];
  assert.deepEqual(told({}, tagged, { found }), [
    "note pools.train.reservation.tags  account 1 owns cr-2 and shares it",
  ]);
});

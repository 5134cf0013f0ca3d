/** Reservations: which are asked for, what is known of zones, and what weaker rights leave open. */
import assert from "node:assert/strict";
import { reservations } from "../../lib/checks/reservations.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import type { Ports, Subnet } from "../../lib/core/ports.ts";
import type { Config } from "../../lib/plan/types.ts";
import { OWN, RESERVATIONS } from "../adapters/aws/capacity_contract.ts";
import { cpu, train, tune } from "../cluster/samples.ts";
import { fakeCapacity } from "../fakes/capacity.ts";
import { ownNetwork, smallest, THERE } from "../infra/config.ts";
import { contextOf, denied, never, type SomePorts } from "./context.ts";

const NOW = Date.UTC(2026, 10, 25);
const named = { ...train, reservation: { ids: [RESERVATIONS[0]!.is.id] } };

async function check(config: Config, ports: SomePorts = {}): Promise<string[]> {
  const all = { capacity: fakeCapacity(RESERVATIONS), clock: { now: () => NOW }, ...ports };
  const identity = { account: OWN, principalArn: "", partition: "aws" };
  const found = await reservations.run(contextOf(config, all, { identity }));
  return found.map(({ code, severity, message, hint }) => `${code} ${severity} ${message}${hint && ` — ${hint}`}`);
}

Deno.test("pools without a reservation ask nothing", async () => {
  const config = smallest({ pools: [cpu, tune] });
  assert.deepEqual(await check(config, { capacity: { reservations: never, tagged: never } }), []);
});

Deno.test("each pool's own reservations are looked at, by ids or by tags, in the zones of the network", async () => {
  const tagged = { ...train, name: "tags", reservation: { tags: { team: "research" }, owner: null } };
  const told = await check(smallest({ network: ownNetwork(), pools: [named, tagged] }));
  assert.deepEqual(told.map((line) => line.replace(/ ends on .*/, " ends")), [
    "RESERVATION note Capacity Block cr-0123456789abcdef1 is scheduled; until then its nodes are on-demand",
    "RESERVATION note Capacity Block cr-0123456789abcdef1 ends",
  ]);
  const two = { ...ownNetwork(), zones: ["usw2-az2", "usw2-az3"], extraZones: ["usw2-az4"] };
  const [error] = await check(smallest({ network: two, pools: [named] }));
  assert.match(
    error!,
    /^RESERVATION error .*which has no subnet for nodes — write network: \{ extraZones: \["usw2-az4", "usw2-az1"\] \}/,
  );
});

Deno.test("an existing VPC has the zones of its subnets", async () => {
  const subnets = (zoneId: string) =>
    ({ subnets: () => Promise.resolve([{ zoneId } as Subnet]) }) as unknown as Ports["network"];
  const config = smallest({ network: THERE, pools: [named] });
  assert.deepEqual(await check(config, { network: subnets("usw2-az1") }), []);
  assert.match(
    (await check(config, { network: subnets("usw2-az2") })).join(),
    /append a subnet in usw2-az1 to network\.private/,
  );
});

Deno.test("what may not be read is a note, and any other failure is one", async () => {
  const no = denied("ec2:DescribeCapacityReservations");
  const config = smallest({ network: ownNetwork(), pools: [named] });
  assert.deepEqual(await check(config, { capacity: { reservations: no, tagged: no } }), [
    "RESERVATION note not checked without ec2:DescribeCapacityReservations: the reservations of the pools",
  ]);
  const busy = () => Promise.reject(new UnituneError("AWS_BUSY", "Cannot call ec2:DescribeCapacityReservations"));
  await assert.rejects(check(config, { capacity: { reservations: busy, tagged: busy } }), /Cannot call/);
});

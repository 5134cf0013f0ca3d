/** What the README says that an idle cluster costs, worked out anew from the catalogue and a config's defaults. */
import assert from "node:assert/strict";
import { gibOf } from "../../lib/core/units.ts";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { ownNetwork } from "../infra/config.ts";
import eks from "./eks.json" with { type: "json" };
import network from "./network-prices.json" with { type: "json" };
import prices from "./prices.json" with { type: "json" };

const HOURS = 730;

function idle(nat: "per-az" | "single"): { hour: number; month: number } {
  const { count, instanceTypes, disk } = clusterOf().systemNodes,
    gateways = nat === "single" ? 1 : ownNetwork().zones.length;
  const machine = (prices.regions["us-east-1"] as Readonly<Record<string, number>>)[instanceTypes[0]!]!;
  const hour = eks.usdPerHour.standard + count * machine + gateways * (network.natGatewayHour + network.publicIpv4Hour);
  return { hour, month: hour * HOURS + count * gibOf(disk) * network.gp3GibMonth + network.kmsKeyMonth };
}

Deno.test("the README says what an idle cluster costs, by the catalogue's prices", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const zoned = idle("per-az"), single = idle("single");
  const says = readme.replace(/\s+/g, " ");
  assert.ok(
    says.includes(`${zoned.hour.toFixed(2)} USD an hour, about ${Math.round(zoned.month)} a month`),
    JSON.stringify(zoned),
  );
  assert.ok(
    says.includes(`${single.hour.toFixed(2)} an hour, about ${Math.round(single.month)} a month`),
    JSON.stringify(single),
  );
});

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

Deno.test("the examples' READMEs say what their nodes cost, by the catalogue's prices in us-east-1", async () => {
  const hourly = prices.regions["us-east-1"] as Readonly<Record<string, number>>;
  const folder = new URL("../../examples/", import.meta.url), zoned = idle("per-az"), single = idle("single");
  let told = 0;
  for await (const { name } of Deno.readDir(folder)) {
    const says = (await Deno.readTextFile(new URL(`${name}/README.md`, folder))).replace(/\s+/g, " ");
    for (const [text, type, price] of says.matchAll(/`([a-z0-9-]+\.[a-z0-9]+)` costs ([0-9.]+) USD an hour/g)) {
      assert.equal(Number(price), Number(hourly[type!]!.toFixed(2)), `${name}: ${text}`);
      told++;
    }
    for (const [text, price, month] of says.matchAll(/([0-9.]+) USD an hour(?:, about ([0-9]+) a month)?/g)) {
      const known = [zoned, single].find(({ hour }) => hour.toFixed(2) === price);
      if (month) assert.equal(Number(month), Math.round(known?.month ?? 0), `${name}: ${text}`);
    }
  }
  assert.ok(told >= 5);
});

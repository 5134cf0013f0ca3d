/** The prices that plan and status tell, against the catalogue. `UPDATE_GOLDEN=1` writes them anew. */
import assert from "node:assert/strict";
import { NETWORK_PRICES, priceOf, PRICES } from "../../../lib/core/facts/prices.ts";
import catalogue from "../../facts/instance-types.json" with { type: "json" };
import network from "../../facts/network-prices.json" with { type: "json" };

const file = new URL("../../../lib/core/facts/prices.json", import.meta.url);

interface Known {
  readonly cpu: number;
  readonly gpus?: number;
  readonly usdPerHourOnDemandUsEast1?: number;
}

Deno.test("every instance type with a price in the catalogue has it here, with its vCPUs", async () => {
  const types = Object.entries(catalogue.types as Readonly<Record<string, Known>>)
    .flatMap(([type, { cpu, gpus = 0, usdPerHourOnDemandUsEast1: usd }]) =>
      usd === undefined ? [] : [[type, gpus > 0 ? [cpu, usd, gpus] : [cpu, usd]]] as const
    );
  const text = `{\n"asOf": "${catalogue.asOf}",\n"types": {\n${
    types.map(([type, value]) => `"${type}": ${JSON.stringify(value)}`).join(",\n")
  }\n}\n}\n`;
  if (Deno.env.get("UPDATE_GOLDEN")) await Deno.writeTextFile(file, text);
  assert.equal(await Deno.readTextFile(file), text);
  assert.ok(types.length > 1000);
});

Deno.test("prices are asked for by type; one that the catalogue does not know has none", () => {
  assert.deepEqual(priceOf("p5.48xlarge"), { cpus: 192, gpus: 8, usdPerHour: 55.04 });
  assert.equal(priceOf("zz9.large"), null);
  assert.equal(PRICES.region, "us-east-1");
});

Deno.test("what the network costs is what the catalogue says", () => {
  const { natGatewayHour, publicIpv4Hour, gp3GibMonth, kmsKeyMonth } = network;
  assert.deepEqual(NETWORK_PRICES, { natGatewayHour, publicIpv4Hour, gp3GibMonth, kmsKeyMonth });
});

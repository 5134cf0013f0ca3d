/** The table of zones is a contract: an entry that changes replaces the subnets of whoever is in that region. */
import assert from "node:assert/strict";
import { REFUSED_BY_EKS, regionOfZone, ZONES } from "../../lib/core/zones.ts";
import { golden } from "../golden.ts";

Deno.test("zones of a region are a contract: their order decides which subnet is where", async () => {
  const lines = Object.keys(ZONES).toSorted().map((region) => `${region} ${ZONES[region]!.join(" ")}`);
  await golden("config/zones.table.txt", [...lines, `refused ${REFUSED_BY_EKS.join(" ")}`, ""].join("\n"));
});

Deno.test("no zone that EKS refuses is in the table, and each id is of its own region", () => {
  for (const [region, zones] of Object.entries(ZONES)) {
    assert.ok(zones.length >= 2, region);
    assert.equal(new Set(zones).size, zones.length, region);
    for (const zone of zones) {
      assert.ok(!REFUSED_BY_EKS.includes(zone), zone);
      assert.equal(regionOfZone(zone), region);
    }
  }
  for (const zone of REFUSED_BY_EKS) assert.ok(regionOfZone(zone), zone);
});

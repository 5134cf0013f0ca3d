import assert from "node:assert/strict";
import { eksImageRegistry } from "../../../lib/core/facts/eks_registries.ts";
import { CATALOGUE } from "../../facts/catalogue.ts";
import { ZONES } from "../../../lib/core/zones.ts";

Deno.test("every region whose zones are known has a registry of its own, in its own partition", () => {
  for (const region of Object.keys(ZONES)) {
    const suffix = region.startsWith("cn-") ? "\\.cn" : "";
    assert.match(
      eksImageRegistry(region) ?? "",
      new RegExp(`^[0-9]{12}\\.dkr\\.ecr\\.${region}\\.amazonaws\\.com${suffix}$`),
    );
  }
});

Deno.test("newer regions, China and GovCloud have other accounts than the first regions", () => {
  assert.equal(eksImageRegistry("us-west-2"), "602401143452.dkr.ecr.us-west-2.amazonaws.com");
  assert.equal(eksImageRegistry("me-central-1"), "759879836304.dkr.ecr.me-central-1.amazonaws.com");
  assert.equal(eksImageRegistry("cn-northwest-1"), "961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn");
  assert.equal(eksImageRegistry("us-gov-east-1"), "151742754352.dkr.ecr.us-gov-east-1.amazonaws.com");
});

Deno.test("a region that is not known has none, whatever its name", () => {
  for (const region of ["xx-north-1", "us-iso-east-1", "constructor"]) assert.equal(eksImageRegistry(region), null);
});

Deno.test("accounts and hosts are those of the catalogue, for every region that it has", () => {
  const regions = Object.keys(CATALOGUE.registries);
  assert.ok(regions.length > 30);
  for (const region of regions) assert.equal(eksImageRegistry(region), CATALOGUE.registries[region]!.host, region);
});

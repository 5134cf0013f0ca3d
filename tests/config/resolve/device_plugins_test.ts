import assert from "node:assert/strict";
import { PINS } from "../../../lib/core/pins.ts";
import { dsl, LEAST, resolve } from "../resolved.ts";

function resolved(region: string, more: Record<string, unknown> = {}) {
  const train = dsl.gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, efa: true, zones: [`${region}a`] });
  return resolve({ ...LEAST, region, pools: { train }, ...more });
}

Deno.test("the EFA plugin comes from EKS's registry in the region, in every partition", () => {
  const from = (region: string) => resolved(region).config?.devicePlugins.efa;
  assert.equal(from("us-west-2"), `602401143452.dkr.ecr.us-west-2.amazonaws.com/${PINS.devicePlugins.efa}`);
  assert.equal(from("us-gov-west-1"), `013241004608.dkr.ecr.us-gov-west-1.amazonaws.com/${PINS.devicePlugins.efa}`);
  assert.equal(
    from("cn-northwest-1"),
    `961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn/${PINS.devicePlugins.efa}`,
  );
});

Deno.test("in a region whose registry is not known, a pool with EFA requires the plugin's image", () => {
  const network = { zones: ["xxn1-az1", "xxn1-az2"] };
  const { issues } = resolved("xx-north-1", { network });
  assert.deepEqual(issues.map(({ code, path }) => [code, path.join(".")]), [["MISSING_FIELD", "devicePlugins.efa"]]);
  assert.match(issues[0]!.message, /does not know EKS's registry in xx-north-1/);
  const named = resolved("xx-north-1", { network, devicePlugins: { efa: "registry.example.com/efa:v1" } });
  assert.equal(named.config?.devicePlugins.efa, "registry.example.com/efa:v1");
  const without = resolved("xx-north-1", { network, pools: {} });
  assert.equal(without.config?.devicePlugins.efa, null);
});

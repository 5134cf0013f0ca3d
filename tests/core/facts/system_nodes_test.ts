import assert from "node:assert/strict";
import { KUBERNETES, KUBERNETES_VERSIONS } from "../../../lib/core/facts/kubernetes.ts";
import { systemRelease, systemTypes } from "../../../lib/core/facts/system_nodes.ts";
import offerings from "../../facts/offerings.json" with { type: "json" };
import builds from "../../facts/bottlerocket-builds.json" with { type: "json" };

Deno.test("system nodes are of two types that the region has, whatever it lacks", () => {
  assert.deepEqual(systemTypes("us-west-2"), ["m6i.large", "m5.large"]);
  assert.deepEqual(systemTypes("eu-south-2"), ["m5.large", "m7i.large"]);
  assert.deepEqual(systemTypes("ap-southeast-5"), ["m6i.large", "m7i.large"]);
  assert.deepEqual(systemTypes(undefined), ["m6i.large", "m5.large"]);
});

Deno.test("every region of which anybody tells its types has those that its system nodes are given", () => {
  const { regions, types } = offerings as unknown as {
    readonly regions: Readonly<Record<string, { readonly told: string | null }>>;
    readonly types: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  const told = Object.keys(regions).filter((region) => regions[region]!.told !== null);
  assert.ok(told.length > 30);
  for (const region of told) {
    const found = systemTypes(region);
    assert.equal(found.length, 2, region);
    for (const type of found) assert.ok(types[type]?.[region], `${region} has no ${type}`);
  }
});

Deno.test("the release of the system nodes is Bottlerocket's of the version, with the build that others saw", () => {
  for (const version of KUBERNETES_VERSIONS) {
    const release = KUBERNETES[version].amis.bottlerocket.slice(1);
    const build = (builds.builds as Readonly<Record<string, string>>)[release];
    assert.ok(build, `nobody tells the build of ${release}`);
    assert.equal(systemRelease(version), `${release}-${build}`);
  }
  assert.equal(systemRelease("1.20"), null);
});

import assert from "node:assert/strict";
import { networkOf } from "../../../lib/config/resolve/network.ts";
import type { Issue } from "../../../lib/config/issues.ts";
import { makeProject } from "../project.ts";

Deno.test("a new network has the first three zones of its region, all that EKS supports, or those that are named", () => {
  const zones = (region: string, input: Parameters<typeof networkOf>[0] = {}) => {
    const issues: Issue[] = [];
    const network = networkOf(input, { region, written: Object.keys(input) }, issues);
    assert.deepEqual(issues, []);
    return network.kind === "own" ? network.zones : [];
  };
  assert.deepEqual(zones("us-east-1"), ["use1-az1", "use1-az2", "use1-az4"]);
  assert.deepEqual(zones("us-east-1", { azs: 2 }), ["use1-az1", "use1-az2"]);
  assert.deepEqual(zones("us-west-1"), ["usw1-az1", "usw1-az3"]);
  assert.deepEqual(zones("ca-central-1"), ["cac1-az1", "cac1-az2", "cac1-az4"]);
  assert.deepEqual(zones("us-west-2", { zones: ["usw2-az4", "usw2-az1"] }), ["usw2-az4", "usw2-az1"]);
  assert.deepEqual(zones("eu-west-9", { zones: ["euw9-az2", "euw9-az1"] }), ["euw9-az2", "euw9-az1"]);
});

Deno.test("additional zones are in the cluster's region, are not the cluster's own, and have their own parts of the range", () => {
  const told = (extraZones: string[], zones?: [string, string], region = "us-east-1") => {
    const issues: Issue[] = [], input = { extraZones, ...(zones && { zones }) };
    const network = networkOf(input, { region, written: Object.keys(input) }, issues);
    return [issues.map(({ message }) => message).join("; "), network.kind === "own" ? network.extraZones : []];
  };
  // Whatever the order in which they are written.
  assert.deepEqual(told(["use1-az5", "use1-az6"]), ["", ["use1-az6", "use1-az5"]]);
  assert.deepEqual(told(["use1-az6", "use1-az5"]), ["", ["use1-az6", "use1-az5"]]);
  assert.match(told(["use1-az2"])[0] as string, /^must be a zone that the cluster does not use: it uses use1-az1, /);
  assert.match(told(["use1-az3"])[0] as string, /^must be a zone in which EKS supports subnets/);
  assert.match(told(["usw2-az4"])[0] as string, /^must be a zone of us-east-1: found "usw2-az4"/);
  assert.match(told(["use1-az5", "use1-az5"])[0] as string, /named once/);
  assert.match(
    told(["use1-az1", "use1-az4"], ["use1-az5", "use1-az6"])[0] as string,
    /^has the same part of the VPC's range as use1-az1: found "use1-az4"$/,
  );
});

Deno.test("a region that replaces the config's has its own zones and its own mistakes", async () => {
  await using project = await makeProject();
  const minimal = 'import { defineConfig } from "unitune/config";\n' +
    'export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" } });\n';
  const { config } = await project.load(minimal, { region: "us-west-1" });
  assert.equal(config.region, "us-west-1");
  assert.deepEqual(config.network.kind === "own" && config.network.zones, ["usw1-az1", "usw1-az3"]);
  assert.match(await project.failure(minimal, { region: "west" }), /region {2}must be an AWS region.*found "west"/);
});

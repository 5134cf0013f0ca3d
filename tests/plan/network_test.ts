import assert from "node:assert/strict";
import type { Zone } from "../../lib/core/ports.ts";
import { type DeployedNetwork, movedFindings, zoneFindings } from "../../lib/plan/network.ts";
import { ownNetwork, smallest, THERE } from "../infra/config.ts";

const NOTHING: DeployedNetwork = { vpcStack: false, zones: null, cluster: null };
const own = (zones: readonly string[]) => smallest({ network: { ...ownNetwork(), zones } });
const deployed = (zones: readonly string[] | null): DeployedNetwork => {
  return { vpcStack: true, zones, cluster: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] } };
};
const zone = (id: string, available = true): Zone => ({ id, name: `name of ${id}`, available });

Deno.test("before a deployment any zones will do, and after it a third may come at the end", () => {
  assert.deepEqual(movedFindings(own(["usw2-az1", "usw2-az2"]), NOTHING), []);
  const two = deployed(["usw2-az1", "usw2-az2"]);
  assert.deepEqual(movedFindings(own(["usw2-az1", "usw2-az2"]), two), []);
  assert.deepEqual(movedFindings(own(["usw2-az1", "usw2-az2", "usw2-az4"]), two), []);
});

for (
  const [what, zones] of [
    ["reordered", ["usw2-az2", "usw2-az1", "usw2-az3"]],
    ["others", ["usw2-az1", "usw2-az4", "usw2-az3"]],
    ["taken away", ["usw2-az1", "usw2-az2"]],
    ["one put between", ["usw2-az1", "usw2-az4", "usw2-az2"]],
  ] as const
) {
  Deno.test(`zones that are deployed are final: ${what} is refused`, () => {
    const [finding, ...more] = movedFindings(own(zones), deployed(["usw2-az1", "usw2-az2", "usw2-az3"]));
    assert.deepEqual(more, []);
    assert.equal(finding!.path, "network.zones");
    assert.equal(
      finding!.message,
      "must begin with the deployed zones, usw2-az1, usw2-az2, usw2-az3, in this order, as other zones would replace the " +
        `subnets and everything in them: found ${zones.join(", ")}`,
    );
    assert.match(finding!.hint, /zones: \["usw2-az1", "usw2-az2", "usw2-az3"\]/);
  });
}

Deno.test("a stack from before zones were told is not judged", () => {
  assert.deepEqual(movedFindings(own(["usw2-az2", "usw2-az1"]), deployed(null)), []);
});

Deno.test("a cluster stays in its VPC, whichever way the config would move it", () => {
  const config = smallest({ network: THERE }), cluster = { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] };
  const paths = (found: ReturnType<typeof movedFindings>) => found.map(({ path, message }) => `${path} ${message}`);
  const message = "cannot change, as EKS cannot move a cluster: acme is in";
  assert.deepEqual(paths(movedFindings(config, deployed(["usw2-az1", "usw2-az2"]))), [
    `network.vpcId ${message} one that unitune created`,
  ]);
  assert.deepEqual(paths(movedFindings(config, { ...NOTHING, cluster })), [`network.vpcId ${message} vpc-1`]);
  assert.deepEqual(paths(movedFindings(own(["usw2-az1", "usw2-az2"]), { ...NOTHING, cluster })), [
    `network ${message} vpc-1, which unitune did not create`,
  ]);
});

Deno.test("the control plane's subnets stay the first two, in either order, and more may be appended", () => {
  const [first, second, third] = THERE.privateSubnets as [string, string, string];
  const found = (privateSubnets: readonly string[]) =>
    movedFindings(smallest({ network: { ...THERE, privateSubnets } }), {
      ...NOTHING,
      cluster: { vpcId: THERE.vpcId, subnetIds: [first, second] },
    });
  assert.deepEqual(found([first, second]), []);
  assert.deepEqual(found([second, first, third]), []);
  const [finding] = found([third, second, first]);
  assert.equal(finding!.path, "network.privateSubnets");
  assert.ok(finding!.message.endsWith(`found ${third}, ${second}`), finding!.message);
});

Deno.test("each zone that the account lacks is told with those that it has and EKS takes", () => {
  const zones = [zone("use1-az1"), zone("use1-az2", false), zone("use1-az3"), zone("use1-az6")];
  const network = { ...ownNetwork(), zones: ["use1-az1", "use1-az2", "use1-az4"] };
  assert.deepEqual(
    zoneFindings(network, "account 123456789012 in us-east-1", zones).map(({ path, message }) => [path, message]),
    [
      ["network.zones[1]", "must be a zone of account 123456789012 in us-east-1: use1-az2 is not available now"],
      ["network.zones[2]", "must be a zone of account 123456789012 in us-east-1: use1-az4 is not one of them"],
    ],
  );
  assert.match(zoneFindings(network, "it", zones)[0]!.hint, /EKS supports use1-az1, use1-az6:/);
  assert.deepEqual(zoneFindings({ ...network, zones: ["use1-az6", "use1-az1"] }, "it", zones), []);
  assert.deepEqual(zoneFindings(network, "it", null), []);
});

import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { lineOf } from "../../lib/core/findings.ts";
import type { Offering } from "../../lib/core/ports.ts";
import { releaseParameter, releaseProblem, typeProblems, typesToAsk } from "../../lib/plan/system_nodes.ts";
import { ownNetwork, smallest, THERE } from "../infra/config.ts";

const cluster = (systemNodes: NonNullable<Parameters<typeof clusterOf>[0]>["systemNodes"] = {}) =>
  clusterOf({ endpoint: "private", systemNodes });
/** `type` in the zones of us-west-2 with these numbers. */
const offered = (zones: Readonly<Record<string, readonly number[]>>): Offering[] =>
  Object.entries(zones).flatMap(([type, numbers]) => numbers.map((n) => ({ type, zoneId: `usw2-az${n}` })));
const lines = (config: ReturnType<typeof smallest>, offerings: Offering[]) =>
  typeProblems(config, offerings).map(lineOf);

Deno.test("types that the region has in both zones of the system nodes are fine", () => {
  assert.deepEqual(lines(smallest(), offered({ "m6i.large": [1, 2], "m5.large": [3] })), []);
  assert.deepEqual(lines(smallest(), offered({ "m6i.large": [1], "m5.large": [2] })), []);
});

Deno.test("a type that the region lacks is told with those that it has", () => {
  const config = smallest({ cluster: cluster({ instanceTypes: ["m6i.large", "c9x.large"] }) });
  assert.ok(typesToAsk(config).includes("m7i.large"), "others are asked for");
  assert.deepEqual(lines(config, offered({ "m6i.large": [1, 2], "m7i.large": [1, 2] })), [
    "cluster.systemNodes.instanceTypes  must be instance types that us-west-2 offers: found c9x.large; of the usual ones " +
    'it offers m6i.large, m7i.large — write cluster: { systemNodes: { instanceTypes: ["m6i.large", "m7i.large"] } }',
  ]);
  assert.match(lines(config, [])[0]!, /of the usual ones it offers none — aws ec2 describe-instance-type-offerings/);
});

Deno.test("others of the same architecture are named", () => {
  const config = smallest({ cluster: cluster({ instanceTypes: ["m7g.large"] }) });
  assert.match(
    lines(config, offered({ "m6g.large": [1, 2], "m5.large": [1, 2] }))[0]!,
    /instanceTypes: \["m6g\.large"\]/,
  );
});

Deno.test("a zone of the system nodes that has none of the types is told; of an existing VPC zones are not known here", () => {
  const offerings = offered({ "m6i.large": [1, 3], "m5.large": [3] });
  assert.match(lines(smallest(), offerings).join("\n"), /must include an instance type that usw2-az2 offers/);
  assert.deepEqual(lines(smallest({ network: THERE }), offerings), []);
  const elsewhere = smallest({ network: { ...ownNetwork({ azs: 2 }), zones: ["usw2-az3", "usw2-az1", "usw2-az2"] } });
  assert.deepEqual(lines(elsewhere, offerings), [], "the third zone has no system node");
});

Deno.test("SSM is asked for the release of the right version and architecture", () => {
  assert.equal(
    releaseParameter(smallest()),
    "/aws/service/bottlerocket/aws-k8s-1.35/x86_64/1.66.0/image_version",
  );
  const graviton = smallest({ cluster: cluster({ instanceTypes: ["m7g.large"], release: "1.62.1-ea1afdd6" }) });
  assert.equal(releaseParameter(graviton), "/aws/service/bottlerocket/aws-k8s-1.35/arm64/1.62.1/image_version");
});

Deno.test("a release that AWS does not publish, or with another build, is a problem", () => {
  assert.equal(releaseProblem(smallest(), "1.66.0-1ad6b4a4"), null);
  const wrong = releaseProblem(smallest(), "1.66.0-ffffffff");
  assert.match(lineOf(wrong!), /which this version of unitune pins — write .*release: "1\.66\.0-ffffffff"/);
  const own = smallest({ cluster: cluster({ release: "1.40.0-12345678" }) });
  assert.match(
    lineOf(releaseProblem(own, undefined)!),
    /^cluster\.systemNodes\.release {2}must be a release of Bottlerocket with Kubernetes 1\.35: found 1\.40\.0-12345678;/,
  );
});

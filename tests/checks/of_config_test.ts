/** What a config alone tells, with an account and without one. */
import assert from "node:assert/strict";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { configFindings, sources, tolerations } from "../../lib/checks/of_config.ts";
import type { StackDiff } from "../../lib/core/ports.ts";
import { ownNetwork, smallest } from "../infra/config.ts";
import { contextOf } from "./context.ts";

const isolated = smallest({ network: ownNetwork({ azs: 2, nat: "none" }) });
const custom = smallest({
  cluster: {
    ...smallest().cluster,
    addOns: ["adot", "coredns"].map((name) => ({ name, version: null, configuration: null, role: null })),
  },
});
const stacks = (action: "add" | "modify"): StackDiff[] =>
  [{
    stack: "acme-eks",
    exists: action === "modify",
    changes: [{ logicalId: "AddOn", resourceType: "AWS::EKS::Addon", action }],
  }] as unknown as StackDiff[];

Deno.test("isolated nodes are told what they cannot reach, in a plan with an account and in one without", async () => {
  const findings = await sources.run(contextOf(isolated, {}));
  assert.match(findings[0]!.message, /no way to the Internet/);
  assert.deepEqual(configFindings(isolated, 0), findings);
  assert.deepEqual(configFindings(smallest(), 0), []);
});

Deno.test("an add-on that may wait for a node is told while it is created, and not once it runs", async () => {
  const [finding, ...more] = await tolerations.run(contextOf(custom, {}, { stacks: stacks("add") }));
  assert.equal(finding!.path, "cluster.addOns.adot.configuration");
  assert.deepEqual(more, []);
  assert.deepEqual(await tolerations.run(contextOf(custom, {}, { stacks: stacks("modify") })), []);
  assert.deepEqual(configFindings(custom, 0), [finding]);
});

Deno.test("the end of a version's standard support is told without an account, too", () => {
  const config = smallest({ cluster: clusterOf({ version: "1.34", endpoint: "private" }) });
  const day = Date.parse("2026-11-25T12:00:00Z");
  assert.match(configFindings(config, day)[0]!.message, /^Kubernetes 1\.34 leaves standard support on 2026-12-02/);
});

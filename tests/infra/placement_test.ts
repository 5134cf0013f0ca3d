import assert from "node:assert/strict";
import { placementGroupOutput } from "../../lib/core/names.ts";
import { largest, smallest, testPool } from "./config.ts";
import { all, type Json, only, synthesized } from "./templates.ts";

const GROUP = "AWS::EC2::PlacementGroup";

Deno.test("a pool that asks for a group of its own gets one of the cluster strategy, named by an output", async () => {
  const { eks } = await synthesized(largest());
  const group = only(eks, GROUP), output = eks.toJSON().Outputs[placementGroupOutput("train-b200")];
  assert.equal(group.Properties.Strategy, "cluster");
  assert.deepEqual(output, { Value: { Ref: group.id } });
});

Deno.test("the group has no tag that could change, as CloudFormation would replace it and Karpenter its nodes", async () => {
  const { eks } = await synthesized(largest());
  assert.deepEqual(only(eks, GROUP).Properties.Tags, [{ Key: "unitune:cluster", Value: "acme-ml-prod" }]);
});

Deno.test("the group outlives the option and the pool, whose nodes are still in it, and goes with the clean-up", async () => {
  const { eks } = await synthesized(largest());
  const group = only(eks, GROUP), cleanUp = only(eks, "AWS::CloudFormation::CustomResource");
  assert.deepEqual([group.DeletionPolicy, group.UpdateReplacePolicy], ["RetainExceptOnCreate", "Retain"]);
  assert.ok(cleanUp.DependsOn.includes(group.id), "the clean-up runs before CloudFormation comes to the group");
});

Deno.test("an existing group, and a pool without one, add nothing to the stack", async () => {
  const pools = [testPool("near", { placementGroup: { name: "training" } }), testPool("anywhere")];
  const { eks } = await synthesized(smallest({ pools }));
  assert.deepEqual(all(eks, GROUP), []);
  assert.deepEqual(Object.keys(eks.toJSON().Outputs as Json).filter((name) => name.startsWith("PlacementGroup")), []);
});

Deno.test("pools whose names differ in a hyphen alone have outputs of their own", async () => {
  const pools = ["a-1", "a1", "ab", "a-b"].map((name) => testPool(name, { placementGroup: "cluster" }));
  const { eks } = await synthesized(smallest({ pools }));
  const outputs = Object.entries<Json>(eks.toJSON().Outputs).filter(([name]) => name.startsWith("PlacementGroup"));
  assert.equal(new Set(outputs.map(([, { Value }]) => Value.Ref)).size, 4);
  for (const [name] of outputs) assert.match(name, /^[A-Za-z0-9]+$/);
});

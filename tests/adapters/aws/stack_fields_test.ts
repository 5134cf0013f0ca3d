import assert from "node:assert/strict";
import { resourceFields, valuesOf } from "../../../lib/adapters/aws/stack_fields.ts";

const difference = (oldValue: unknown, newValue: unknown, changeImpact = "WILL_UPDATE") => {
  return { isDifferent: true, oldValue, newValue, changeImpact };
};

Deno.test("each part of a property is told, and whether it replaces the resource", () => {
  const propertyUpdates = {
    InstanceTypes: difference(["m5.large"], ["m6i.large"], "WILL_REPLACE"),
    ScalingConfig: difference({ MinSize: 2, MaxSize: 3 }, { MinSize: 2, MaxSize: 4 }),
    Same: { ...difference(1, 1), isDifferent: false },
  };
  assert.deepEqual(resourceFields("Group", { propertyUpdates }, new Map()), [
    { path: "InstanceTypes", before: "[m5.large]", after: "[m6i.large]", replaces: true },
    { path: "ScalingConfig.MaxSize", before: "3", after: "4" },
  ]);
});

Deno.test("a reference reads as Fn::Sub writes it; where the change set knows the value, that is told", () => {
  const arn = (name: string) => ({ "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, `:iam::1:role/${name}`]] });
  const propertyUpdates = { RoleArn: difference(arn("a"), { "Fn::GetAtt": ["Role", "Arn"] }) };
  assert.deepEqual(resourceFields("Group", { propertyUpdates }, new Map()), [
    { path: "RoleArn", before: "arn:${AWS::Partition}:iam::1:role/a", after: "${Role.Arn}" },
  ]);
  const Target = {
    Attribute: "Properties",
    Name: "RoleArn",
    BeforeValue: "arn:aws:iam::1:role/a",
    AfterValue: "{{changeSet:KNOWN_AFTER_APPLY}}",
  };
  const ResourceChange = { LogicalResourceId: "Group", Details: [{ Target }, { Target: { Attribute: "Tags" } }] };
  const values = valuesOf({ StackName: "acme-eks", Changes: [{ ResourceChange }] });
  assert.deepEqual(resourceFields("Group", { propertyUpdates }, values), [
    { path: "RoleArn", before: "arn:aws:iam::1:role/a", after: "{{changeSet:KNOWN_AFTER_APPLY}}" },
  ]);
});

Deno.test("what else of a resource changes is told, without the CDK's own metadata", () => {
  const otherChanges = {
    DeletionPolicy: difference("Delete", "Retain"),
    Metadata: difference({ "aws:cdk:path": "a" }, { "aws:cdk:path": "b" }),
  };
  assert.deepEqual(resourceFields("Group", { otherChanges }, new Map()), [
    { path: "DeletionPolicy", before: "Delete", after: "Retain" },
  ]);
});

Deno.test("of a property whose parts change, each part is told by its path", () => {
  const value = (of: string) => [{ Key: "a", Value: { Ref: of } }];
  const propertyUpdates = { Tags: difference(value("Old"), value("New")) };
  const part = (at: number) => ({
    Attribute: "Properties",
    Name: "Tags",
    Path: `/Properties/Tags/${at}/Value`,
    BeforeValue: `${at}`,
    AfterValue: `new${at}`,
  });
  const Details = [{ Target: part(0) }, { Target: part(1) }];
  const values = valuesOf({ Changes: [{ ResourceChange: { LogicalResourceId: "Group", Details } }] });
  assert.deepEqual(resourceFields("Group", { propertyUpdates }, values), [
    { path: "Tags[0].Value", before: "0", after: "new0" },
    { path: "Tags[1].Value", before: "1", after: "new1" },
  ]);
});

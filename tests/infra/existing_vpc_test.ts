/** A cluster in a VPC that is there: one stack, which names the VPC's parts and makes none of them. */
import assert from "node:assert/strict";
import { smallest, THERE } from "./config.ts";
import { all, only, synthesized } from "./templates.ts";

Deno.test("a VPC that is there has no stack, and the cluster's makes only a security group of it", async () => {
  const { stacks, eks, files } = await synthesized(smallest({ network: THERE }));
  assert.deepEqual(stacks, ["acme-eks"]);
  assert.deepEqual(Object.keys(files).filter((name) => name.includes("-vpc")), []);
  const made = all(eks).filter(({ Type }) => Type.startsWith("AWS::EC2::")).map(({ Type }) => Type);
  assert.deepEqual(made.toSorted(), [
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupIngress",
  ]);
  assert.equal(only(eks, "AWS::EC2::SecurityGroup").Properties.VpcId, THERE.vpcId);
  assert.doesNotMatch(files["acme-eks.template.json"]!, /Fn::ImportValue/);
});

Deno.test("control plane and system nodes are in the first two subnets, and more of them change no byte", async () => {
  const { eks, files } = await synthesized(smallest({ network: THERE }));
  const first = THERE.privateSubnets.slice(0, 2);
  assert.deepEqual(only(eks, "AWS::EKS::Cluster").Properties.ResourcesVpcConfig.SubnetIds, first);
  assert.deepEqual(only(eks, "AWS::EKS::Nodegroup").Properties.Subnets, first);
  const swapped = [...first.toReversed(), ...THERE.privateSubnets.slice(2), "subnet-0aaaaaaaaaaaaaaa4"];
  const more = await synthesized(smallest({ network: { ...THERE, privateSubnets: swapped } }));
  assert.equal(more.files["acme-eks.template.json"], files["acme-eks.template.json"]);
});

Deno.test("where nodes reach no IAM, the stack makes their instance profile, which goes after the leftovers", async () => {
  const { eks } = await synthesized(smallest({ network: { ...THERE, isolated: true } }));
  const profile = only(eks, "AWS::IAM::InstanceProfile");
  const role = only(eks, "AWS::IAM::Role", ({ Description }) => /^Nodes that Karpenter/.test(Description));
  assert.equal(profile.Properties.InstanceProfileName, "acme-node-us-west-2");
  assert.deepEqual(profile.Properties.Roles, [{ Ref: role.id }]);
  const leftovers = only(eks, "AWS::CloudFormation::CustomResource");
  assert.ok(leftovers.DependsOn.includes(profile.id));
  const { eks: open } = await synthesized(smallest({ network: THERE }));
  open.resourceCountIs("AWS::IAM::InstanceProfile", 0);
});

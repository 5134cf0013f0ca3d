import assert from "node:assert/strict";
import { golden } from "../golden.ts";
import { largest, smallest } from "./config.ts";
import { all, type Json, only, synthesized, tagsOf } from "./templates.ts";

/** The statements of Karpenter 1.14's own template, policy by policy. */
const OFFICIAL = {
  NodeLifecycle: [
    "AllowScopedEC2InstanceAccessActions",
    "AllowScopedEC2LaunchTemplateAccessActions",
    "AllowScopedEC2InstanceActionsWithTags",
    "AllowScopedResourceCreationTagging",
    "AllowScopedResourceTagging",
    "AllowScopedDeletion",
  ],
  IamIntegration: [
    "AllowPassingInstanceRole",
    "AllowScopedInstanceProfileCreationActions",
    "AllowScopedInstanceProfileTagActions",
    "AllowScopedInstanceProfileActions",
  ],
  EksIntegration: ["AllowAPIServerEndpointDiscovery"],
  Interruption: ["AllowInterruptionQueueActions"],
  ZonalShift: ["AllowZonalShiftStatusReadOnly"],
  ResourceDiscovery: [
    "AllowRegionalReadActions",
    "AllowSSMReadActions",
    "AllowPricingReadActions",
    "AllowUnscopedInstanceProfileListAction",
    "AllowInstanceProfileReadActions",
  ],
};

Deno.test("the controller has the official policies, statement by statement", async () => {
  const { eks } = await synthesized(smallest());
  const policies = all(eks, "AWS::IAM::ManagedPolicy");
  const sids = policies.map(({ Properties }) => [
    Properties.Description.split(": ")[1],
    Properties.PolicyDocument.Statement.map(({ Sid }: { Sid: string }) => Sid),
  ]);
  assert.deepEqual(Object.fromEntries(sids), OFFICIAL);
  const role = only(eks, "AWS::IAM::Role", ({ Description }) => Description.startsWith("Karpenter's controller"));
  assert.deepEqual(role.Properties.ManagedPolicyArns, policies.map(({ id }) => ({ Ref: id })));
  const documents = Object.fromEntries(
    policies.map(({ Properties }) => [Properties.Description, Properties.PolicyDocument]),
  );
  await golden("infra/karpenter-policies.json", JSON.stringify(documents, null, 2) + "\n");
});

Deno.test("every policy of the controller stays within what IAM takes, for the longest name", async () => {
  const { eks } = await synthesized(smallest({ name: "a".repeat(28), region: "ap-northeast-1" }));
  for (const { id, Properties } of all(eks, "AWS::IAM::ManagedPolicy")) {
    const size = JSON.stringify(Properties.PolicyDocument).length;
    assert.ok(size < 6144, `${id} has ${size} characters`);
  }
});

Deno.test("Karpenter's role is for its ServiceAccount in this cluster only", async () => {
  const { eks } = await synthesized(smallest());
  const role = only(eks, "AWS::IAM::Role", ({ Description }) => Description.startsWith("Karpenter's controller"));
  const [trust] = role.Properties.AssumeRolePolicyDocument.Statement;
  assert.deepEqual(trust.Principal, { Service: "pods.eks.amazonaws.com" });
  assert.deepEqual(trust.Action, ["sts:AssumeRole", "sts:TagSession"]);
  const wanted = trust.Condition.StringEquals;
  assert.deepEqual(wanted["aws:SourceAccount"], { Ref: "AWS::AccountId" });
  assert.match(JSON.stringify(wanted["aws:RequestTag/eks-cluster-arn"]), /:eks:us-west-2:.*:cluster\/acme"/);
  assert.equal(wanted["aws:RequestTag/kubernetes-namespace"], "kube-system");
  assert.equal(wanted["aws:RequestTag/kubernetes-service-account"], "karpenter");
  eks.hasResourceProperties("AWS::EKS::PodIdentityAssociation", {
    Namespace: "kube-system",
    ServiceAccount: "karpenter",
    RoleArn: { "Fn::GetAtt": [role.id, "Arn"] },
  });
});

Deno.test("the queue takes events over TLS and keeps them five minutes; five rules feed it", async () => {
  const { eks } = await synthesized(smallest());
  const queue = only(eks, "AWS::SQS::Queue");
  assert.equal(queue.Properties.MessageRetentionPeriod, 300);
  assert.equal(queue.Properties.SqsManagedSseEnabled, true);
  const [send, deny] = only(eks, "AWS::SQS::QueuePolicy").Properties.PolicyDocument.Statement;
  assert.deepEqual(send.Principal, { Service: ["events.amazonaws.com", "sqs.amazonaws.com"] });
  assert.equal(deny.Effect, "Deny");
  assert.deepEqual(deny.Condition, { Bool: { "aws:SecureTransport": "false" } });
  const rules = all(eks, "AWS::Events::Rule");
  assert.deepEqual(
    rules.map(({ Properties }) => [...Properties.EventPattern.source, ...Properties.EventPattern["detail-type"]]),
    [
      ["aws.health", "AWS Health Event"],
      ["aws.ec2", "EC2 Spot Instance Interruption Warning"],
      ["aws.ec2", "EC2 Instance Rebalance Recommendation"],
      ["aws.ec2", "EC2 Instance State-change Notification"],
      ["aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"],
    ],
  );
  for (const { Properties } of rules) assert.deepEqual(Properties.Targets[0].Arn, { "Fn::GetAtt": [queue.id, "Arn"] });
});

Deno.test("the node role is short-named, may join the cluster, and is the one that Karpenter may pass", async () => {
  const { eks } = await synthesized(smallest());
  const role = only(eks, "AWS::IAM::Role", ({ Description }) => Description.startsWith("Nodes that Karpenter"));
  assert.equal(role.Properties.RoleName, undefined, "CloudFormation cuts the names that it makes to 64 characters");
  assert.deepEqual(role.Properties.ManagedPolicyArns.map((arn: Json) => arn["Fn::Join"][1].at(-1).split("/").at(-1)), [
    "AmazonEKS_CNI_Policy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
  ]);
  const entry = only(eks, "AWS::EKS::AccessEntry", ({ Type }) => Type === "EC2_LINUX");
  assert.deepEqual(entry.Properties.PrincipalArn, { "Fn::GetAtt": [role.id, "Arn"] });
  const [pass] = only(eks, "AWS::IAM::ManagedPolicy", ({ Description }) => Description.endsWith("IamIntegration"))
    .Properties.PolicyDocument.Statement;
  assert.deepEqual(pass.Resource, { "Fn::GetAtt": [role.id, "Arn"] });
});

Deno.test("Karpenter's nodes share a tagged group that talks to itself both ways and with the cluster's", async () => {
  const { eks } = await synthesized(largest());
  const group = only(eks, "AWS::EC2::SecurityGroup");
  const tags = tagsOf(group);
  assert.equal(tags["karpenter.sh/discovery"], "acme-ml-prod");
  assert.equal(tags["kubernetes.io/cluster/acme-ml-prod"], "owned");
  const nodes = { "Fn::GetAtt": [group.id, "GroupId"] };
  const cluster = { "Fn::GetAtt": [only(eks, "AWS::EKS::Cluster").id, "ClusterSecurityGroupId"] };
  const ingress = all(eks, "AWS::EC2::SecurityGroupIngress").map((
    { Properties: p },
  ) => [p.GroupId, p.SourceSecurityGroupId]);
  assert.deepEqual(ingress, [[nodes, nodes], [nodes, cluster], [cluster, nodes]]);
  const egress = only(eks, "AWS::EC2::SecurityGroupEgress").Properties;
  assert.deepEqual([egress.GroupId, egress.DestinationSecurityGroupId], [nodes, nodes]);
});

Deno.test("Karpenter may use the key of volumes, and hand it to AWS's services alone", async () => {
  const key = "arn:aws:kms:us-west-2:123456789012:key/0123-abcd";
  const { eks } = await synthesized(smallest({ ebsKey: key }));
  const { Statement } =
    only(eks, "AWS::IAM::Policy", ({ PolicyName }) => PolicyName === "EbsKey").Properties.PolicyDocument;
  assert.deepEqual(Statement.map(({ Resource }: { Resource: unknown }) => Resource), [key, key]);
  assert.deepEqual(Statement[1].Condition, { Bool: { "kms:GrantIsForAWSResource": "true" } });
  assert.deepEqual([Statement[1].Action, Statement[0].Action.includes("kms:CreateGrant")], ["kms:CreateGrant", false]);
  const without = await synthesized(smallest());
  assert.deepEqual(
    all(without.eks, "AWS::IAM::Policy").filter(({ Properties }) => Properties.PolicyName === "EbsKey"),
    [],
  );
});

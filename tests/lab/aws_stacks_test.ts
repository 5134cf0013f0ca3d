/** The project's own stacks in the emulator, by CloudFormation's API alone: made, read, changed, removed. */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { largest, testImage } from "../infra/config.ts";
import { synthesized } from "../infra/templates.ts";
import { contract } from "./aws/contract.ts";

const emulator = contract("210000000004", 4634, 15314);
const { client } = emulator;
const stacks = new cfn.CloudFormationClient(client);
const config = largest({ name: "contract" });

Deno.test.beforeAll(() => emulator.start());
Deno.test.afterAll(() => emulator.stop());

/** Waits for the end of what a stack does; its failures make a failure that can be read. */
async function settled(StackName: string): Promise<string> {
  for (;;) {
    const { Stacks } = await stacks.send(new cfn.DescribeStacksCommand({ StackName }));
    const status = Stacks![0]!.StackStatus!;
    if (!status.endsWith("_IN_PROGRESS")) return status;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function expectStatus(StackName: string, wanted: string): Promise<void> {
  const status = await settled(StackName);
  if (status === wanted) return;
  const { StackEvents } = await stacks.send(new cfn.DescribeStackEventsCommand({ StackName }));
  const failed = StackEvents!.filter((event) => event.ResourceStatus?.endsWith("FAILED"));
  const reasons = failed.map((event) =>
    `${event.LogicalResourceId} ${event.ResourceType}: ${event.ResourceStatusReason}`
  );
  assert.fail(`${StackName} is ${status}, not ${wanted}: ${reasons.join("; ")}`);
}

/** A body has at most 51,200 bytes, so templates are put into a bucket, as the CDK toolkit does it. */
async function stored(template: string | undefined): Promise<string> {
  const files = new s3.S3Client({ ...client, forcePathStyle: true }), Bucket = "contract-templates";
  const LocationConstraint = client.region as s3.BucketLocationConstraint;
  await files.send(new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }))
    .catch((error) => {
      if (error.name !== "BucketAlreadyOwnedByYou") throw error;
    });
  const Key = `${crypto.randomUUID()}.json`;
  await files.send(new s3.PutObjectCommand({ Bucket, Key, Body: template ?? "" }));
  return `https://s3.${client.region}.amazonaws.com/${Bucket}/${Key}`;
}

const Capabilities: cfn.Capability[] = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"];

async function create(StackName: string, TemplateURL: string): Promise<Record<string, string>> {
  await stacks.send(new cfn.CreateStackCommand({ StackName, TemplateURL, Capabilities }));
  await expectStatus(StackName, "CREATE_COMPLETE");
  const { Stacks } = await stacks.send(new cfn.DescribeStacksCommand({ StackName }));
  return Object.fromEntries(Stacks![0]!.Outputs!.map((output) => [output.OutputKey, output.OutputValue]));
}

async function remove(StackName: string): Promise<void> {
  const { Stacks } = await stacks.send(new cfn.DescribeStacksCommand({ StackName }));
  await stacks.send(new cfn.DeleteStackCommand({ StackName }));
  await expectStatus(Stacks![0]!.StackId!, "DELETE_COMPLETE");
}

/** What an account holds that stacks make, as names. */
async function holdings(): Promise<Record<string, readonly string[]>> {
  const [machines, names, clusters] = [new ec2.EC2Client(client), new iam.IAMClient(client), new eks.EKSClient(client)];
  const groups = (await machines.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups!;
  return {
    vpcs: (await machines.send(new ec2.DescribeVpcsCommand({}))).Vpcs!.map((vpc) => vpc.VpcId!),
    subnets: (await machines.send(new ec2.DescribeSubnetsCommand({}))).Subnets!.map((subnet) => subnet.SubnetId!),
    addresses: (await machines.send(new ec2.DescribeAddressesCommand({}))).Addresses!.map((each) => each.PublicIp!),
    endpoints: (await machines.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints!.map((each) =>
      each.ServiceName!
    ),
    flowLogs: (await machines.send(new ec2.DescribeFlowLogsCommand({}))).FlowLogs!.map((each) => each.FlowLogId!),
    groups: groups.map((group) => `${group.VpcId} ${group.GroupName}`),
    templates: (await machines.send(new ec2.DescribeLaunchTemplatesCommand({}))).LaunchTemplates!.map((each) =>
      each.LaunchTemplateName!
    ),
    roles: (await names.send(new iam.ListRolesCommand({}))).Roles!.map((role) => role.RoleName!),
    policies: (await names.send(new iam.ListPoliciesCommand({ Scope: "Local" }))).Policies!.map((each) =>
      each.PolicyName!
    ),
    profiles: (await names.send(new iam.ListInstanceProfilesCommand({}))).InstanceProfiles!.map((each) => each.Arn!),
    clusters: (await clusters.send(new eks.ListClustersCommand({}))).clusters!,
  };
}

/** What a Karpenter that is gone leaves: an instance, a launch template and an instance profile with its tags. */
async function leaveInstance(RoleName: string): Promise<string> {
  const machines = new ec2.EC2Client(client);
  const names = new iam.IAMClient(client);
  const Tags = [
    { Key: `kubernetes.io/cluster/${config.name}`, Value: "owned" },
    { Key: "karpenter.sh/nodepool", Value: "gpu" },
    { Key: "karpenter.k8s.aws/cluster", Value: config.name },
    { Key: "unitune:cluster", Value: config.name },
    { Key: "eks:eks-cluster-name", Value: config.name },
    { Key: "topology.kubernetes.io/region", Value: "us-west-2" },
  ];
  const specification = (ResourceType: ec2.ResourceType) => [{ ResourceType, Tags }];
  const { Instances } = await machines.send(
    new ec2.RunInstancesCommand({
      InstanceType: "g6e.xlarge",
      MinCount: 1,
      MaxCount: 1,
      TagSpecifications: specification("instance"),
    }),
  );
  await machines.send(
    new ec2.CreateLaunchTemplateCommand({
      LaunchTemplateName: "karpenter.k8s.aws/left",
      LaunchTemplateData: { InstanceType: "g6e.xlarge" },
      TagSpecifications: specification("launch-template"),
    }),
  );
  const InstanceProfileName = `${config.name}_left`;
  await names.send(
    new iam.CreateInstanceProfileCommand({ InstanceProfileName, Path: `/karpenter/us-west-2/${config.name}/`, Tags }),
  );
  await names.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
  return Instances![0]!.InstanceId!;
}

async function stateOf(instance: string): Promise<string | undefined> {
  const found = await new ec2.EC2Client(client).send(new ec2.DescribeInstancesCommand({ InstanceIds: [instance] }));
  return found.Reservations![0]!.Instances![0]!.State?.Name;
}

Deno.test("the project's stacks are made, changed and removed, and leave only what they retain", async () => {
  const before = await holdings();
  const { files } = await synthesized(config);
  const template = (kind: string) => stored(files[`${config.name}-${kind}.template.json`]);
  await create("contract-vpc", await template("vpc"));
  const outputs = await create("contract-eks", await template("eks"));
  for (const [name, value] of Object.entries(outputs)) assert.ok(value, `output ${name} has a value`);

  const clusters = new eks.EKSClient(client);
  const { cluster } = await clusters.send(new eks.DescribeClusterCommand({ name: config.name }));
  assert.equal(cluster?.accessConfig?.bootstrapClusterCreatorAdminPermissions, false);
  assert.equal(cluster?.resourcesVpcConfig?.endpointPublicAccess, true);
  assert.deepEqual(cluster?.resourcesVpcConfig?.publicAccessCidrs, ["203.0.113.0/24", "198.51.100.7/32"]);
  assert.match(cluster?.encryptionConfig?.[0]?.provider?.keyArn ?? "", /^arn:aws:kms:/);
  assert.equal(cluster?.logging?.clusterLogging?.find((each) => each.enabled)?.types?.length, 5);
  const { associations } = await clusters.send(
    new eks.ListPodIdentityAssociationsCommand({ clusterName: config.name }),
  );
  const accounts = associations!.map((each) => `${each.namespace}/${each.serviceAccount}`).sort();
  assert.deepEqual(accounts, ["kube-system/karpenter", "unitune-build/unitune-builder"]);

  const registry = new ecr.ECRClient(client);
  const described = async () => (await registry.send(new ecr.DescribeRepositoriesCommand({}))).repositories!;
  for (const repository of await described()) {
    assert.equal(repository.imageTagMutability, "IMMUTABLE_WITH_EXCLUSION");
    assert.ok(repository.imageTagMutabilityExclusionFilters!.some((each) => each.filter === "src-*"));
  }
  const repositories = (await described()).length;
  assert.equal(repositories, config.images.length);

  const changed = await synthesized(largest({ name: "contract", images: [...config.images, testImage("more")] }));
  const TemplateURL = await stored(changed.files["contract-eks.template.json"]);
  await stacks.send(new cfn.UpdateStackCommand({ StackName: "contract-eks", TemplateURL, Capabilities }));
  await expectStatus("contract-eks", "UPDATE_COMPLETE");
  assert.equal((await described()).length, repositories + 1);

  const left = await leaveInstance(outputs.NodeRoleName!);
  await remove("contract-eks");
  await remove("contract-vpc");
  assert.deepEqual(await holdings(), before);
  assert.equal(await stateOf(left), "terminated", "the stack's function ends what Karpenter left");
  assert.equal((await described()).length, repositories + 1, "repositories are retained");
  const { Buckets } = await new s3.S3Client(client).send(new s3.ListBucketsCommand({}));
  assert.ok(Buckets!.length <= 1, "at most the bucket of contexts is left");
});

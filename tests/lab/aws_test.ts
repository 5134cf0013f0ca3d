/** The emulator's contract, asked through the AWS SDK as unitune asks it: EKS, IAM, STS, EC2, quotas, faults, trace. */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as ec2 from "@aws-sdk/client-ec2";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { contract } from "./aws/contract.ts";
import { nameOfError } from "./aws/testbed.ts";

const account = "210000000002";
const emulator = contract(account, 4632, 15312);
const { client } = emulator;

Deno.test.beforeAll(() => emulator.start());
Deno.test.afterAll(() => emulator.stop());

const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const trust = (service: string, ...actions: string[]) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: actions }] });

async function makeCluster(name: string): Promise<eks.Cluster> {
  const { Subnets } = await new ec2.EC2Client(client).send(new ec2.DescribeSubnetsCommand({}));
  const subnetIds = Subnets!.slice(0, 2).map((subnet) => subnet.SubnetId!);
  const access = eks.AuthenticationMode.API;
  const { cluster } = await new eks.EKSClient(client).send(
    new eks.CreateClusterCommand({
      name,
      version: "1.35",
      roleArn: role("cluster"),
      resourcesVpcConfig: { subnetIds },
      accessConfig: { authenticationMode: access, bootstrapClusterCreatorAdminPermissions: false },
    }),
  );
  return cluster!;
}

const clusters = new eks.EKSClient(client);

Deno.test("EKS creates a cluster in its subnets' VPC, with a real security group and no entry for its creator", async () => {
  const cluster = await makeCluster("shape");
  assert.equal(cluster.status, "ACTIVE");
  assert.equal(cluster.kubernetesNetworkConfig?.serviceIpv4Cidr, "172.20.0.0/16");
  assert.match(cluster.endpoint ?? "", /^https:\/\//);
  assert.match(atob(cluster.certificateAuthority?.data ?? ""), /BEGIN CERTIFICATE/);
  assert.match(
    cluster.identity?.oidc?.issuer ?? "",
    /^https:\/\/oidc\.eks\.us-west-2\.amazonaws\.com\/id\/[0-9A-F]{32}$/,
  );
  const GroupIds = [cluster.resourcesVpcConfig!.clusterSecurityGroupId!];
  const { SecurityGroups } = await new ec2.EC2Client(client).send(
    new ec2.DescribeSecurityGroupsCommand({ GroupIds }),
  );
  assert.equal(SecurityGroups?.[0]?.VpcId, cluster.resourcesVpcConfig?.vpcId);
  const { accessEntries } = await clusters.send(new eks.ListAccessEntriesCommand({ clusterName: "shape" }));
  assert.deepEqual(accessEntries, []);
  assert.equal(await nameOfError(makeCluster("shape")), "ResourceInUseException");
  assert.equal(
    await nameOfError(clusters.send(new eks.DescribeClusterCommand({ name: "none" }))),
    "ResourceNotFoundException",
  );
});

Deno.test("EKS keeps access entries and their policies", async () => {
  const clusterName = (await makeCluster("entries")).name!;
  const principalArn = role("team/admin");
  const entry = { clusterName, principalArn };
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  assert.equal(
    await nameOfError(clusters.send(new eks.DescribeAccessEntryCommand(entry))),
    "ResourceNotFoundException",
  );
  await clusters.send(new eks.CreateAccessEntryCommand(entry));
  assert.equal(await nameOfError(clusters.send(new eks.CreateAccessEntryCommand(entry))), "ResourceInUseException");
  await clusters.send(new eks.AssociateAccessPolicyCommand({ ...entry, policyArn, accessScope: { type: "cluster" } }));
  const { associatedAccessPolicies } = await clusters.send(new eks.ListAssociatedAccessPoliciesCommand(entry));
  assert.deepEqual(associatedAccessPolicies?.map((policy) => policy.policyArn), [policyArn]);
  const { accessEntries } = await clusters.send(new eks.ListAccessEntriesCommand({ clusterName }));
  assert.deepEqual(accessEntries, [principalArn]);
  await clusters.send(new eks.DeleteAccessEntryCommand(entry));
  assert.equal(await nameOfError(clusters.send(new eks.DeleteAccessEntryCommand(entry))), "ResourceNotFoundException");
});

Deno.test("EKS deletes a cluster only after its node groups", async () => {
  const clusterName = (await makeCluster("groups")).name!;
  const nodegroupName = "system";
  const group = { clusterName, nodegroupName };
  const request = { ...group, nodeRole: role("node"), subnets: ["subnet-1"] };
  await clusters.send(new eks.CreateNodegroupCommand(request));
  const { nodegroup } = await clusters.send(new eks.DescribeNodegroupCommand(group));
  assert.equal(nodegroup?.status, "ACTIVE");
  const remove = () => clusters.send(new eks.DeleteClusterCommand({ name: clusterName }));
  assert.equal(await nameOfError(remove()), "ResourceInUseException");
  await clusters.send(new eks.DeleteNodegroupCommand(group));
  await remove();
  assert.equal(await nameOfError(remove()), "ResourceNotFoundException");
});

Deno.test("EKS hands a pod's role out under the conditions of its trust policy alone", async () => {
  const clusterName = (await makeCluster("pods")).name!;
  const roles = new iam.IAMClient(client);
  const create = (RoleName: string, AssumeRolePolicyDocument: string) =>
    roles.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await create("trusted", trust("pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession"));
  await create("untagged", trust("pods.eks.amazonaws.com", "sts:AssumeRole"));
  for (const name of ["trusted", "untagged"]) {
    const association = { clusterName, namespace: "unitune-build", serviceAccount: name, roleArn: role(name) };
    await clusters.send(new eks.CreatePodIdentityAssociationCommand(association));
  }
  const pod = { namespace: "unitune-build", pod: "p", podUid: "u" };
  const refused = await emulator.lab("POST", "pod-identity/credentials", { ...pod, serviceAccount: "untagged" });
  assert.match(String(refused.error), /trust policy/);
  const keys = await emulator.lab("POST", "pod-identity/credentials", { ...pod, serviceAccount: "trusted" });
  const credentials = {
    accessKeyId: String(keys.AccessKeyId),
    secretAccessKey: String(keys.SecretAccessKey),
    sessionToken: String(keys.Token),
  };
  const caller = await new sts.STSClient({ ...client, credentials }).send(new sts.GetCallerIdentityCommand({}));
  assert.match(caller.Arn ?? "", new RegExp(`^arn:aws:sts::${account}:assumed-role/trusted/eks-pods-p-`));
});

Deno.test("IAM makes the spot service-linked role once", async () => {
  const api = new iam.IAMClient(client);
  const get = () => api.send(new iam.GetRoleCommand({ RoleName: "AWSServiceRoleForEC2Spot" }));
  const create = () => api.send(new iam.CreateServiceLinkedRoleCommand({ AWSServiceName: "spot.amazonaws.com" }));
  assert.equal(await nameOfError(get()), "NoSuchEntityException");
  await create();
  assert.match(
    (await get()).Role?.Arn ?? "",
    /role\/aws-service-role\/spot\.amazonaws\.com\/AWSServiceRoleForEC2Spot$/,
  );
  assert.equal(await nameOfError(create()), "InvalidInputException");
});

Deno.test("STS remembers the inline policy of a session", async () => {
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
  });
  const assume = new sts.AssumeRoleCommand({ RoleArn: role("any"), RoleSessionName: "narrow", Policy });
  const { Credentials } = await new sts.STSClient(client).send(assume);
  const { sessions } = await emulator.lab("GET", "sessions") as { sessions: { accessKey: string; policy: unknown }[] };
  const session = sessions.find((each) => each.accessKey === Credentials?.AccessKeyId);
  assert.deepEqual(session?.policy, JSON.parse(Policy));
});

const machines = new ec2.EC2Client(client);

Deno.test("EC2 knows CPU and GPU types, with offerings in the zones that have them", async () => {
  const InstanceTypes = ["g6e.xlarge", "p5.48xlarge", "m7g.xlarge"] as ec2._InstanceType[];
  const described = await machines.send(new ec2.DescribeInstanceTypesCommand({ InstanceTypes }));
  const gpus = described.InstanceTypes!.map((type) => type.GpuInfo?.Gpus?.[0]?.Name).sort();
  assert.deepEqual(gpus, ["H100", "L40S", undefined]);
  const p5 = described.InstanceTypes!.find((type) => type.InstanceType === "p5.48xlarge");
  assert.equal(p5?.NetworkInfo?.EfaInfo?.MaximumEfaInterfaces, 32);
  const offered = await machines.send(
    new ec2.DescribeInstanceTypeOfferingsCommand({
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: ["g6e.xlarge"] }],
    }),
  );
  assert.deepEqual(offered.InstanceTypeOfferings?.map((each) => each.Location), [
    "us-west-2a",
    "us-west-2b",
    "us-west-2c",
    "us-west-2d",
  ]);
  const none = machines.send(new ec2.DescribeInstanceTypesCommand({ InstanceTypes: ["x9.tiny" as ec2._InstanceType] }));
  assert.equal(await nameOfError(none), "InvalidInstanceType");
});

Deno.test("EC2 launches the cheapest override, only pretends on DryRun, and shuts down slowly", async () => {
  const { Subnets } = await machines.send(new ec2.DescribeSubnetsCommand({}));
  const subnet = Subnets!.find((each) => each.AvailabilityZone === "us-west-2b")!;
  const LaunchTemplateName = "karpenter.k8s.aws/contract";
  await machines.send(
    new ec2.CreateLaunchTemplateCommand({
      LaunchTemplateName,
      LaunchTemplateData: { NetworkInterfaces: [{ DeviceIndex: 0, Groups: ["sg-1"] }] },
    }),
  );
  const request: ec2.CreateFleetCommandInput = {
    Type: "instant",
    TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: "spot" },
    LaunchTemplateConfigs: [{
      LaunchTemplateSpecification: { LaunchTemplateName, Version: "$Latest" },
      Overrides: ["m7i.4xlarge", "m7i.xlarge"].map((type) => ({
        InstanceType: type as ec2._InstanceType,
        SubnetId: subnet.SubnetId!,
      })),
    }],
  };
  assert.equal(
    await nameOfError(machines.send(new ec2.CreateFleetCommand({ ...request, DryRun: true }))),
    "DryRunOperation",
  );
  const { Instances } = await machines.send(new ec2.CreateFleetCommand(request));
  const InstanceIds = Instances![0]!.InstanceIds!;
  assert.equal(Instances![0]!.InstanceType, "m7i.xlarge");
  const state = async () => {
    const { Reservations } = await machines.send(new ec2.DescribeInstancesCommand({ InstanceIds }));
    return Reservations![0]!.Instances![0]!;
  };
  const instance = await state();
  assert.equal(instance.Placement?.AvailabilityZone, "us-west-2b");
  assert.equal(instance.InstanceLifecycle, "spot");
  assert.match(instance.PrivateDnsName ?? "", /^ip-\d+-\d+-\d+-\d+\.us-west-2\.compute\.internal$/);
  assert.deepEqual(instance.SecurityGroups?.map((group) => group.GroupId), ["sg-1"]);
  await machines.send(new ec2.TerminateInstancesCommand({ InstanceIds }));
  assert.equal((await state()).State?.Name, "shutting-down");
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal((await state()).State?.Name, "terminated");
  const LaunchTemplateNames = ["karpenter.k8s.aws/none"];
  const unknown = machines.send(new ec2.DescribeLaunchTemplatesCommand({ LaunchTemplateNames }));
  assert.equal(await nameOfError(unknown), "InvalidLaunchTemplateName.NotFoundException");
});

Deno.test("EC2 launches nothing beyond a quota's vCPUs, on-demand and spot apart, and says so of each override", async () => {
  const { Subnets } = await machines.send(new ec2.DescribeSubnetsCommand({}));
  const launch = async (kind: "spot" | "on-demand", type: string) => {
    const { Errors, Instances } = await machines.send(
      new ec2.CreateFleetCommand({
        Type: "instant",
        TargetCapacitySpecification: { TotalTargetCapacity: 1, DefaultTargetCapacityType: kind },
        LaunchTemplateConfigs: [{
          LaunchTemplateSpecification: { LaunchTemplateName: "karpenter.k8s.aws/contract", Version: "$Latest" },
          Overrides: [{ InstanceType: type as ec2._InstanceType, SubnetId: Subnets![0]!.SubnetId! }],
        }],
      }),
    );
    return [...(Instances ?? []).map(({ InstanceType }) => InstanceType), ...Errors!.map(({ ErrorCode }) => ErrorCode)];
  };
  await emulator.lab("PUT", "quotas", { "L-1216C47A": 6, "L-34B43A08": 0 });
  assert.deepEqual(await launch("on-demand", "m7i.xlarge"), ["m7i.xlarge"]);
  assert.deepEqual(await launch("on-demand", "m7i.xlarge"), ["VcpuLimitExceeded"], "4 of 6 run");
  assert.deepEqual(await launch("on-demand", "m7i.large"), ["m7i.large"]);
  assert.deepEqual(await launch("spot", "m7i.large"), ["MaxSpotInstanceCountExceeded"]);
  assert.deepEqual(await launch("on-demand", "g6.xlarge"), ["g6.xlarge"], "another quota");
  await emulator.lab("PUT", "quotas", { "L-1216C47A": 512, "L-34B43A08": 512 });
});

Deno.test("EC2 leads from SSM's public names to images of the right architecture", async () => {
  const Name = "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/image_id";
  const [status, body] = await emulator.call("ssm", "AmazonSSM.GetParameter", { Name });
  assert.equal(status, 200);
  const ImageIds = [(body.Parameter as { Value: string }).Value];
  const { Images } = await machines.send(new ec2.DescribeImagesCommand({ ImageIds }));
  assert.equal(Images?.[0]?.Architecture, "arm64");
  assert.match(Images?.[0]?.Name ?? "", /^amazon-eks-node-al2023-arm64-standard-1\.35-v\d{8}$/);
  const [missing, error] = await emulator.call("ssm", "AmazonSSM.GetParameter", { Name: "/aws/service/none" });
  assert.deepEqual([missing, error.__type], [400, "ParameterNotFound"]);
});

Deno.test("Service Quotas answers quotas by code, and the values that a test sets", async () => {
  const quota = async () => {
    const [, body] = await emulator.call("servicequotas", "ServiceQuotasV20190624.GetServiceQuota", {
      ServiceCode: "ec2",
      QuotaCode: "L-417A185B",
    });
    return body.Quota as { QuotaName: string; Value: number };
  };
  assert.equal((await quota()).QuotaName, "Running On-Demand P instances");
  await emulator.lab("PUT", "quotas", { "L-417A185B": 0 });
  assert.equal((await quota()).Value, 0);
  const unknown = { ServiceCode: "ec2", QuotaCode: "L-0" };
  const [status, body] = await emulator.call("servicequotas", "ServiceQuotasV20190624.GetServiceQuota", unknown);
  assert.deepEqual([status, body.__type], [400, "NoSuchResourceException"]);
});

Deno.test("the faults file fails calls in the envelope of their protocol, as often as said", () =>
  emulator.withFaults([
    { service: "ec2", action: "DescribeVpcs", times: 1, error: "RequestLimitExceeded" },
    { service: "eks", action: "ListClusters", times: 1, error: "ThrottlingException" },
    { service: "s3", action: "ListAllMyBuckets", times: 1, error: "SlowDown" },
    { service: "cloudformation", action: "ListStacks", times: 1, error: "Throttling" },
  ], async () => {
    const vpcs = () => new ec2.EC2Client(client).send(new ec2.DescribeVpcsCommand({}));
    assert.equal(await nameOfError(vpcs()), "RequestLimitExceeded");
    assert.equal(await nameOfError(vpcs()), "no error");
    assert.equal(
      await nameOfError(new eks.EKSClient(client).send(new eks.ListClustersCommand({}))),
      "ThrottlingException",
    );
    assert.equal(await nameOfError(new s3.S3Client(client).send(new s3.ListBucketsCommand({}))), "SlowDown");
    const stacks = new cfn.CloudFormationClient(client).send(new cfn.ListStacksCommand({}));
    assert.equal(await nameOfError(stacks), "Throttling");
  }));

Deno.test("the faults file fails a resource of a stack for the reason given, and rolls the stack back", () =>
  emulator.withFaults(
    [{ resource: "AWS::EC2::EIP", reason: "The maximum number of addresses has been reached.", times: 1 }],
    async () => {
      const api = new cfn.CloudFormationClient(client);
      const TemplateBody = JSON.stringify({
        Resources: { Ip: { Type: "AWS::EC2::EIP", Properties: { Domain: "vpc" } } },
      });
      await api.send(new cfn.CreateStackCommand({ StackName: "faulty", TemplateBody }));
      let status = "";
      while (!status.endsWith("COMPLETE")) {
        const { Stacks } = await api.send(new cfn.DescribeStacksCommand({ StackName: "faulty" }));
        status = Stacks![0]!.StackStatus!;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(status, "ROLLBACK_COMPLETE");
      const { StackEvents } = await api.send(new cfn.DescribeStackEventsCommand({ StackName: "faulty" }));
      const reasons = StackEvents!.map((event) => event.ResourceStatusReason ?? "").join("\n");
      assert.match(reasons, /maximum number of addresses/);
    },
  ));

Deno.test("the trace says who asked for what, and with which end", async () => {
  await emulator.lab("DELETE", "requests");
  await nameOfError(new eks.EKSClient(client).send(new eks.DescribeClusterCommand({ name: "nowhere" })));
  await new sts.STSClient(client).send(new sts.GetCallerIdentityCommand({}));
  const { requests } = await emulator.lab("GET", "requests") as { requests: Record<string, unknown>[] };
  const seen = requests.map((
    each,
  ) => [each.service, each.action, each.status, each.error, each.accessKey, each.agent]);
  assert.deepEqual(seen, [
    ["eks", "DescribeCluster", 404, "ResourceNotFoundException", "test", "aws-sdk-js"],
    ["sts", "GetCallerIdentity", 200, "", "test", "aws-sdk-js"],
  ]);
});

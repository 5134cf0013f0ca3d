/** What an account holds that stacks make, as names. */
import * as cfn from "@aws-sdk/client-cloudformation";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { ask, type Raw } from "./raw.ts";

/** Kind → the names or ids of all there are. */
export type Holdings = Readonly<Record<string, readonly string[]>>;

interface Client {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export async function holdings(endpoint: string, region: string): Promise<Holdings> {
  const client = { endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const clusters = new eks.EKSClient(client);
  return {
    ...await machines(client),
    ...await identities(client),
    clusters: (await clusters.send(new eks.ListClustersCommand({}))).clusters!,
    logGroups: (await new logs.CloudWatchLogsClient(client).send(new logs.DescribeLogGroupsCommand({})))
      .logGroups!.map(({ logGroupName }) => logGroupName!),
    buckets: (await new s3.S3Client({ ...client, forcePathStyle: true }).send(new s3.ListBucketsCommand({})))
      .Buckets!.map(({ Name }) => Name!),
    stacks: (await new cfn.CloudFormationClient(client).send(new cfn.DescribeStacksCommand({})))
      .Stacks!.map(({ StackName }) => StackName!),
    repositories: (await new ecr.ECRClient(client).send(new ecr.DescribeRepositoriesCommand({})))
      .repositories!.map(({ repositoryName }) => repositoryName!).sort(),
    ...await plainly(client),
  };
}

async function machines(options: Client): Promise<Holdings> {
  const client = new ec2.EC2Client(options);
  const groups = (await client.send(new ec2.DescribeSecurityGroupsCommand({}))).SecurityGroups!;
  return {
    vpcs: (await client.send(new ec2.DescribeVpcsCommand({}))).Vpcs!.map(({ VpcId }) => VpcId!),
    subnets: (await client.send(new ec2.DescribeSubnetsCommand({}))).Subnets!.map(({ SubnetId }) => SubnetId!),
    addresses: (await client.send(new ec2.DescribeAddressesCommand({}))).Addresses!.map(({ PublicIp }) => PublicIp!),
    endpoints: (await client.send(new ec2.DescribeVpcEndpointsCommand({}))).VpcEndpoints!.map((endpoint) =>
      endpoint.ServiceName!
    ),
    flowLogs: (await client.send(new ec2.DescribeFlowLogsCommand({}))).FlowLogs!.map(({ FlowLogId }) => FlowLogId!),
    groups: groups.map(({ VpcId, GroupName }) => `${VpcId} ${GroupName}`),
    templates: (await client.send(new ec2.DescribeLaunchTemplatesCommand({}))).LaunchTemplates!.map((template) =>
      template.LaunchTemplateName!
    ),
    interfaces: (await client.send(new ec2.DescribeNetworkInterfacesCommand({}))).NetworkInterfaces!.map((card) =>
      card.NetworkInterfaceId!
    ),
  };
}

async function identities(options: Client): Promise<Holdings> {
  const client = new iam.IAMClient(options);
  return {
    roles: (await client.send(new iam.ListRolesCommand({}))).Roles!.map(({ RoleName }) => RoleName!),
    policies: (await client.send(new iam.ListPoliciesCommand({ Scope: "Local" }))).Policies!.map(({ PolicyName }) =>
      PolicyName!
    ),
    profiles: (await client.send(new iam.ListInstanceProfilesCommand({}))).InstanceProfiles!.map(({ Arn }) => Arn!),
  };
}

/** Services whose SDK is not among the project's packages. */
async function plainly({ endpoint, region }: Client): Promise<Holdings> {
  const queues = await call(endpoint, { region, service: "sqs", target: "AmazonSQS.ListQueues", body: {} });
  const rules = await call(endpoint, { region, service: "events", target: "AWSEvents.ListRules", body: {} });
  const functions = await call(endpoint, { region, service: "lambda", path: "/2015-03-31/functions/" });
  const { Keys } = await call(endpoint, { region, service: "kms", target: "TrentService.ListKeys", body: {} });
  const keys = await Promise.all(Keys.map(async ({ KeyId }: { KeyId: string }) => {
    const described = { region, service: "kms", target: "TrentService.DescribeKey", body: { KeyId } };
    const { KeyMetadata } = await call(endpoint, described);
    // A key is not gone before its days of doubt are over.
    return KeyMetadata.KeyState === "PendingDeletion" ? [] : [KeyId];
  }));
  return {
    queues: queues.QueueUrls ?? [],
    rules: rules.Rules.map(({ Name }: { Name: string }) => Name),
    functions: functions.Functions.map(({ FunctionName }: { FunctionName: string }) => FunctionName),
    keys: keys.flat(),
  };
}

// deno-lint-ignore no-explicit-any
async function call(endpoint: string, raw: Raw): Promise<any> {
  return JSON.parse((await ask(endpoint, raw)).text);
}

/** The emulator says no where CloudFormation does: resources are held to their schemas, templates to what they refer to. */
import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "./aws/emulator.ts";
import { ask, type Raw } from "./aws/raw.ts";

let emulator: Emulator;

Deno.test.beforeAll(async () => {
  emulator = await startEmulator({ account: "210000000082", port: 4682 });
});
Deno.test.afterAll(() => emulator.stop());

const long = (length: number): string => "a".repeat(length);
const cfn = (form: Record<string, string>): Raw => ({
  service: "cloudformation",
  form: { Version: "2010-05-15", ...form },
});
const role = "arn:aws:iam::210000000082:role/x";

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;

/** A template with one resource. */
const one = (Type: string, Properties: Record<string, unknown>): Resources => ({ X: { Type, Properties } });
const policy = (length: number) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: `s3:${long(length)}`, Resource: "*" }],
});

let counter = 0;

/** Creates a stack and tells how it ended: its status and the reasons of what failed, or why it was refused. */
async function deploy(Resources: Resources, more: Record<string, unknown> = {}): Promise<string> {
  const name = `stack-${counter++}`;
  const refused = await ask(
    emulator.url,
    cfn({
      Action: "CreateStack",
      StackName: name,
      TemplateBody: JSON.stringify({ Resources, ...more }),
      "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
    }),
  );
  const message = /<Message>([^<]*)/.exec(refused.text)?.[1]?.replaceAll("&#x27;", "'");
  if (refused.status !== 200) return `${refused.code}: ${message}`;
  for (;;) {
    const { text } = await ask(emulator.url, cfn({ Action: "DescribeStacks", StackName: name }));
    const status = /<StackStatus>([^<]+)/.exec(text)![1]!;
    if (!status.endsWith("_IN_PROGRESS")) return [status, ...await reasons(name)].join("\n");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function reasons(stack: string): Promise<readonly string[]> {
  const { text } = await ask(emulator.url, cfn({ Action: "DescribeStackEvents", StackName: stack }));
  const failed = text.split("</member>").filter((event) => event.includes("CREATE_FAILED"));
  return failed.map((event) => /<ResourceStatusReason>([^<]*)/.exec(event)?.[1] ?? "");
}

/** What is wrong, the resources, and what CloudFormation says of it. */
const BROKEN: readonly (readonly [string, Resources, RegExp])[] = [
  [
    "an unknown property",
    one("AWS::EC2::VPC", { CidrBlock: "10.0.0.0/16", Dns: true }),
    /#: extraneous key \[Dns\] is not permitted/,
  ],
  [
    "an unknown property deep inside",
    one("AWS::EKS::Cluster", {
      Name: "a",
      RoleArn: role,
      ResourcesVpcConfig: { SubnetIds: ["subnet-00000001"], Public: true },
    }),
    /#\/ResourcesVpcConfig: extraneous key \[Public\] is not permitted/,
  ],
  [
    "a list where text belongs",
    one("AWS::EC2::VPC", { CidrBlock: ["10.0.0.0/16"] }),
    /#\/CidrBlock: expected type: String, found: JSONArray/,
  ],
  [
    "a word where a boolean belongs",
    one("AWS::EC2::VPC", { CidrBlock: "10.0.0.0/16", EnableDnsSupport: "maybe" }),
    /#\/EnableDnsSupport: expected type: Boolean/,
  ],
  [
    "a property that is missing",
    one("AWS::IAM::Role", { RoleName: "a" }),
    /#: required key \[AssumeRolePolicyDocument\] not found/,
  ],
  [
    "none of the properties of which one is needed",
    one("AWS::EC2::Subnet", { VpcId: "vpc-00000001" }),
    /required key \[CidrBlock\] or/,
  ],
  [
    "a role's name that is too long",
    one("AWS::IAM::Role", { RoleName: long(65), AssumeRolePolicyDocument: policy(1) }),
    /#\/RoleName: expected maxLength: 64, actual: 65/,
  ],
  [
    "an instance profile's name that is too long",
    one("AWS::IAM::InstanceProfile", { InstanceProfileName: long(129), Roles: ["a"] }),
    /#\/InstanceProfileName: expected maxLength: 128/,
  ],
  [
    "a policy's name that is too long",
    one("AWS::IAM::ManagedPolicy", { ManagedPolicyName: long(129), PolicyDocument: policy(1) }),
    /#\/ManagedPolicyName: expected maxLength: 128/,
  ],
  [
    "a cluster's name that is too long",
    one("AWS::EKS::Cluster", {
      Name: long(101),
      RoleArn: role,
      ResourcesVpcConfig: { SubnetIds: ["subnet-00000001"] },
    }),
    /#\/Name: expected maxLength: 100/,
  ],
  [
    "a node group's name that is too long",
    one("AWS::EKS::Nodegroup", {
      ClusterName: "a",
      NodegroupName: long(64),
      NodeRole: role,
      Subnets: ["subnet-00000001"],
    }),
    /#\/NodegroupName: expected maxLength: 63/,
  ],
  [
    "a queue's name that is too long",
    one("AWS::SQS::Queue", { QueueName: long(81) }),
    /#\/QueueName: expected maxLength: 80/,
  ],
  [
    "a managed policy that is too large",
    one("AWS::IAM::ManagedPolicy", { PolicyDocument: policy(6100) }),
    /Cannot exceed quota for PolicySize: 6144/,
  ],
  [
    "a retention of eight days",
    one("AWS::Logs::LogGroup", { RetentionInDays: 8 }),
    /#\/RetentionInDays: 8 is not a valid enum value/,
  ],
  [
    "a capacity that there is not",
    one("AWS::EKS::Nodegroup", {
      ClusterName: "a",
      NodeRole: role,
      Subnets: ["subnet-00000001"],
      CapacityType: "CHEAP",
    }),
    /#\/CapacityType: CHEAP is not a valid enum value/,
  ],
  [
    "nodes below zero",
    one("AWS::EKS::Nodegroup", {
      ClusterName: "a",
      NodeRole: role,
      Subnets: ["subnet-00000001"],
      ScalingConfig: { MinSize: -1 },
    }),
    /#\/ScalingConfig\/MinSize: -1 is not greater or equal to 0/,
  ],
  [
    "a repository in capitals",
    one("AWS::ECR::Repository", { RepositoryName: "Team/App" }),
    /#\/RepositoryName: failed validation constraint for keyword \[pattern\]/,
  ],
  [
    "a bucket in capitals",
    one("AWS::S3::Bucket", { BucketName: "MyBucket" }),
    /#\/BucketName: failed validation constraint/,
  ],
  ["a range that is none", one("AWS::EC2::VPC", { CidrBlock: "10.0.0.0/40" }), /#\/CidrBlock: \[ipv4-network\]/],
  [
    "a subnet's id that is none",
    one("AWS::EC2::NatGateway", { SubnetId: "subnet-x", ConnectivityType: "private" }),
    /#\/SubnetId: \[AWS::EC2::Subnet\.Id\] is the format/,
  ],
  [
    "a map where text belongs",
    one("AWS::EKS::Cluster", {
      Name: "a",
      RoleArn: role,
      ResourcesVpcConfig: { SubnetIds: [], SecurityGroupIds: [{}] },
    }),
    /#\/ResourcesVpcConfig\/SecurityGroupIds\/0: expected type: String, found: JSONObject/,
  ],
  [
    "a runtime that there is not",
    one("AWS::Lambda::Function", { Code: { ZipFile: "x" }, Role: role, Runtime: "nodejs99.x", Handler: "a.b" }),
    /#\/Runtime: nodejs99\.x is not a valid enum value/,
  ],
  [
    "a property that only AWS writes",
    one("AWS::IAM::Role", { Arn: role, AssumeRolePolicyDocument: policy(1) }),
    /#: extraneous key \[Arn\] is not permitted/,
  ],
  [
    "a tag of AWS's own",
    one("AWS::SQS::Queue", { Tags: [{ Key: "aws:mine", Value: "a" }] }),
    /aws: prefixed tag key names are not allowed/,
  ],
  [
    "a tag of AWS's own in a map",
    one("AWS::SSM::Parameter", { Type: "String", Value: "a", Tags: { "aws:mine": "a" } }),
    /aws: prefixed tag key names are not allowed/,
  ],
  [
    "a custom resource without its function",
    one("Custom::Thing", { Answer: 42 }),
    /#: required key \[ServiceToken\] not found/,
  ],
];

for (const [what, resources, expected] of BROKEN) {
  Deno.test(`a stack with ${what} is rolled back`, async () => {
    const told = await deploy({ First: { Type: "AWS::CloudFormation::WaitConditionHandle" }, ...resources });
    assert.match(told, /^ROLLBACK_COMPLETE\n/);
    assert.match(told, expected);
  });
}

Deno.test("a value is judged as it is after all functions", async () => {
  const name = (length: number) => ({ "Fn::Join": ["-", [long(length), { Ref: "AWS::Region" }]] });
  const queue = (length: number) => one("AWS::SQS::Queue", { QueueName: name(length) });
  assert.equal(await deploy(queue(70)), "CREATE_COMPLETE");
  assert.match(
    await deploy(queue(71)),
    /Properties validation failed for resource X with message:\n#\/QueueName: expected maxLength: 80, actual: 81/,
  );
});

Deno.test("an attribute that a type has not fails its stack, in a resource and in an output", async () => {
  const queues = (attribute: string): Resources => ({
    A: { Type: "AWS::SQS::Queue" },
    B: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: { "Fn::GetAtt": ["A", attribute] } } },
  });
  assert.equal(await deploy(queues("Arn")), "CREATE_COMPLETE");
  assert.match(
    await deploy(queues("Url")),
    /^ROLLBACK_COMPLETE\nRequested attribute Url does not exist in schema for AWS::SQS::Queue/,
  );
  const output = { Outputs: { A: { Value: { "Fn::Sub": "${X.PhysicalName}" } } } };
  assert.match(await deploy(one("AWS::SQS::Queue", {}), output), /Requested attribute PhysicalName does not exist/);
});

Deno.test("a template is refused before anything is there of it", async () => {
  const queue = { Type: "AWS::SQS::Queue" };
  const refused = (message: string) => `ValidationError: ${message}`;
  assert.equal(
    await deploy({ X: queue, Y: { Type: "AWS::EKS::Machine" } }),
    refused("Template format error: Unrecognized resource types: [AWS::EKS::Machine]"),
  );
  assert.equal(
    await deploy(one("AWS::SQS::Queue", { QueueName: { Ref: "Name" } })),
    refused("Template format error: Unresolved resource dependencies [Name] in the Resources block of the template"),
  );
  assert.equal(
    await deploy({ X: queue }, { Outputs: { A: { Value: { "Fn::GetAtt": ["Y", "Arn"] } } } }),
    refused("Template format error: Unresolved resource dependencies [Y] in the Outputs block of the template"),
  );
  assert.equal(
    await deploy({ X: { ...queue, Props: {} } as Resource }),
    refused("Invalid template resource property 'Props'"),
  );
  assert.match(
    await deploy({ X: { ...queue, Properties: [] } as unknown as Resource }),
    /^ValidationError: .*Properties/,
  );
  const { text } = await ask(emulator.url, cfn({ Action: "ListStacks" }));
  const made = [...text.matchAll(/<StackName>([^<]+)/g)].map(([, name]) => name);
  for (const gone of [counter - 5, counter - 4, counter - 3, counter - 2, counter - 1]) {
    assert.ok(!made.includes(`stack-${gone}`));
  }
});

Deno.test("a type that a region has not is refused there", async () => {
  const made = async (region: string) => {
    const form = {
      Action: "ValidateTemplate",
      TemplateBody: JSON.stringify({ Resources: one("AWS::Cognito::UserPool", {}) }),
    };
    return (await ask(emulator.url, { ...cfn(form), region })).code;
  };
  assert.deepEqual([await made("us-west-2"), await made("cn-north-1")], ["", "ValidationError"]);
});

Deno.test("conditions are judged with the functions in them, as CDK's bootstrap asks for its policies", async () => {
  const template = {
    Parameters: { Policies: { Type: "CommaDelimitedList", Default: "" } },
    Conditions: {
      Given: { "Fn::Not": [{ "Fn::Equals": ["", { "Fn::Join": ["", { Ref: "Policies" }] }] }] },
      Here: { "Fn::Equals": [{ Ref: "AWS::Region" }, "us-west-2"] },
    },
    Outputs: { Which: { Value: { "Fn::If": ["Given", "given", { "Fn::If": ["Here", "none, here", "none"] }] } } },
  };
  assert.equal(await deploy(one("AWS::SQS::Queue", {}), template), "CREATE_COMPLETE");
  const { text } = await ask(emulator.url, cfn({ Action: "DescribeStacks", StackName: `stack-${counter - 1}` }));
  assert.match(text, /<OutputValue>none, here</);
});

/** The emulator says no where AWS does: requests are held to the services' own models. */
import assert from "node:assert/strict";
import { type Emulator, startEmulator } from "./aws/emulator.ts";
import { ask, askLab, type Raw } from "./aws/raw.ts";
import { emulatorPython, source } from "./layout.ts";

let emulator: Emulator;

Deno.test.beforeAll(async () => {
  emulator = await startEmulator({ account: "210000000081", port: 4681 });
});
Deno.test.afterAll(() => emulator.stop());

const long = (length: number): string => "a".repeat(length);
const ec2 = (form: Record<string, string>): Raw => ({ service: "ec2", form: { Version: "2016-11-15", ...form } });
const iam = (form: Record<string, string>): Raw => ({ service: "iam", form: { Version: "2010-05-08", ...form } });
const sts = (form: Record<string, string>): Raw => ({ service: "sts", form: { Version: "2011-06-15", ...form } });
const cfn = (form: Record<string, string>): Raw => ({
  service: "cloudformation",
  form: { Version: "2010-05-15", ...form },
});
const json = (service: string, prefix: string) => (operation: string, body: unknown): Raw => ({
  service,
  target: `${prefix}.${operation}`,
  body,
});
const ecr = json("ecr", "AmazonEC2ContainerRegistry_V20150921");
const ssm = json("ssm", "AmazonSSM");
const sqs = json("sqs", "AmazonSQS");
const logs = json("logs", "Logs_20140328");
const kms = json("kms", "TrentService");
const events = json("events", "AWSEvents");
const pricing = json("pricing", "AWSPriceListService");
const quotas = json("servicequotas", "ServiceQuotasV20190624");
const eks = (method: string, path: string, body?: unknown): Raw => ({ service: "eks", method, path, body });
const lambda = (method: string, path: string, body?: unknown): Raw => ({ service: "lambda", method, path, body });
const s3 = (method: string, path: string, rest: Partial<Raw> = {}): Raw => ({ service: "s3", method, path, ...rest });

const role = "arn:aws:iam::210000000081:role/x";
const trust = '{"Version":"2012-10-17","Statement":[]}';
const network = { subnetIds: ["subnet-00000001", "subnet-00000002"] };
const code = { ZipFile: btoa("x") };

/** What is wrong, how it is asked, and the status and code of the answer. */
const WRONG: readonly (readonly [string, Raw, number, string])[] = [
  ["an action that EC2 has not", ec2({ Action: "DescribeVirtualClouds" }), 400, "InvalidAction"],
  ["a misspelt parameter", ec2({ Action: "DescribeVpcs", "Filters.1.Name": "vpc-id" }), 400, "UnknownParameter"],
  [
    "a misspelt member of a list",
    ec2({ Action: "DescribeVpcs", "Filter.1.Nam": "vpc-id" }),
    400,
    "UnknownParameter",
  ],
  ["instances without a count", ec2({ Action: "RunInstances", ImageId: "ami-1" }), 400, "MissingParameter"],
  ["a number in words", ec2({ Action: "DescribeInstances", MaxResults: "many" }), 400, "InvalidParameterValue"],
  ["a boolean that is none", ec2({ Action: "CreateVpc", DryRun: "perhaps" }), 400, "InvalidParameterValue"],
  [
    "a volume of no type",
    ec2({ Action: "CreateVolume", AvailabilityZone: "us-west-2a", Size: "1", VolumeType: "gp9" }),
    400,
    "InvalidParameterValue",
  ],
  [
    "a fleet of no type",
    ec2({ Action: "CreateFleet", Type: "at-once", "TargetCapacitySpecification.TotalTargetCapacity": "1" }),
    400,
    "MissingParameter",
  ],
  [
    "a tag that is too long",
    ec2({ Action: "CreateTags", "ResourceId.1": "vpc-00000001", "Tag.1.Key": long(129), "Tag.1.Value": "" }),
    400,
    "InvalidParameterValue",
  ],
  [
    "a tag of AWS's own",
    ec2({ Action: "CreateTags", "ResourceId.1": "vpc-00000001", "Tag.1.Key": "aws:mine", "Tag.1.Value": "" }),
    400,
    "InvalidParameterValue",
  ],
  [
    "a filter that there is not",
    ec2({ Action: "DescribeNetworkInterfaces", "Filter.1.Name": "cluster", "Filter.1.Value.1": "a" }),
    400,
    "InvalidParameterValue",
  ],
  [
    "a launch template with a short name",
    ec2({ Action: "CreateLaunchTemplate", LaunchTemplateName: "ab", "LaunchTemplateData.ImageId": "ami-1" }),
    400,
    "InvalidLaunchTemplateName.MalformedException",
  ],
  ["an action of another version", iam({ Action: "ListRoles", Version: "2016-11-15" }), 400, "InvalidAction"],
  [
    "a role's name that is too long",
    iam({ Action: "CreateRole", RoleName: long(65), AssumeRolePolicyDocument: trust }),
    400,
    "ValidationError",
  ],
  ["a role without trust", iam({ Action: "CreateRole", RoleName: "x" }), 400, "ValidationError"],
  [
    "an instance profile's name that is too long",
    iam({ Action: "CreateInstanceProfile", InstanceProfileName: long(129) }),
    400,
    "ValidationError",
  ],
  ["a name with a slash", iam({ Action: "GetRole", RoleName: "team/x" }), 400, "ValidationError"],
  ["a path that does not end", iam({ Action: "ListRoles", PathPrefix: "team" }), 400, "ValidationError"],
  ["a list that is no list", iam({ Action: "TagRole", RoleName: "x", "Tags.1.Key": "k" }), 400, "ValidationError"],
  ["too many at once", iam({ Action: "ListRoles", MaxItems: "1001" }), 400, "ValidationError"],
  [
    "a session of two minutes",
    sts({ Action: "AssumeRole", RoleArn: role, RoleSessionName: "x".repeat(2), DurationSeconds: "120" }),
    400,
    "ValidationError",
  ],
  [
    "a session's name with a space",
    sts({ Action: "AssumeRole", RoleArn: `${role}-and-more`, RoleSessionName: "two words" }),
    400,
    "ValidationError",
  ],
  [
    "a stack's name that is too long",
    cfn({ Action: "CreateStack", StackName: long(129), TemplateBody: "{}" }),
    400,
    "ValidationError",
  ],
  [
    "a stack's name with an underscore",
    cfn({ Action: "CreateStack", StackName: "a_b", TemplateBody: "{}" }),
    400,
    "ValidationError",
  ],
  [
    "a capability that there is not",
    cfn({ Action: "CreateStack", StackName: "a", TemplateBody: "{}", "Capabilities.member.1": "CAPABILITY_ALL" }),
    400,
    "ValidationError",
  ],
  [
    "a change set's kind",
    cfn({ Action: "CreateChangeSet", StackName: "a", ChangeSetName: "b", ChangeSetType: "NEW" }),
    400,
    "ValidationError",
  ],
  ["an operation that ECR has not", ecr("ListRepositories", {}), 400, "UnknownOperationException"],
  [
    "a repository in capitals",
    ecr("CreateRepository", { repositoryName: "Team/App" }),
    400,
    "InvalidParameterException",
  ],
  [
    "a mutability that there is not",
    ecr("CreateRepository", { repositoryName: "team/app", imageTagMutability: "SOMETIMES" }),
    400,
    "InvalidParameterException",
  ],
  [
    "a sixth filter of tags",
    ecr("CreateRepository", {
      repositoryName: "team/app",
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilters: Array(6).fill({ filterType: "WILDCARD", filter: "src-*" }),
    }),
    400,
    "InvalidParameterException",
  ],
  ["a parameter without a name", ssm("GetParameter", {}), 400, "ValidationException"],
  ["eleven parameters", ssm("GetParameters", { Names: Array(11).fill("a") }), 400, "ValidationException"],
  ["a name that is a number", ssm("GetParameter", { Name: 1 }), 400, "SerializationException"],
  ["a body that is cut off", ssm("GetParameter", '{"Name": "a'), 400, "SerializationException"],
  ["a queue's name that is too long", sqs("CreateQueue", { QueueName: long(81) }), 400, "InvalidParameterValue"],
  ["a queue without a name", sqs("CreateQueue", {}), 400, "MissingParameter"],
  [
    "an attribute that queues have not",
    sqs("CreateQueue", { QueueName: "q", Attributes: { Retention: "1" } }),
    400,
    "InvalidAttributeName",
  ],
  [
    "a log group's name with a space",
    logs("CreateLogGroup", { logGroupName: "a b" }),
    400,
    "InvalidParameterException",
  ],
  [
    "a retention of eight days",
    logs("PutRetentionPolicy", { logGroupName: "a", retentionInDays: 8 }),
    400,
    "InvalidParameterException",
  ],
  ["a key of no kind", kms("CreateKey", { KeySpec: "AES_512" }), 400, "ValidationException"],
  [
    "a deletion in text",
    kms("ScheduleKeyDeletion", { KeyId: "a", PendingWindowInDays: "7" }),
    400,
    "SerializationException",
  ],
  ["a rule's name with a space", events("PutRule", { Name: "a b" }), 400, "ValidationException"],
  ["a rule that is half on", events("PutRule", { Name: "a", State: "ON" }), 400, "ValidationException"],
  [
    "a filter of no kind",
    pricing("GetProducts", { ServiceCode: "AmazonEC2", Filters: [{ Type: "LIKE", Field: "a", Value: "b" }] }),
    400,
    "ValidationException",
  ],
  ["a quota of no service", quotas("GetServiceQuota", { QuotaCode: "L-417A185B" }), 400, "ValidationException"],
  ["a path that EKS has not", eks("GET", "/machines"), 404, "UnknownOperationException"],
  [
    "a cluster's name that is too long",
    eks("POST", "/clusters", { name: long(101), roleArn: role, resourcesVpcConfig: network }),
    400,
    "InvalidParameterException",
  ],
  [
    "a cluster that asks for what EKS does not know",
    eks("POST", "/clusters", { name: "a", roleArn: role, resourcesVpcConfig: { ...network, publicAccess: true } }),
    400,
    "InvalidParameterException",
  ],
  [
    "a way of support that there is not",
    eks("POST", "/clusters", {
      name: "a",
      roleArn: role,
      resourcesVpcConfig: network,
      upgradePolicy: { supportType: "NONE" },
    }),
    400,
    "InvalidParameterException",
  ],
  [
    "nodes of no kind",
    eks("POST", "/clusters/a/node-groups", {
      nodegroupName: "n",
      subnets: ["subnet-00000001"],
      nodeRole: role,
      amiType: "BSD",
    }),
    400,
    "InvalidParameterException",
  ],
  ["a list for a body", eks("POST", "/clusters", []), 400, "SerializationException"],
  ["a misspelt part of a query", eks("GET", "/clusters?max=5"), 400, "InvalidParameterException"],
  [
    "a runtime that there is not",
    lambda("POST", "/2015-03-31/functions", {
      FunctionName: "f",
      Role: role,
      Code: code,
      Runtime: "nodejs99.x",
      Handler: "a.b",
    }),
    400,
    "ValidationException",
  ],
  [
    "a function with too long a name",
    lambda("POST", "/2015-03-31/functions", { FunctionName: long(141), Role: role, Code: code }),
    400,
    "ValidationException",
  ],
  [
    "a function without memory to speak of",
    lambda("POST", "/2015-03-31/functions", { FunctionName: "f", Role: role, Code: code, MemorySize: 64 }),
    400,
    "ValidationException",
  ],
  ["a bucket in capitals", s3("PUT", "/MyBucket"), 400, "InvalidBucketName"],
  ["a method that S3 has not", s3("PATCH", "/bucket/key"), 405, "MethodNotAllowed"],
  [
    "an encryption that there is not",
    s3("PUT", "/bucket/key", { body: "x", headers: { "x-amz-server-side-encryption": "rot13" } }),
    400,
    "InvalidArgument",
  ],
  [
    "a versioning that is half on",
    s3("PUT", "/bucket?versioning", {
      body: "<VersioningConfiguration><Status>Half</Status></VersioningConfiguration>",
    }),
    400,
    "MalformedXML",
  ],
  ["XML that does not end", s3("PUT", "/bucket?tagging", { body: "<Tagging><TagSet>" }), 400, "MalformedXML"],
  [
    "tags without a value",
    s3("PUT", "/bucket?tagging", { body: "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>" }),
    400,
    "MalformedXML",
  ],
];

for (const [what, raw, status, expected] of WRONG) {
  Deno.test(`${raw.service} refuses ${what}`, async () => {
    const reply = await ask(emulator.url, raw);
    assert.deepEqual([reply.status, reply.code], [status, expected], reply.text);
  });
}

/** What is asked rightly, of every service, and answered. */
const RIGHT: readonly Raw[] = [
  ec2({ Action: "DescribeVpcs", "Filter.1.Name": "isDefault", "Filter.1.Value.1": "true" }),
  ec2({ Action: "DescribeSubnets", "Filter.1.Name": "vpcId", "Filter.1.Value.1": "vpc-00000001" }),
  ec2({ Action: "DescribeCapacityReservations", "Filter.1.Name": "tag:team", "Filter.1.Value.1": "vision" }),
  ec2({ Action: "CreateVpc", CidrBlock: "10.8.0.0/16" }),
  iam({
    Action: "CreateRole",
    RoleName: long(64),
    AssumeRolePolicyDocument: trust,
    "Tags.member.1.Key": "a",
    "Tags.member.1.Value": "",
  }),
  iam({ Action: "ListRoles", PathPrefix: "/team/" }),
  sts({ Action: "GetCallerIdentity" }),
  cfn({ Action: "ListStacks", "StackStatusFilter.member.1": "CREATE_COMPLETE" }),
  ecr("CreateRepository", { repositoryName: "team/app", tags: [{ Key: "a", Value: "b" }] }),
  ssm("GetParametersByPath", { Path: "/aws/service", MaxResults: 10 }),
  sqs("CreateQueue", { QueueName: long(80), Attributes: { MessageRetentionPeriod: "300" } }),
  logs("CreateLogGroup", { logGroupName: "/aws/eks/a/cluster", tags: { a: "b" } }),
  logs("PutRetentionPolicy", { logGroupName: "/aws/eks/a/cluster", retentionInDays: 7 }),
  kms("CreateKey", { KeySpec: "SYMMETRIC_DEFAULT", Description: null }),
  events("PutRule", { Name: "a.b-c", EventPattern: '{"source":["aws.ec2"]}', State: "ENABLED" }),
  pricing("GetProducts", {
    ServiceCode: "AmazonEC2",
    Filters: [{ Type: "TERM_MATCH", Field: "regionCode", Value: "us-west-2" }],
  }),
  quotas("ListServiceQuotas", { ServiceCode: "ec2" }),
  { service: "cloudtrail", target: "CloudTrail_20131101.LookupEvents", body: { MaxResults: 1 } },
  eks("POST", "/clusters", { name: long(100), roleArn: role, resourcesVpcConfig: network }),
  eks("GET", `/clusters/${long(100)}/access-entries?maxResults=5`),
  eks("GET", "/clusters?include=all"),
  lambda("GET", "/2015-03-31/functions/?MaxItems=5"),
  s3("PUT", "/a-bucket", {
    body: "<CreateBucketConfiguration><LocationConstraint>us-west-2</LocationConstraint></CreateBucketConfiguration>",
  }),
  s3("PUT", "/a-bucket/key/of/several/parts?x-id=PutObject", { body: "x", headers: { "x-amz-meta-a": "b" } }),
  s3("GET", "/a-bucket?list-type=2&prefix=key"),
];

Deno.test("what is asked rightly is answered", async () => {
  const refused: unknown[] = [];
  for (const raw of RIGHT) {
    const reply = await ask(emulator.url, raw);
    if (reply.status >= 300) refused.push([raw, reply]);
  }
  assert.deepEqual(refused, []);
});

Deno.test("whatever botocore sends, in any protocol, is understood as it was meant", async () => {
  const { code: end, stdout, stderr } = await new Deno.Command(Deno.env.get("UNITUNE_LAB_PYTHON") || emulatorPython, {
    args: ["round_trip.py"],
    cwd: `${source}/aws`,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  }).output();
  const told = new TextDecoder().decode(stdout);
  assert.equal(end, 0, told + new TextDecoder().decode(stderr));
  const asked = Number(/^(\d+) operations/.exec(told)?.[1]);
  assert.ok(asked > 1500, told);
});

Deno.test("an error has the words of AWS and names the place", async () => {
  const texts = await Promise.all([
    ask(emulator.url, iam({ Action: "CreateRole", RoleName: long(65), AssumeRolePolicyDocument: trust })),
    ask(emulator.url, ec2({ Action: "DescribeVpcs", "Filter.1.Nam": "vpc-id" })),
    ask(emulator.url, ecr("CreateRepository", { repositoryName: "A" })),
    ask(emulator.url, kms("CreateKey", { Tags: [{ TagKey: "", TagValue: "a" }] })),
  ]);
  const told = texts.map(({ text }) => text);
  assert.match(
    told[0]!,
    /1 validation error detected: Value 'a{65}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64/,
  );
  assert.match(told[1]!, /The parameter Filter\.1\.Nam is not recognized/);
  assert.match(
    told[2]!,
    /Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal to 2'/,
  );
  assert.match(told[3]!, /at 'tags\.1\.member\.tagKey' failed to satisfy constraint/);
});

Deno.test("refusals are in the trace, with their codes", async () => {
  await ask(emulator.url, quotas("GetServiceQuota", { QuotaCode: "L-417A185B" }));
  const { requests } = await askLab(emulator.url, "GET", "requests");
  const last = requests.at(-1);
  assert.deepEqual([last.service, last.action, last.status, last.error], [
    "servicequotas",
    "GetServiceQuota",
    400,
    "ValidationException",
  ]);
});

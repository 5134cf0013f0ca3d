/** What CloudFormation's role needs, held against what AWS itself lists for each type of resource (in cfn-lint's schemas). */
import assert from "node:assert/strict";
import { PERMISSIONS, type TypeActions } from "../../lib/permissions/table.ts";
import { python } from "./tools.ts";

interface LeftOut {
  readonly types: RegExp;
  readonly actions: RegExp;
  /** Why a stack of ours never comes to it. */
  readonly reason: string;
}

/** Actions in AWS's lists that no property of ours leads to. A rule that leaves nothing out any more fails the test. */
const LEFT_OUT: readonly LeftOut[] = [
  {
    types: /EC2::EIP$/,
    actions: /^ec2:(AcceptAddressTransfer|AssociateAddress|DisassociateAddress)$/,
    reason: "The address goes to a NAT gateway, which takes and frees it itself",
  },
  {
    types: /EC2::FlowLog$/,
    actions: /^(autoscaling:DescribeTags|s3:(Get|Put)BucketPolicy)$/,
    reason: "Flow logs of a VPC go to CloudWatch Logs: no bucket, no Auto Scaling group",
  },
  { types: /EC2::NatGateway$/, actions: /NatGatewayAddress$/, reason: "It keeps its one public address" },
  {
    types: /EC2::(VPC|Subnet)$/,
    actions: /(VpcEncryptionControl|ModifyVpcTenancy|SubnetCidrBlock)$/,
    reason: "No encryption control, no dedicated tenancy, no IPv6",
  },
  { types: /EC2::VPCEndpoint$/, actions: /^(vpc-lattice|vpce):/, reason: "No VPC Lattice, no other region's service" },
  { types: /EC2::VPCGatewayAttachment$/, actions: /VpnGateways?$/, reason: "No VPN gateway" },
  { types: /ECR::Repository$/, actions: /(RepositoryPolicy$|^kms:)/, reason: "No repository policy, ECR's own key" },
  { types: /EKS::Addon$/, actions: /(PodIdentityAssociation$|^iam:)/, reason: "No role is passed to an add-on" },
  {
    types: /EKS::Cluster$/,
    actions: /(InstanceProfile|AccessEntry|ActivateCertificateAuthority)$/,
    reason: "No EKS Auto Mode, no access for the creator, EKS's own certificate authority",
  },
  { types: /EKS::Nodegroup$/, actions: /DescribeKeyPairs$/, reason: "No SSH key" },
  { types: /Events::Rule$/, actions: /^iam:/, reason: "A queue as a target needs no role" },
  { types: /IAM::(Managed)?Policy$/, actions: /(GroupPolicy|UserPolicy)$/, reason: "Policies go to roles alone" },
  {
    types: /KMS::Key$/,
    actions: /^kms:(DisableKey|EnableKey|DisableKeyRotation)$/,
    reason: "The key is enabled and rotated, always",
  },
  {
    types: /Lambda::Function$/,
    actions: /^(ec2|elasticfilesystem|s3files|s3|kms):/,
    reason: "Code is inline; no VPC, no file system, Lambda's own key",
  },
  {
    types: /Lambda::Function$/,
    actions:
      /(RuntimeAlias|CapacityProvider|Concurrency|LayerVersion|ScalingConfig|PublishVersion|GetCodeSigningConfig|:(Put|Delete)(FunctionCodeSigning|FunctionRecursion|RuntimeManagement)Config)$/,
    reason: "No version, concurrency, layer, code signing or runtime of its own",
  },
  { types: /Logs::LogGroup$/, actions: /^(firehose|s3):/, reason: "No delivery to anywhere" },
  {
    types: /Logs::LogGroup$/,
    actions:
      /(ResourcePolic(y|ies)|DataProtectionPolicy|IndexPolic(y|ies)|BearerTokenAuthentication|DeletionProtection|KmsKey|LogDelivery)$/,
    reason: "A log group has a retention and nothing else",
  },
  { types: /S3::Bucket$/, actions: /^(s3tables|iam):/, reason: "No S3 Tables, no replication" },
  {
    types: /S3::Bucket$/,
    actions:
      /(TableConfiguration|Accelerate|Analytics|CORS|Cors|BucketLogging|Notification|ObjectLock|Replication|Website|IntelligentTiering|Inventory|Metrics|ObjectAcl|BucketAcl|Versioning|DeleteObject$|DeleteBucketEncryption|DeleteBucketLifecycle)/,
    reason: "It has encryption, lifecycle, ownership, tags and no public access, and keeps them",
  },
];

const SCRIPT = `
import json, pathlib, sys, cfnlint
found = {}
for file in (pathlib.Path(cfnlint.__file__).parent / "data/schemas/resources").glob("*.json"):
    schema = json.loads(file.read_text())
    if schema["typeName"] in sys.argv[1:]:
        found[schema["typeName"]] = {k: v.get("permissions", []) for k, v in schema.get("handlers", {}).items()}
print(json.dumps(found))
`;

type Lists = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
const STEPS = ["create", "update", "delete"] as const;
const types = PERMISSIONS.cloudformation.types;

/** What AWS lists beyond ours and is not left out for a reason, and what ours has beyond AWS's. */
function differences(aws: Lists, ours: Readonly<Record<string, TypeActions>>): string[] {
  return Object.entries(ours).flatMap(([type, actions]) =>
    STEPS.flatMap((step) => {
      const listed = [...new Set(aws[type]?.[step] ?? [])], own = actions[step] ?? [];
      const left = LEFT_OUT.filter(({ types }) => types.test(type));
      return [
        ...listed.filter((action) => !own.includes(action) && !left.some(({ actions }) => actions.test(action)))
          .map((action) => `${type} ${step}: ${action} is missing`),
        ...own.filter((action) => !listed.includes(action)).map((action) =>
          `${type} ${step}: AWS does not list ${action}`
        ),
      ];
    })
  );
}

let aws: Lists = {};

Deno.test.beforeAll(async () => {
  aws = JSON.parse((await python("python", ["-c", SCRIPT, ...Object.keys(types)])).stdout);
});

Deno.test("CloudFormation's actions are those that AWS lists for the types, but for what is left out for a reason", () => {
  assert.deepEqual(Object.keys(types).filter((type) => !Object.hasOwn(aws, type)), []);
  assert.deepEqual(differences(aws, types), []);
  const idle = LEFT_OUT.filter(({ types, actions }) => {
    return !Object.entries(aws).some(([type, steps]) => {
      return types.test(type) && STEPS.some((step) => steps[step]?.some((action) => actions.test(action)));
    });
  });
  assert.deepEqual(idle, []);
});

Deno.test("an action that is taken out or made up is found", () => {
  const type = "AWS::SQS::Queue", { create = [] } = types[type]!;
  const changed = { ...types, [type]: { ...types[type], create: [...create.slice(1), "sqs:MadeUp"] } };
  assert.deepEqual(differences(aws, changed), [
    `${type} create: ${create[0]} is missing`,
    `${type} create: AWS does not list sqs:MadeUp`,
  ]);
});

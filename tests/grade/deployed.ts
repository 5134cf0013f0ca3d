/** What a cluster's templates become in AWS: the ARN and the tags of every resource. */
import type { Json } from "../infra/templates.ts";

/** A resource as IAM sees it. */
export interface Deployed {
  /** Its type in a template; empty for what EKS creates. */
  readonly type: string;
  /** Its type in the Service Authorization Reference. */
  readonly kind: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

const ACCOUNT = "123456789012";

interface Naming {
  readonly kind: string;
  /** `ec2:security-group/`: what comes before the name; the region and the account stand where the service has them. */
  readonly arn: (name: string, place: { readonly cluster: string; readonly path: string }, region: string) => string;
  readonly named?: string;
  readonly longest?: number;
}

const regional = (service: string, region: string, rest: string) => `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`;
const ec2 = (kind: string): Naming => ({ kind, arn: (name, _, region) => regional("ec2", region, `${kind}/${name}`) });
const eks = (kind: string): Naming => ({
  kind,
  arn: (name, { cluster }, region) => regional("eks", region, `${kind}/${cluster}/${name}/0123`),
});

const NAMING: Readonly<Record<string, Naming>> = {
  "AWS::EC2::EIP": ec2("elastic-ip"),
  "AWS::EC2::FlowLog": ec2("vpc-flow-log"),
  "AWS::EC2::InternetGateway": ec2("internet-gateway"),
  "AWS::EC2::LaunchTemplate": ec2("launch-template"),
  "AWS::EC2::NatGateway": ec2("natgateway"),
  "AWS::EC2::PlacementGroup": ec2("placement-group"),
  "AWS::EC2::RouteTable": ec2("route-table"),
  "AWS::EC2::SecurityGroup": ec2("security-group"),
  "AWS::EC2::Subnet": ec2("subnet"),
  "AWS::EC2::VPC": ec2("vpc"),
  "AWS::EC2::VPCEndpoint": ec2("vpc-endpoint"),
  "AWS::ECR::Repository": {
    kind: "repository",
    named: "RepositoryName",
    arn: (name, _, region) => regional("ecr", region, `repository/${name}`),
  },
  "AWS::EKS::AccessEntry": eks("access-entry"),
  "AWS::EKS::Addon": eks("addon"),
  "AWS::EKS::Cluster": {
    kind: "cluster",
    named: "Name",
    arn: (name, _, region) => regional("eks", region, `cluster/${name}`),
  },
  "AWS::EKS::Nodegroup": eks("nodegroup"),
  "AWS::EKS::PodIdentityAssociation": eks("podidentityassociation"),
  "AWS::Events::Rule": {
    kind: "rule-on-default-event-bus",
    longest: 64,
    arn: (name, _, region) => regional("events", region, `rule/${name}`),
  },
  "AWS::IAM::InstanceProfile": {
    kind: "instance-profile",
    named: "InstanceProfileName",
    arn: (name) => `arn:aws:iam::${ACCOUNT}:instance-profile/${name}`,
  },
  "AWS::IAM::ManagedPolicy": {
    kind: "policy",
    longest: 128,
    arn: (name, { path }) => `arn:aws:iam::${ACCOUNT}:policy${path}${name}`,
  },
  "AWS::IAM::Role": {
    kind: "role",
    longest: 64,
    arn: (name, { path }) => `arn:aws:iam::${ACCOUNT}:role${path}${name}`,
  },
  "AWS::KMS::Key": { kind: "key", arn: (name, _, region) => regional("kms", region, `key/${name}`) },
  "AWS::Lambda::Function": {
    kind: "function",
    longest: 64,
    arn: (name, _, region) => regional("lambda", region, `function:${name}`),
  },
  "AWS::Logs::LogGroup": {
    kind: "log-group",
    named: "LogGroupName",
    longest: 512,
    arn: (name, _, region) => regional("logs", region, `log-group:${name}`),
  },
  "AWS::S3::Bucket": { kind: "bucket", longest: 63, arn: (name) => `arn:aws:s3:::${name.toLowerCase()}` },
  "AWS::SQS::Queue": { kind: "queue", longest: 80, arn: (name, _, region) => regional("sqs", region, name) },
};

interface Place {
  readonly cluster: string;
  readonly region: string;
  readonly stack: string;
}

/** Everything of a template that has an ARN of its own. */
export function deployedOf(resources: Readonly<Record<string, Json>>, { cluster, region, stack }: Place): Deployed[] {
  return Object.entries(resources).flatMap(([id, { Type: type, Properties = {} }]): Deployed[] => {
    const naming = NAMING[type];
    if (!naming) return [];
    const { kind, longest } = naming;
    const given = naming.named && Properties[naming.named];
    const name = given ?? (longest ? generatedName(stack, id, longest) : `${kind}-of-${cluster}-${id}`);
    const arn = naming.arn(name, { cluster, path: Properties.Path ?? "/" }, region);
    return [{ type, kind, arn, tags: tagsOf(Properties) }];
  });
}

/** What EKS creates beside the cluster, with the tags that EKS documents. */
export function securityGroupOfEks(cluster: string, region: string): Deployed {
  return {
    type: "",
    kind: "security-group",
    arn: regional("ec2", region, `security-group/sg-of-eks-${cluster}`),
    tags: { "aws:eks:cluster-name": cluster, [`kubernetes.io/cluster/${cluster}`]: "owned" },
  };
}

function generatedName(stack: string, id: string, longest: number): string {
  const [ofStack, ofId] = fairSplit(longest - 14, stack.length, id.length);
  return `${stack.slice(0, ofStack)}-${id.slice(0, ofId)}-AbCdEf123456`;
}

function tagsOf({ Tags = [], TagSpecifications = [] }: Json): Record<string, string> {
  const own = TagSpecifications.find(({ ResourceType }: Json) => ResourceType === "launch-template")?.Tags;
  const all = own ?? Tags;
  if (!Array.isArray(all)) return all;
  return Object.fromEntries(all.map(({ Key, Value }: Json) => [Key, Value]));
}

/** The tags as keys of conditions. */
export function resourceTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

/**
 * How many characters of the stack's name and of the logical id remain of `cap`: the rule of CloudFormation's own
 * library, `IdentifierUtils.fairSplit` in aws-cloudformation/cloudformation-cli-java-plugin.
 */
export function fairSplit(cap: number, stack: number, id: number): readonly [number, number] {
  if (stack + id <= cap) return [stack, id];
  const half = Math.floor(cap / 2);
  if (stack <= half) return [stack, cap - stack];
  if (id <= half) return [cap - id, id];
  return [cap - half, half];
}

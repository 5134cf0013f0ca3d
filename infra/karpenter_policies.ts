/**
 * What Karpenter's controller may do: the policies in the CloudFormation template of Karpenter 1.14, statement by
 * statement and with the same Sids, so that a reviewer can compare them. Every write is restricted to this cluster's
 * tags, and reads that IAM cannot scope are restricted to the region.
 */
import { Aws } from "aws-cdk-lib/core";
import { NODE_POOL_TAG, OWNED, ownerTag } from "../lib/core/facts/tags.ts";
import { clusterArn } from "./iam.ts";
import { policy, type PolicyDocument, type Statement } from "./policy.ts";

interface KarpenterScope {
  readonly cluster: string;
  readonly region: string;
  readonly nodeRoleArn: string;
  readonly queueArn: string;
}

export function karpenterPolicies(scope: KarpenterScope): Readonly<Record<string, PolicyDocument>> {
  return {
    NodeLifecycle: policy(...nodeLaunches(scope), ...nodeTagging(scope), nodeDeletion(scope)),
    IamIntegration: policy(...iamIntegration(scope)),
    EksIntegration: policy({
      Sid: "AllowAPIServerEndpointDiscovery",
      Effect: "Allow",
      Resource: clusterArn(scope.cluster, scope.region),
      Action: "eks:DescribeCluster",
    }),
    Interruption: policy({
      Sid: "AllowInterruptionQueueActions",
      Effect: "Allow",
      Resource: scope.queueArn,
      Action: ["sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"],
    }),
    ZonalShift: policy({
      Sid: "AllowZonalShiftStatusReadOnly",
      Effect: "Allow",
      Resource: "*",
      Action: ["arc-zonal-shift:GetManagedResource"],
      Condition: {
        StringEquals: { "arc-zonal-shift:ResourceIdentifier": clusterArn(scope.cluster, scope.region) },
      },
    }),
    ResourceDiscovery: policy(...resourceDiscovery(scope)),
  };
}

const LAUNCHED = ["fleet", "instance", "volume", "network-interface", "launch-template", "spot-instances-request"];
const GIVEN = ["security-group", "subnet", "capacity-reservation", "placement-group"];

function ec2Arn({ region }: KarpenterScope, kind: string, account = "*"): string {
  return `arn:${Aws.PARTITION}:ec2:${region}:${account}:${kind}/*`;
}

/** Matches resources with the tags of this cluster and of one of its pools. */
function ownedByPool({ cluster }: KarpenterScope) {
  return {
    StringEquals: { [`aws:ResourceTag/${ownerTag(cluster)}`]: OWNED },
    StringLike: { [`aws:ResourceTag/${NODE_POOL_TAG}`]: "*" },
  };
}

/** Matches requests that create resources with the tags of this cluster and of one of its pools. */
function requestedByPool({ cluster }: KarpenterScope) {
  return {
    StringEquals: {
      [`aws:RequestTag/${ownerTag(cluster)}`]: OWNED,
      "aws:RequestTag/eks:eks-cluster-name": cluster,
    },
    StringLike: { [`aws:RequestTag/${NODE_POOL_TAG}`]: "*" },
  };
}

function nodeLaunches(scope: KarpenterScope): Statement[] {
  return [{
    Sid: "AllowScopedEC2InstanceAccessActions",
    Effect: "Allow",
    Resource: [ec2Arn(scope, "image", ""), ec2Arn(scope, "snapshot", ""), ...GIVEN.map((kind) => ec2Arn(scope, kind))],
    Action: ["ec2:RunInstances", "ec2:CreateFleet"],
  }, {
    Sid: "AllowScopedEC2LaunchTemplateAccessActions",
    Effect: "Allow",
    Resource: ec2Arn(scope, "launch-template"),
    Action: ["ec2:RunInstances", "ec2:CreateFleet"],
    Condition: ownedByPool(scope),
  }, {
    Sid: "AllowScopedEC2InstanceActionsWithTags",
    Effect: "Allow",
    Resource: LAUNCHED.map((kind) => ec2Arn(scope, kind)),
    Action: ["ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"],
    Condition: requestedByPool(scope),
  }];
}

function nodeTagging(scope: KarpenterScope): Statement[] {
  const { StringEquals: tags, StringLike: pool } = requestedByPool(scope);
  return [{
    Sid: "AllowScopedResourceCreationTagging",
    Effect: "Allow",
    Resource: LAUNCHED.map((kind) => ec2Arn(scope, kind)),
    Action: "ec2:CreateTags",
    Condition: {
      StringEquals: { ...tags, "ec2:CreateAction": ["RunInstances", "CreateFleet", "CreateLaunchTemplate"] },
      StringLike: pool,
    },
  }, {
    Sid: "AllowScopedResourceTagging",
    Effect: "Allow",
    Resource: ec2Arn(scope, "instance"),
    Action: "ec2:CreateTags",
    Condition: {
      ...ownedByPool(scope),
      StringEqualsIfExists: { "aws:RequestTag/eks:eks-cluster-name": scope.cluster },
      "ForAllValues:StringEquals": { "aws:TagKeys": ["eks:eks-cluster-name", "karpenter.sh/nodeclaim", "Name"] },
    },
  }];
}

function nodeDeletion(scope: KarpenterScope): Statement {
  return {
    Sid: "AllowScopedDeletion",
    Effect: "Allow",
    Resource: [ec2Arn(scope, "instance"), ec2Arn(scope, "launch-template")],
    Action: ["ec2:TerminateInstances", "ec2:DeleteLaunchTemplate"],
    Condition: ownedByPool(scope),
  };
}

function iamIntegration({ cluster, region, nodeRoleArn }: KarpenterScope): Statement[] {
  const profiles = instanceProfiles();
  const tagged = (side: "ResourceTag" | "RequestTag") => ({
    [`aws:${side}/${ownerTag(cluster)}`]: OWNED,
    [`aws:${side}/topology.kubernetes.io/region`]: region,
  });
  const requested = { ...tagged("RequestTag"), "aws:RequestTag/eks:eks-cluster-name": cluster };
  const ofNodeClass = (side: "ResourceTag" | "RequestTag") => ({ [`aws:${side}/karpenter.k8s.aws/ec2nodeclass`]: "*" });
  return [{
    // The only role that Karpenter may assign to an instance.
    Sid: "AllowPassingInstanceRole",
    Effect: "Allow",
    Resource: nodeRoleArn,
    Action: "iam:PassRole",
    Condition: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"] } },
  }, {
    Sid: "AllowScopedInstanceProfileCreationActions",
    Effect: "Allow",
    Resource: profiles,
    Action: ["iam:CreateInstanceProfile"],
    Condition: { StringEquals: requested, StringLike: ofNodeClass("RequestTag") },
  }, {
    Sid: "AllowScopedInstanceProfileTagActions",
    Effect: "Allow",
    Resource: profiles,
    Action: ["iam:TagInstanceProfile"],
    Condition: {
      StringEquals: { ...tagged("ResourceTag"), ...requested },
      StringLike: { ...ofNodeClass("ResourceTag"), ...ofNodeClass("RequestTag") },
    },
  }, {
    Sid: "AllowScopedInstanceProfileActions",
    Effect: "Allow",
    Resource: profiles,
    Action: ["iam:AddRoleToInstanceProfile", "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile"],
    Condition: { StringEquals: tagged("ResourceTag"), StringLike: ofNodeClass("ResourceTag") },
  }];
}

function resourceDiscovery({ region }: KarpenterScope): Statement[] {
  return [{
    Sid: "AllowRegionalReadActions",
    Effect: "Allow",
    Resource: "*",
    Action: [
      "ec2:DescribeCapacityReservations",
      "ec2:DescribeImages",
      "ec2:DescribeInstances",
      "ec2:DescribeInstanceStatus",
      "ec2:DescribeInstanceTypeOfferings",
      "ec2:DescribeInstanceTypes",
      "ec2:DescribeLaunchTemplates",
      "ec2:DescribePlacementGroups",
      "ec2:DescribeSecurityGroups",
      "ec2:DescribeSpotPriceHistory",
      "ec2:DescribeSubnets",
    ],
    Condition: { StringEquals: { "aws:RequestedRegion": region } },
  }, {
    Sid: "AllowSSMReadActions",
    Effect: "Allow",
    Resource: `arn:${Aws.PARTITION}:ssm:${region}::parameter/aws/service/*`,
    Action: "ssm:GetParameter",
  }, {
    Sid: "AllowPricingReadActions",
    Effect: "Allow",
    Resource: "*",
    Action: "pricing:GetProducts",
  }, {
    Sid: "AllowUnscopedInstanceProfileListAction",
    Effect: "Allow",
    Resource: "*",
    Action: "iam:ListInstanceProfiles",
  }, {
    Sid: "AllowInstanceProfileReadActions",
    Effect: "Allow",
    Resource: instanceProfiles(),
    Action: "iam:GetInstanceProfile",
  }];
}

function instanceProfiles(): string {
  return `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:instance-profile/*`;
}

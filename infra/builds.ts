/**
 * What builds need in AWS: a bucket for their contexts, and two roles. The builder's role reads contexts and cannot
 * push. It assumes the push role once for each push, restricted to one repository, so that a Dockerfile could at most
 * steal access to that repository.
 */
import { Aws, Duration, RemovalPolicy } from "aws-cdk-lib/core";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { CONTEXT_DAYS } from "../lib/core/facts/contexts.ts";
import { CLUSTER } from "../lib/core/pins.ts";
import type { Builder } from "../lib/plan/types.ts";
import { answer, answerWildcards } from "./answers.ts";
import type { ControlPlane } from "./cluster.ts";
import { PodRole } from "./iam.ts";
import { policy, type PolicyDocument } from "./policy.ts";
import { pullFrom, readFrom } from "./mirrors.ts";

interface BuildsProps {
  readonly name: string;
  readonly region: string;
  readonly cluster: ControlPlane;
  /** ECR repositories that builds read besides their own. */
  readonly builder: Pick<Builder, "pulls" | "reads">;
}

export class Builds extends Construct {
  readonly contextBucketName: string;
  readonly pushRoleArn: string;

  constructor(scope: Construct, id: string, props: BuildsProps) {
    super(scope, id);
    const contexts = contextBucket(this);
    // The two roles name each other, so the policy of the first is created after the second.
    const builder = new PodRole(this, "Builder", {
      clusterName: props.name,
      cluster: props.cluster,
      region: props.region,
      namespace: CLUSTER.buildNamespace,
      serviceAccount: CLUSTER.builderAccount,
      description: `Builds of EKS cluster ${props.name}: fetches contexts, takes the push role`,
    });
    const push = pushRole(this, props, builder.roleArn);
    builder.allow("ContextsAndPush", "Every context, in the bucket that holds nothing else", {
      Sid: "ReadContexts",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: contexts.arnForObjects("*"),
    }, {
      Sid: "TakeThePushRole",
      Effect: "Allow",
      // Pod Identity's session tags are transitive: assuming a role requires tagging its session.
      Action: ["sts:AssumeRole", "sts:TagSession"],
      Resource: push.attrArn,
    });
    this.contextBucketName = contexts.bucketName;
    this.pushRoleArn = push.attrArn;
  }
}

/** A cache: it is deleted with the stack. `destroy` empties it first, which saves a Lambda function. */
function contextBucket(scope: Construct): Bucket {
  const bucket = new Bucket(scope, "Contexts", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    // S3 itself requires TLS 1.2 or newer.
    enforceSSL: true,
    removalPolicy: RemovalPolicy.DESTROY,
    lifecycleRules: [{
      id: "expire",
      expiration: Duration.days(CONTEXT_DAYS),
      abortIncompleteMultipartUploadAfter: Duration.days(1),
    }],
  });
  // Policies that allow a bucket by its tag: S3 compares tags only where that is enabled.
  (bucket.node.defaultChild as CfnBucket).addPropertyOverride("AbacStatus", "Enabled");
  answer(bucket, "A cache that one role reads; CloudTrail tells who did", "AwsSolutions-S1", "CKV_AWS_18");
  answer(bucket, "Objects are named by their hash: none is ever overwritten", "CKV_AWS_21");
  return bucket;
}

function pushRole(scope: Construct, props: BuildsProps, builderArn: string): CfnRole {
  const { name } = props, policyDocument = pushPolicy(props);
  const role = new CfnRole(scope, "PushRole", {
    description: `Pushes to the repositories of EKS cluster ${name}; taken by its builder, narrowed for each push`,
    assumeRolePolicyDocument: policy({
      Sid: "Builder",
      Effect: "Allow",
      Principal: { AWS: builderArn },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    }),
    policies: [{ policyName: "push", policyDocument }],
  });
  answerWildcards(role, "Logging in has no resource; repositories are told by the cluster's tag", policyDocument);
  return role;
}

function pushPolicy({ name, region, builder: { pulls, reads } }: BuildsProps): PolicyDocument {
  return policy(
    {
      // This action has no resource to name; its token has only the rights of this session.
      Sid: "LogIn",
      Effect: "Allow",
      Action: "ecr:GetAuthorizationToken",
      Resource: "*",
    },
    {
      Sid: "PushAndPullTagged",
      Effect: "Allow",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      Resource: `arn:${Aws.PARTITION}:ecr:${region}:${Aws.ACCOUNT_ID}:repository/*`,
      Condition: { StringEquals: { [`aws:ResourceTag/${CLUSTER.clusterTag}`]: name } },
    },
    ...pullFrom(pulls),
    ...readFrom(reads),
  );
}

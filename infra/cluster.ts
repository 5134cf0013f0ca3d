/**
 * The EKS control plane. It uses the L1 construct of aws-eks-v2, as the L2 adds an SSM parameter and a security group
 * that nothing here uses: only what is written below is created.
 */
import { Aws, Duration, RemovalPolicy, Stack } from "aws-cdk-lib/core";
import { CfnCluster } from "aws-cdk-lib/aws-eks-v2";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Cluster as ClusterConfig, Endpoint } from "../lib/plan/types.ts";
import { controlPlaneLogs } from "../lib/core/facts/leftovers.ts";
import { answer, answerManaged, LOGS_ENCRYPTED } from "./answers.ts";
import { AWS_POLICIES, awsManagedPolicy, clusterArn } from "./iam.ts";
import { policy } from "./policy.ts";

interface ControlPlaneProps {
  readonly name: string;
  readonly cluster: ClusterConfig;
  readonly subnetIds: readonly string[];
}

export class ControlPlane extends Construct {
  /** Resolves to the cluster's name; resources that use it are created after the cluster. */
  readonly ref: string;
  /** Like `ref`, for what must know that this stack created the cluster. */
  readonly arn: string;
  /** The security group that EKS creates, on the network interfaces of the control plane and on managed nodes. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    const cluster = new CfnCluster(this, "Cluster", {
      name: props.name,
      version: props.cluster.version,
      roleArn: clusterRole(this, props.name).attrArn,
      resourcesVpcConfig: { subnetIds: [...props.subnetIds], ...endpointAccess(props.cluster.endpoint) },
      // Final: changing, adding or deleting the range replaces the cluster.
      ...(props.cluster.serviceCidr && { kubernetesNetworkConfig: { serviceIpv4Cidr: props.cluster.serviceCidr } }),
      accessConfig: {
        // Access entries only, without the aws-auth ConfigMap, which can be edited from inside the cluster.
        authenticationMode: "API",
        // The creator is CloudFormation's role, which needs no access to the cluster.
        bootstrapClusterCreatorAdminPermissions: false,
      },
      // The add-ons are created below as managed add-ons, in order; these would be unmanaged copies.
      bootstrapSelfManagedAddons: false,
      encryptionConfig: [{
        resources: ["secrets"],
        provider: { keyArn: props.cluster.kmsKey ?? secretsKey(this, props.name).keyArn },
      }],
      logging: { clusterLogging: { enabledTypes: props.cluster.logs.types.map((type) => ({ type })) } },
      upgradePolicy: { supportType: props.cluster.supportPolicy === "standard" ? "STANDARD" : "EXTENDED" },
    });
    // Otherwise EKS creates this log group without a retention period, and leaves it behind.
    const logs = new LogGroup(this, "LogGroup", {
      logGroupName: controlPlaneLogs(props.name),
      retention: props.cluster.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    answer(logs, LOGS_ENCRYPTED, "CKV_AWS_158");
    cluster.node.addDependency(logs);
    this.ref = cluster.ref;
    this.arn = cluster.attrArn;
    this.securityGroupId = cluster.attrClusterSecurityGroupId;
  }
}

/** Nodes always reach the API from inside the VPC; from outside only the named ranges can, if any. */
function endpointAccess(endpoint: Endpoint): CfnCluster.ResourcesVpcConfigProperty | Record<string, unknown> {
  switch (endpoint.kind) {
    case "private":
      return { endpointPrivateAccess: true, endpointPublicAccess: false };
    case "public":
      return {
        endpointPrivateAccess: true,
        endpointPublicAccess: true,
        publicAccessCidrs: [...endpoint.publicFrom],
      };
    default:
      return endpoint satisfies never;
  }
}

function clusterRole(scope: Construct, name: string): CfnRole {
  const managedPolicyArns = [awsManagedPolicy("AmazonEKSClusterPolicy")];
  const role = new CfnRole(scope, "Role", {
    description: `Control plane of EKS cluster ${name}`,
    assumeRolePolicyDocument: policy({
      Sid: "ControlPlane",
      Effect: "Allow",
      Principal: { Service: "eks.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID },
        ArnLike: { "aws:SourceArn": clusterArn(name, Stack.of(scope).region) },
      },
    }),
    managedPolicyArns,
  });
  answerManaged(role, AWS_POLICIES, managedPolicyArns);
  return role;
}

/** Encrypts Secrets in etcd and its backups. Deleted with the cluster, after a waiting period of 7 days. */
function secretsKey(scope: Construct, name: string): Key {
  return new Key(scope, "SecretsKey", {
    description: `Kubernetes Secrets of EKS cluster ${name}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(7),
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

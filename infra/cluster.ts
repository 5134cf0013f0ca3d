/**
 * The EKS control plane. The L1 of aws-eks-v2, as its L2 adds an SSM parameter and a security group that nothing here
 * uses: all that is written below is all that is made.
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
  /** Resolves to the cluster's name, and makes what uses it wait for the cluster. */
  readonly ref: string;
  /** The group that EKS makes: on the control plane's network cards and on managed nodes. */
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: ControlPlaneProps) {
    super(scope, id);
    const cluster = new CfnCluster(this, "Cluster", {
      name: props.name,
      version: props.cluster.version,
      roleArn: clusterRole(this, props.name).attrArn,
      resourcesVpcConfig: { subnetIds: [...props.subnetIds], ...endpointAccess(props.cluster.endpoint) },
      // Final: another range, or one where there was none, replaces the cluster.
      ...(props.cluster.serviceCidr && { kubernetesNetworkConfig: { serviceIpv4Cidr: props.cluster.serviceCidr } }),
      accessConfig: {
        // Access entries only: no aws-auth ConfigMap that somebody inside the cluster could edit.
        authenticationMode: "API",
        // The creator is CloudFormation's role: it has no business inside the cluster.
        bootstrapClusterCreatorAdminPermissions: false,
      },
      // The add-ons are made below as add-ons, with an order; these would be unmanaged copies of the same.
      bootstrapSelfManagedAddons: false,
      encryptionConfig: [{
        resources: ["secrets"],
        provider: { keyArn: props.cluster.kmsKey ?? secretsKey(this, props.name).keyArn },
      }],
      logging: { clusterLogging: { enabledTypes: props.cluster.logs.types.map((type) => ({ type })) } },
      upgradePolicy: { supportType: props.cluster.supportPolicy === "standard" ? "STANDARD" : "EXTENDED" },
    });
    // EKS would make this group itself, without an end to it, and leave it behind.
    const logs = new LogGroup(this, "LogGroup", {
      logGroupName: controlPlaneLogs(props.name),
      retention: props.cluster.logs.retentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    answer(logs, LOGS_ENCRYPTED, "CKV_AWS_158");
    cluster.node.addDependency(logs);
    this.ref = cluster.ref;
    this.securityGroupId = cluster.attrClusterSecurityGroupId;
  }
}

/** Nodes always reach the API from inside the VPC; from outside only the named ranges do, if any. */
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

/** Who reads etcd or its backups without this key reads no Secret. Deleted with the cluster, after 7 days of doubt. */
function secretsKey(scope: Construct, name: string): Key {
  return new Key(scope, "SecretsKey", {
    description: `Kubernetes Secrets of EKS cluster ${name}`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(7),
    removalPolicy: RemovalPolicy.DESTROY,
  });
}

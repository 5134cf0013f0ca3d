/** The kinds of roles, and what their policies have in common. */
import { Aws, type CfnTag } from "aws-cdk-lib/core";
import { CfnPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnPodIdentityAssociation } from "aws-cdk-lib/aws-eks-v2";
import { Construct } from "constructs";
import { answerWildcards } from "./answers.ts";
import { policy, type PolicyDocument, type Statement, type Trust } from "./policy.ts";

/** ARN of a cluster from its name: known before the cluster exists, so that its roles need not wait for it. */
export function clusterArn(name: string, region: string): string {
  return `arn:${Aws.PARTITION}:eks:${region}:${Aws.ACCOUNT_ID}:cluster/${name}`;
}

export function awsManagedPolicy(name: string): string {
  return `arn:${Aws.PARTITION}:iam::aws:policy/${name}`;
}

/** The reason for AWS managed policies, for cdk-nag. */
export const AWS_POLICIES = "The policies that EKS documents for this role: AWS keeps them in step with what it runs";

/** Nodes are EC2 instances: they get their role from the instance metadata service. */
export function nodeTrust(): PolicyDocument<Trust> {
  return policy({
    Sid: "Nodes",
    Effect: "Allow",
    Principal: { Service: `ec2.${Aws.URL_SUFFIX}` },
    Action: "sts:AssumeRole",
  });
}

/**
 * What a node may do, as EKS and Karpenter document it. Pods cannot use this role: the hop limit of 1 keeps them from
 * the metadata service.
 */
export function nodePolicies(): string[] {
  return [
    "AmazonEKS_CNI_Policy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
  ].map(awsManagedPolicy);
}

/** EBS uses the rights of whoever launches an instance: "Requirements for Amazon EBS encryption", EBS user guide. */
export function useOfVolumeKey(key: string): Statement[] {
  return [{
    Sid: "UseKeyOfVolumes",
    Effect: "Allow",
    Resource: key,
    Action: [
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
  }, {
    Sid: "GrantKeyToVolumes",
    Effect: "Allow",
    Resource: key,
    Action: "kms:CreateGrant",
    Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
  }];
}

interface PodTrust {
  readonly clusterName: string;
  readonly region: string;
  readonly namespace: string;
  readonly serviceAccount: string;
}

/**
 * Trust in one ServiceAccount, through Pod Identity. It names the account, the cluster, the namespace and the
 * ServiceAccount, so that an association created elsewhere, by a principal that may only pass roles, cannot use the
 * role.
 */
export function podTrust({ clusterName, region, namespace, serviceAccount }: PodTrust): PolicyDocument<Trust> {
  return policy({
    Sid: "PodIdentity",
    Effect: "Allow",
    Principal: { Service: "pods.eks.amazonaws.com" },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    Condition: {
      StringEquals: {
        "aws:SourceAccount": Aws.ACCOUNT_ID,
        "aws:RequestTag/eks-cluster-arn": clusterArn(clusterName, region),
        "aws:RequestTag/kubernetes-namespace": namespace,
        "aws:RequestTag/kubernetes-service-account": serviceAccount,
      },
    },
  });
}

interface PodRoleProps extends PodTrust {
  readonly cluster: { readonly ref: string };
  readonly description: string;
  readonly managedPolicyArns?: readonly string[];
}

/** A role for one ServiceAccount, and the association that assigns it. */
export class PodRole extends Construct {
  readonly roleArn: string;
  readonly association: CfnPodIdentityAssociation;
  readonly #roleName: string;

  constructor(scope: Construct, id: string, props: PodRoleProps) {
    super(scope, id);
    const role = new CfnRole(this, "Role", {
      description: props.description,
      assumeRolePolicyDocument: podTrust(props),
      managedPolicyArns: [...props.managedPolicyArns ?? []],
    });
    this.association = new CfnPodIdentityAssociation(this, "Association", {
      clusterName: props.cluster.ref,
      namespace: props.namespace,
      serviceAccount: props.serviceAccount,
      roleArn: role.attrArn,
    });
    this.roleArn = role.attrArn;
    this.#roleName = role.ref;
  }

  /** Adds a policy after the role, so that it can name resources that name this role. `wildcards`: why it has some. */
  allow(id: string, wildcards: string, ...statements: Statement[]): void {
    const policyDocument = policy(...statements);
    const made = new CfnPolicy(this, id, { policyName: id, policyDocument, roles: [this.#roleName] });
    answerWildcards(made, wildcards, policyDocument);
  }
}

/** Tags as CloudFormation's list, for what CDK does not tag: the resources that a launch template creates. */
export function tagList(tags: Readonly<Record<string, string>>): CfnTag[] {
  return Object.entries(tags).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => ({ key, value }));
}

/**
 * On deletion of the stack, ends what Karpenter left: instances, launch templates, network interfaces and instance
 * profiles that carry its tags for this cluster, or lie under its path, and no others; then the placement groups of
 * those instances. So whoever deletes the stack, with unitune or by hand, leaves nothing behind.
 */
import { Aws, type CfnCustomResource, Stack } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import { CLUSTER } from "../lib/core/pins.ts";
import { CLEAN_UP_CODE } from "./clean_up_code.ts";
import { CustomResource, regionalRead } from "./function.ts";
import type { Statement } from "./policy.ts";

/** Lambda's longest, in round minutes: a large GPU instance takes some to shut down. */
const TIMEOUT_SECONDS = 840;

export class CleanUp extends Construct {
  /** Nodes and Karpenter's role go before it: nothing is launched behind its back. What it frees goes after it. */
  readonly resource: CfnCustomResource;

  constructor(scope: Construct, id: string, { name }: { readonly name: string }) {
    super(scope, id);
    const stack = Stack.of(this);
    this.resource = new CustomResource(this, "Leftovers", {
      description: `Ends what Karpenter left of EKS cluster ${name}, when its stack is deleted`,
      code: CLEAN_UP_CODE,
      timeoutSeconds: TIMEOUT_SECONDS,
      properties: { Cluster: name, Region: stack.region },
      statements: statements(name, stack.region, this),
      wildcards:
        "Reading has no resource to name; what is removed is tied to this cluster's tags, or lies under its path",
    }).resource;
  }
}

function statements(name: string, region: string, scope: Construct): Statement[] {
  const ec2 = (kind: string) => `arn:${Aws.PARTITION}:ec2:${region}:${Aws.ACCOUNT_ID}:${kind}/*`;
  return [
    regionalRead(
      scope,
      "ec2:DescribeInstances",
      "ec2:DescribeLaunchTemplates",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribePlacementGroups",
    ),
    {
      Sid: "RemoveWhatKarpenterMade",
      Effect: "Allow",
      Action: ["ec2:DeleteLaunchTemplate", "ec2:DeleteNetworkInterface", "ec2:TerminateInstances"],
      Resource: [ec2("instance"), ec2("launch-template"), ec2("network-interface")],
      Condition: {
        StringEquals: { [`aws:ResourceTag/kubernetes.io/cluster/${name}`]: "owned" },
        StringLike: { "aws:ResourceTag/karpenter.sh/nodepool": "*" },
      },
    },
    {
      // Made by the VPC CNI for pods, under its own tag, when a node ends before it can take them away.
      Sid: "RemoveInterfacesOfPods",
      Effect: "Allow",
      Action: "ec2:DeleteNetworkInterface",
      Resource: ec2("network-interface"),
      Condition: { StringEquals: { "aws:ResourceTag/cluster.k8s.amazonaws.com/name": name } },
    },
    {
      Sid: "RemovePlacementGroups",
      Effect: "Allow",
      Action: "ec2:DeletePlacementGroup",
      Resource: ec2("placement-group"),
      Condition: { StringEquals: { [`aws:ResourceTag/${CLUSTER.clusterTag}`]: name } },
    },
    {
      Sid: "ListInstanceProfiles",
      Effect: "Allow",
      Action: "iam:ListInstanceProfiles",
      Resource: "*",
    },
    {
      Sid: "RemoveInstanceProfiles",
      Effect: "Allow",
      Action: ["iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"],
      Resource: `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:instance-profile/karpenter/${region}/${name}/*`,
    },
  ];
}

/**
 * What Karpenter needs in AWS: a role for its controller, a role and a security group for the nodes that it launches,
 * and the queue with warnings about instances that AWS is going to interrupt.
 */
import { type CfnResource, Tags } from "aws-cdk-lib/core";
import { CfnSecurityGroup, CfnSecurityGroupEgress, CfnSecurityGroupIngress } from "aws-cdk-lib/aws-ec2";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks-v2";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnInstanceProfile, CfnManagedPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnQueue, CfnQueuePolicy } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { nodeProfileName } from "../lib/core/names.ts";
import { CLUSTER } from "../lib/core/pins.ts";
import type { Config } from "../lib/plan/types.ts";
import { OWNED, ownerTag } from "../lib/core/facts/tags.ts";
import { answer, answerManaged, answerWildcards } from "./answers.ts";
import type { ControlPlane } from "./cluster.ts";
import { AWS_POLICIES, nodePolicies, nodeTrust, PodRole, useOfVolumeKey } from "./iam.ts";
import { karpenterPolicies } from "./karpenter_policies.ts";
import { answerMirrors, nodeMirrors } from "./mirrors.ts";

interface KarpenterProps {
  readonly name: string;
  readonly region: string;
  readonly cluster: ControlPlane;
  readonly vpcId: string;
  /** Nodes have no way to the Internet, and so none to IAM. */
  readonly isolated: boolean;
  /** The user's own key for volumes. */
  readonly ebsKey: string | null;
  /** The mirrors that nodes pull from in place of public registries. */
  readonly mirrors: Config["mirrors"];
}

/** The events with which AWS announces the end of an instance, and their sources. */
const INTERRUPTIONS = {
  Health: { source: "aws.health", detail: "AWS Health Event" },
  SpotInterruption: { source: "aws.ec2", detail: "EC2 Spot Instance Interruption Warning" },
  Rebalance: { source: "aws.ec2", detail: "EC2 Instance Rebalance Recommendation" },
  StateChange: { source: "aws.ec2", detail: "EC2 Instance State-change Notification" },
  ReservationInterruption: { source: "aws.ec2", detail: "EC2 Capacity Reservation Instance Interruption Warning" },
};

const OFFICIAL_POLICIES =
  "Karpenter's official statements: what it writes is tied to this cluster's tags, what it reads " +
  "without them has no resource that IAM could name";

const NO_WILDCARDS = "One key, by its ARN";

export class Karpenter extends Construct {
  readonly nodeRoleName: string;
  readonly nodeRoleArn: string;
  readonly queueName: string;
  readonly controller: PodRole;
  /** What nodes use: it cannot be deleted while a node exists. */
  readonly nodeResources: readonly CfnResource[];

  constructor(scope: Construct, id: string, props: KarpenterProps) {
    super(scope, id);
    const queue = interruptionQueue(this);
    const nodeRole = new CfnRole(this, "NodeRole", {
      description: `Nodes that Karpenter launches for EKS cluster ${props.name}`,
      assumeRolePolicyDocument: nodeTrust(),
      managedPolicyArns: nodePolicies(),
      ...nodeMirrors(props),
    });
    answerManaged(nodeRole, AWS_POLICIES, nodePolicies());
    answerMirrors(nodeRole, props);
    // EKS creates this entry only for managed nodes.
    new CfnAccessEntry(this, "NodeAccess", {
      clusterName: props.cluster.ref,
      principalArn: nodeRole.attrArn,
      type: "EC2_LINUX",
    });
    this.controller = this.#controller(props, nodeRole.attrArn, queue.attrArn);
    if (props.ebsKey !== null) this.controller.allow("EbsKey", NO_WILDCARDS, ...useOfVolumeKey(props.ebsKey));
    this.nodeResources = [
      nodeRole,
      nodeSecurityGroup(this, props),
      ...(props.isolated ? [instanceProfile(this, props, nodeRole.ref)] : []),
    ];
    this.nodeRoleName = nodeRole.ref;
    this.nodeRoleArn = nodeRole.attrArn;
    this.queueName = queue.attrQueueName;
  }

  #controller({ name, region, cluster }: KarpenterProps, nodeRoleArn: string, queueArn: string): PodRole {
    const policies = karpenterPolicies({ cluster: name, region, nodeRoleArn, queueArn });
    const arns = Object.entries(policies).map(([id, policyDocument]) => {
      // Managed policies, as in Karpenter's template: together they are too long for inline policies.
      const managed = new CfnManagedPolicy(this, `${id}Policy`, {
        description: `Karpenter's controller of EKS cluster ${name}: ${id}`,
        policyDocument,
      });
      answerWildcards(managed, OFFICIAL_POLICIES, policyDocument);
      return managed.ref;
    });
    return new PodRole(this, "Controller", {
      clusterName: name,
      cluster,
      region,
      namespace: CLUSTER.karpenterNamespace,
      serviceAccount: CLUSTER.karpenterAccount,
      description: `Karpenter's controller of EKS cluster ${name}`,
      managedPolicyArns: arns,
    });
  }
}

/** IAM has no VPC endpoint: in an isolated network Karpenter cannot create the instance profile of its nodes. */
function instanceProfile(scope: Construct, { name, region }: KarpenterProps, role: string): CfnInstanceProfile {
  // It has a name for node classes to use. The name includes the region, as IAM is global.
  return new CfnInstanceProfile(scope, "NodeInstanceProfile", {
    instanceProfileName: nodeProfileName(name, region),
    roles: [role],
  });
}

function interruptionQueue(scope: Construct): CfnQueue {
  // A warning is useless after five minutes: the instance is gone.
  const queue = new CfnQueue(scope, "Queue", { messageRetentionPeriod: 300, sqsManagedSseEnabled: true });
  answer(queue, "A warning that nobody took in five minutes is worthless: the instance is gone", "AwsSolutions-SQS3");
  answer(
    queue,
    "Encrypted by the key that SQS manages (SqsManagedSseEnabled), as in Karpenter's template",
    "CKV_AWS_27",
  );
  new CfnQueuePolicy(scope, "QueuePolicy", {
    queues: [queue.ref],
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{
        Sid: "EventsAndQueues",
        Effect: "Allow",
        Principal: { Service: ["events.amazonaws.com", "sqs.amazonaws.com"] },
        Action: "sqs:SendMessage",
        Resource: queue.attrArn,
      }, {
        Sid: "DenyHTTP",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queue.attrArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }],
    },
  });
  for (const [id, { source, detail }] of Object.entries(INTERRUPTIONS)) {
    new CfnRule(scope, `${id}Rule`, {
      description: `Tells Karpenter: ${detail}`,
      eventPattern: { source: [source], "detail-type": [detail] },
      targets: [{ id: "KarpenterInterruptionQueue", arn: queue.attrArn }],
    });
  }
  return queue;
}

/**
 * A security group for Karpenter's nodes, found by its tag: a template cannot tag the group that EKS creates. All
 * traffic is allowed between these nodes (EFA requires that, in both directions and by name), and with the control
 * plane and the system nodes, which are in the cluster's group.
 */
function nodeSecurityGroup(scope: Construct, { name, cluster, vpcId }: KarpenterProps): CfnSecurityGroup {
  const group = new CfnSecurityGroup(scope, "NodeSecurityGroup", {
    vpcId,
    groupDescription: `Nodes that Karpenter launches for EKS cluster ${name}`,
    securityGroupEgress: [{ ipProtocol: "-1", cidrIp: "0.0.0.0/0", description: "Registries and AWS" }],
  });
  Tags.of(group).add("Name", `${name}-karpenter-node`);
  Tags.of(group).add(CLUSTER.discoveryTag, name);
  // Load balancer controllers require exactly one group with this tag on a node's network interface.
  Tags.of(group).add(ownerTag(name), OWNED);
  const nodes = group.attrGroupId;
  new CfnSecurityGroupIngress(scope, "NodesFromNodes", {
    groupId: nodes,
    sourceSecurityGroupId: nodes,
    ipProtocol: "-1",
    description: "Each other, EFA included",
  });
  new CfnSecurityGroupEgress(scope, "NodesToNodes", {
    groupId: nodes,
    destinationSecurityGroupId: nodes,
    ipProtocol: "-1",
    description: "Each other, EFA included",
  });
  new CfnSecurityGroupIngress(scope, "NodesFromCluster", {
    groupId: nodes,
    sourceSecurityGroupId: cluster.securityGroupId,
    ipProtocol: "-1",
    description: "Control plane and system nodes",
  });
  new CfnSecurityGroupIngress(scope, "ClusterFromNodes", {
    groupId: cluster.securityGroupId,
    sourceSecurityGroupId: nodes,
    ipProtocol: "-1",
    description: "Nodes that Karpenter launches",
  });
  return group;
}

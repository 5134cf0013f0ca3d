import assert from "node:assert/strict";
import { reservedTag } from "../../../lib/core/facts/tags.ts";

Deno.test("a tag is reserved where AWS, EKS, Kubernetes, Karpenter or unitune read it, however it is written", () => {
  const reserved: Readonly<Record<string, string>> = {
    "aws:cloudformation:stack-name": "aws:",
    "AWS:x": "aws:",
    "aws-cdk:subnet-name": "aws-cdk:",
    "eks:eks-cluster-name": "eks:",
    "eks:cluster-name": "eks:",
    "unitune:cluster": "unitune:",
    "karpenter.sh/discovery": "karpenter.sh/",
    "Karpenter.SH/discovery": "karpenter.sh/",
    "karpenter.sh": "karpenter.sh/",
    "karpenter.k8s.aws/ec2nodeclass": "karpenter.k8s.aws/",
    "kubernetes.io/role/elb": "kubernetes.io/",
    "kubernetes.io/cluster/acme": "kubernetes.io/",
    "node.kubernetes.io/x": "kubernetes.io/",
    "k8s.io/cluster-autoscaler/enabled": "k8s.io/",
    "elbv2.k8s.aws/cluster": "k8s.aws/",
    "cluster.k8s.amazonaws.com/name": "k8s.amazonaws.com/",
    "ebs.csi.aws.com/cluster": "csi.aws.com/",
    "KubernetesCluster": "KubernetesCluster",
  };
  for (const [key, what] of Object.entries(reserved)) assert.equal(reservedTag(key)?.what, what, key);
});

Deno.test("a tag that only looks like a reserved one is the user's", () => {
  const free = [
    "team",
    "awsome",
    "cost-center",
    "example.com/team",
    "notkarpenter.sh/x",
    "my/kubernetes.io/x",
    "eks",
    "Name",
  ];
  for (const key of free) assert.equal(reservedTag(key), null, key);
});

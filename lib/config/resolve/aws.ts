/** Lists of values that AWS defines. */

/**
 * Retention periods of logs in days: CloudWatch accepts no others.
 * @internal
 */
export const RETENTION_DAYS = [
  1,
  3,
  5,
  7,
  14,
  30,
  60,
  90,
  120,
  150,
  180,
  365,
  400,
  545,
  731,
  1096,
  1827,
  2192,
  2557,
  2922,
  3288,
  3653,
] as const;

/**
 * Services with an interface endpoint that are useful to a cluster.
 * @internal
 */
export const ENDPOINT_SERVICES = [
  "autoscaling",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticloadbalancing",
  "kms",
  "logs",
  "monitoring",
  "secretsmanager",
  "sqs",
  "ssm",
  "ssmmessages",
  "sts",
] as const;

/** Logs of EKS's control plane. */
export const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"] as const;

/** Add-ons that every cluster has. */
export const CORE_ADD_ONS = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent", "coredns"] as const;

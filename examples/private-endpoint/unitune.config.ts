/**
 * For an organisation with rules: the API server is reached from inside the VPC only (by VPN or a bastion of yours),
 * roles lie under a path and a boundary, Secrets are encrypted by a key of your own, logs are kept for five years, AWS
 * is reached by endpoints where it can be, and one account only will do.
 *
 * ```sh
 * unitune synth --out review -c examples/private-endpoint/unitune.config.ts
 * ```
 */
import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";

const ACCOUNT = "123456789012";

export default defineConfig({
  name: "regulated",
  region: "eu-west-1",
  account: ACCOUNT,
  tags: { "cost-center": "4711", "data-class": "restricted" },
  network: {
    cidr: "10.64.0.0/16",
    flowLogs: { retentionDays: 1827 },
    endpoints: ["ecr.api", "ecr.dkr", "eks-auth", "logs", "sts"],
  },
  cluster: {
    endpoint: "private",
    admins: [`arn:aws:iam::${ACCOUNT}:role/platform/ClusterAdmin`],
    kmsKey: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`,
    logs: { retentionDays: 1827 },
    systemNodes: { instanceTypes: ["m7i.large", "m6i.large"], count: 3 },
    addOns: { "amazon-cloudwatch-observability": {} },
  },
  iam: { rolePath: "/platform/", permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/platform/boundary` },
  karpenter: { replicas: 3 },
  pools: {
    cpu: cpuPool({
      maxCpus: 128,
      capacity: ["on-demand"],
      // Nothing is replaced in office hours.
      budgets: [{ nodes: "10%" }, { nodes: 0, reasons: ["Drifted"], schedule: "0 7 * * mon-fri", duration: "11h" }],
    }),
    tune: gpuPool({ gpu: "a10g", maxGpus: 8 }),
  },
  images: { trainer: image({ context: "./trainer" }) },
});

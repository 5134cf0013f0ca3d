/**
 * For an organisation with rules: the network team's VPC is used as it is, the API server is reached from inside of it
 * only (by VPN or a bastion of yours), roles lie under a path and a boundary, Secrets are encrypted by a key of your
 * own, logs are kept for five years, and one account only will do.
 *
 * Nothing of the VPC is changed or tagged, and `unitune destroy` leaves it as it is. `unitune plan` lists what its
 * subnets lack before anything is created: a route to the Internet, free addresses, zones that EKS supports.
 *
 * ```sh
 * unitune synth --out review -c examples/existing-vpc/unitune.config.ts
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
    vpcId: "vpc-0123456789abcdef0",
    // The first two hold the control plane and the system nodes; Karpenter's nodes are in all of them.
    privateSubnets: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0bbbbbbbbbbbbbbb2", "subnet-0ccccccccccccccc3"],
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

/** One config with every sort of pool, and the skeletons as they lie in the tree. */
import { CLUSTER_TEMPLATES, type ClusterTemplates } from "../../lib/cluster/mod.ts";
import { CPU_DEFAULTS, GPU_DEFAULTS } from "../../lib/config/resolve/pool_defaults.ts";
import { interfacesOf } from "../../lib/config/resolve/efa.ts";
import { clusterOf, iamOf } from "../../lib/config/resolve/infra.ts";
import { builder as build } from "../images/specs.ts";
import { ownNetwork } from "../infra/config.ts";
import { DEFAULT_KUBERNETES, pinnedAmi } from "../../lib/core/facts/kubernetes.ts";
import { karpenterOf } from "../../lib/config/resolve/karpenter.ts";
import { PINS } from "../../lib/core/pins.ts";
import type { Config, CpuPool, Deployed, GpuPool } from "../../lib/plan/types.ts";

const folder = new URL("../../templates/cluster/", import.meta.url);

export const templates = Object.fromEntries(
  CLUSTER_TEMPLATES.map((name) => [name, Deno.readTextFileSync(new URL(name, folder))]),
) as ClusterTemplates;

/** What the Job that runs Helm logs in to ECR with. */
export const scripts = Object.fromEntries(["fetch-context.mjs", "registry-login.mjs"].map((name) => {
  return [name, Deno.readTextFileSync(new URL(`../${name}`, folder))];
}));

const ami = pinnedAmi(CPU_DEFAULTS.ami, DEFAULT_KUBERNETES);

export const cpu: CpuPool = {
  ...CPU_DEFAULTS,
  ami,
  kind: "cpu",
  name: "cpu",
  arch: ["amd64", "arm64"],
  capacity: ["spot", "on-demand"],
  maxCpus: 256,
  families: ["c", "m", "r"],
  builder: false,
};

export const builder: CpuPool = {
  ...cpu,
  name: "builder",
  ami: pinnedAmi("al2023", DEFAULT_KUBERNETES),
  capacity: ["on-demand"],
  disk: "200Gi",
  diskThroughput: GPU_DEFAULTS.diskThroughput,
  consolidation: GPU_DEFAULTS.consolidation,
  maxCpus: 64,
  builder: true,
};

export const tune: GpuPool = {
  ...GPU_DEFAULTS,
  ami,
  kind: "gpu",
  name: "tune",
  arch: ["amd64"],
  capacity: ["spot", "on-demand"],
  gpus: ["l40s"],
  gpusPerNode: null,
  maxGpus: 16,
  instanceTypes: [],
  efa: false,
  networkInterfaces: [],
  placementGroup: null,
  reservation: null,
  sharing: null,
  maxNodes: null,
};

export const train: GpuPool = {
  ...tune,
  name: "train",
  capacity: ["reserved", "on-demand"],
  disk: "1Ti",
  gpus: ["h100"],
  gpusPerNode: 8,
  maxGpus: 32,
  instanceTypes: ["p5.48xlarge"],
  efa: true,
  zones: ["us-west-2a"],
  networkInterfaces: interfacesOf({ type: "p5.48xlarge", gpus: 8, efa: 32 }),
  reservation: { ids: ["cr-0123456789abcdef0"] },
};

export const config: Config = {
  name: "acme-ml",
  project: "acme-ml",
  stage: null,
  region: "us-west-2",
  account: null,
  tags: { team: "research" },
  network: ownNetwork(),
  cluster: clusterOf(),
  iam: iamOf(),
  ebsKey: null,
  access: [],
  storage: { ebs: false, volumes: [] },
  karpenter: karpenterOf(DEFAULT_KUBERNETES),
  devicePlugins: PINS.devicePlugins,
  pools: [builder, cpu, train, tune],
  images: [],
  builder: build,
  mirrors: {},
};

export const deployed: Deployed = {
  account: "123456789012",
  region: "us-west-2",
  nodeRoleName: "acme-ml-node-us-west-2",
  queueName: "acme-ml-interruption",
  contextBucket: "acme-ml-contexts",
  pushRoleArn: "arn:aws:iam::123456789012:role/acme-ml-push",
  placementGroups: { train: "acme-ml-eks-PlacementGroupstrain-0123456789AB" },
};

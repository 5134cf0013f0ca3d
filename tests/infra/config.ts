/** Configs for tests of the stacks: made by hand, as the resolver would give them. */
import { accessOf } from "../../lib/config/resolve/access.ts";
import { clusterOf, iamOf } from "../../lib/config/resolve/infra.ts";
import { networkOf } from "../../lib/config/resolve/network.ts";
import { DEFAULT_KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { karpenterOf } from "../../lib/config/resolve/karpenter.ts";
import { storageOf } from "../../lib/config/resolve/storage.ts";
import { PINS } from "../../lib/core/pins.ts";
import { GPU_DEFAULTS } from "../../lib/config/resolve/pool_defaults.ts";
import { builder, image } from "../images/specs.ts";
import type { Config, ExistingNetwork, GpuPool, Image, OwnNetwork } from "../../lib/plan/types.ts";

/** A network that is made, as the resolver would give it. */
export function ownNetwork(input: Parameters<typeof networkOf>[0] = {}, region = "us-west-2"): OwnNetwork {
  const network = networkOf(input, { region, written: Object.keys(input) });
  if (network.kind !== "own") throw new Error("the fields are those of a network that is there");
  return network;
}

/** A network that is there. */
export const THERE: ExistingNetwork = {
  kind: "existing",
  vpcId: "vpc-0123456789abcdef0",
  privateSubnets: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2", "subnet-0aaaaaaaaaaaaaaa3"],
  isolated: false,
};

/** The least that a config can ask for. */
export function smallest(change: Partial<Config> = {}): Config {
  return {
    name: "acme",
    project: "acme",
    stage: null,
    region: "us-west-2",
    account: null,
    tags: {},
    network: ownNetwork({ azs: 2, nat: "single" }, change.region),
    cluster: clusterOf({ endpoint: "private" }),
    iam: iamOf(),
    ebsKey: null,
    access: accessOf(),
    storage: storageOf(),
    karpenter: karpenterOf(DEFAULT_KUBERNETES),
    devicePlugins: PINS.devicePlugins,
    pools: [],
    images: [],
    builder,
    mirrors: {},
    ...change,
  };
}

/** Every option that reaches a template, set. */
export function largest(change: Partial<Config> = {}): Config {
  return smallest({
    name: "acme-ml-prod",
    project: "acme-ml",
    stage: "prod",
    tags: { team: "research", "cost-center": "42" },
    network: ownNetwork({ cidr: "10.32.0.0/16" }, change.region),
    cluster: clusterOf({
      version: "1.36",
      endpoint: { publicFrom: ["203.0.113.0/24", "198.51.100.7/32"] },
      admins: ["arn:aws:iam::123456789012:role/ops/platform", "arn:aws:iam::123456789012:user/alice"],
    }),
    images: [
      testImage("base"),
      testImage("trainer", {
        tags: [{ name: "v1", moves: false }, { name: "latest", moves: true }],
        needs: { base: "base" },
      }),
      testImage("tools", { repository: "shared/tools" }),
    ],
    pools: [testPool("train-b200", { placementGroup: "cluster" })],
    ...change,
  });
}

/** Add-ons with roles, workloads with rights, and all that can be mounted. */
export function withRights(change: Partial<Config> = {}): Config {
  const region = change.region ?? "us-west-2";
  const storage = storageOf({ ebs: true, buckets: { data: { bucket: "acme-data" } } }, region);
  return smallest({
    cluster: clusterOf({ endpoint: "private", addOns: { "amazon-cloudwatch-observability": {} } }, [], {
      storage,
      region,
    }),
    access: accessOf({
      "default/trainer": { buckets: ["acme-data", { name: "acme-out", write: true }] },
      "evaluation/judge": { buckets: ["acme-data"] },
    }),
    storage,
    ...change,
  });
}

export function testPool(name: string, change: Partial<GpuPool> = {}): GpuPool {
  return {
    ...GPU_DEFAULTS,
    kind: "gpu",
    name,
    arch: ["amd64"],
    capacity: ["on-demand"],
    gpus: ["b200"],
    gpusPerNode: null,
    maxGpus: 16,
    instanceTypes: ["p6-b200.48xlarge"],
    efa: false,
    networkInterfaces: [],
    placementGroup: null,
    reservation: null,
    sharing: null,
    maxNodes: null,
    ...change,
  };
}

export function testImage(name: string, change: Partial<Image> = {}): Image {
  return image(name, { context: `/project/images/${name}`, ...change });
}

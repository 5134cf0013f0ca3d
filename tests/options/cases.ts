/** One config for each option: the base, and that option set. Types are checked as a user's file is. */
import {
  type BuilderInput,
  type ConfigInput,
  cpuPool,
  type CpuPoolInput,
  defineConfig,
  gpuPool,
  type GpuPoolInput,
  image,
  type ImageInput,
  python,
} from "unitune/config";
import type { DefinedConfig, GpuPoolRef } from "../../lib/config/resolve/refs.ts";

interface Parts {
  readonly top?: Partial<Omit<ConfigInput, "pools" | "images" | "builder">> & {
    readonly builder?: BuilderInput<"cpu">;
  };
  readonly cpu?: Partial<Extract<CpuPoolInput, { readonly maxCpus: number }>>;
  readonly gpu?: Partial<GpuPoolInput<"l40s">> | GpuPoolInput;
  readonly image?: Partial<ImageInput>;
  readonly base?: Pick<ImageInput, "platforms">;
}

/** A small config with one pool of each kind and two images, changed in one place. */
export function config({ top, cpu, gpu, image: more, base: below }: Parts = {}): DefinedConfig {
  const base = image({ context: "./base", ...below });
  return defineConfig({
    name: "acme",
    region: "us-west-2",
    cluster: { endpoint: "private" },
    ...top,
    pools: {
      cpu: cpuPool({ maxCpus: 64, ...cpu }),
      tune: gpuPool({ gpu: "l40s", maxGpus: 16, ...gpu } as GpuPoolInput<"l40s">),
    },
    images: { base, trainer: image({ context: "./trainer", needs: { base }, ...more }) },
  });
}

/** A small config whose only GPU pool is this one. */
function withGpus(pool: GpuPoolRef, top: Parts["top"] = {}): DefinedConfig {
  const base = image({ context: "./base" });
  return defineConfig({
    name: "acme",
    region: "us-west-2",
    cluster: { endpoint: "private" },
    ...top,
    pools: { cpu: cpuPool({ maxCpus: 64 }), tune: pool },
    images: { base, trainer: image({ context: "./trainer", needs: { base } }) },
  });
}

function withReplicas(): DefinedConfig {
  const base = image({ context: "./base" });
  return defineConfig({
    name: "acme",
    region: "us-west-2",
    cluster: { endpoint: "private" },
    karpenter: { gates: { staticCapacity: true } },
    pools: { cpu: cpuPool({ replicas: 3 }), tune: gpuPool({ gpu: "l40s", replicas: 2 }) },
    images: { base, trainer: image({ context: "./trainer", needs: { base } }) },
  });
}

const THERE = {
  vpcId: "vpc-0123456789abcdef0",
  privateSubnets: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
} as const;
const KEY = "arn:aws:kms:us-west-2:123456789012:key/0123-abcd" as const;
const cluster = (fields: Partial<ConfigInput["cluster"]>) =>
  config({ top: { cluster: { endpoint: "private", ...fields } } });
const reserved = { capacity: ["reserved", "on-demand"] } as const;
const ARM = { platforms: ["linux/arm64"] } as const;
const BOTH = { platforms: ["linux/arm64", "linux/amd64"] } as const;
const SYSCTL = '[settings.kernel.sysctl]\n"vm.max_map_count" = "262144"\n';
const AL2023 = { ami: "al2023" } as const;
const DIGEST = `sha256:${"0".repeat(64)}` as const;
const h100 = { gpu: "h100", maxGpus: 32 } as const;
const ZONE = ["us-west-2a"] as const;
const FIXED = { karpenter: { gates: { staticCapacity: true } } } as const;

export const CASES: Readonly<Record<string, DefinedConfig>> = {
  "tags": config({ top: { tags: { team: "research" } } }),
  "mirrors": config({
    top: {
      mirrors: {
        "docker.io": "123456789012.dkr.ecr.us-west-2.amazonaws.com/docker-hub",
        "public.ecr.aws": "mirror.example.com/aws",
        "nvcr.io": "mirror.example.com",
      },
    },
    gpu: { ami: "al2023@v20261023" },
  }),
  "digests": config({
    top: {
      digests: {
        "docker.io/moby/buildkit:v0.34.2": DIGEST,
        "public.ecr.aws/karpenter/karpenter:1.14.3": DIGEST,
        "public.ecr.aws/karpenter/controller:1.14.3": DIGEST,
      },
    },
  }),
  "network.azs": config({ top: { network: { azs: 2 } } }),
  "network.zones": config({ top: { network: { zones: ["usw2-az4", "usw2-az2"] } } }),
  "network.extraZones": config({ top: { network: { extraZones: ["usw2-az4"] } } }),
  "network.extraZones without NAT": config({ top: { network: { nat: "none", extraZones: ["usw2-az4"] } } }),
  "network.vpcId": config({ top: { network: THERE } }),
  "network.privateSubnets": config({
    top: {
      network: {
        vpcId: THERE.vpcId,
        privateSubnets: [...THERE.privateSubnets, "subnet-0aaaaaaaaaaaaaaa3"],
      },
    },
  }),
  "network.isolated": config({ top: { network: { ...THERE, isolated: true } } }),
  "network.nat": config({ top: { network: { nat: "single" } } }),
  "network.nat none": config({ top: { network: { nat: "none" } } }),
  "network.cidr": config({ top: { network: { cidr: "172.16.0.0/18" } } }),
  "cluster.version": config({ top: { cluster: { endpoint: "private", version: "1.36" } } }),
  "cluster.supportPolicy": config({ top: { cluster: { endpoint: "private", supportPolicy: "standard" } } }),
  "cluster.endpoint": config({ top: { cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } } } }),
  "cluster.admins": config({
    top: { cluster: { endpoint: "private", admins: ["arn:aws:iam::123456789012:role/Admin"] } },
  }),
  "network.flowLogs": config({ top: { network: { flowLogs: { retentionDays: 30 } } } }),
  "network.endpoints": config({ top: { network: { endpoints: ["ecr.api", "ecr.dkr"] } } }),
  "cluster.logs": config({
    top: { cluster: { endpoint: "private", logs: { types: ["audit", "api"], retentionDays: 90 } } },
  }),
  "cluster.kmsKey": config({
    top: { cluster: { endpoint: "private", kmsKey: "arn:aws:kms:us-west-2:123456789012:key/0123-abcd" } },
  }),
  "cluster.serviceCidr": config({ top: { cluster: { endpoint: "private", serviceCidr: "192.168.128.0/20" } } }),
  "cluster.systemNodes": config({
    top: { cluster: { endpoint: "private", systemNodes: { instanceTypes: ["m7g.large"], count: 3, disk: "50Gi" } } },
  }),
  "cluster.addOns": config({
    top: {
      cluster: {
        endpoint: "private",
        addOns: {
          "aws-ebs-csi-driver": { configuration: { controller: { replicaCount: 1 } } },
          "vpc-cni": { version: "v1.20.4-eksbuild.1" },
        },
      },
    },
  }),
  "ebsKey": config({ top: { ebsKey: "arn:aws:kms:us-west-2:123456789012:key/0123-abcd" } }),
  "cluster.addOns with policies": cluster({
    addOns: {
      "amazon-cloudwatch-observability": {},
      "aws-ebs-csi-driver": { policies: ["arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"] },
      "external-dns": {
        policies: ["arn:aws:iam::123456789012:policy/one-zone"],
        serviceAccount: "external-dns/external-dns",
      },
    },
  }),
  "access": config({
    top: {
      access: {
        "default/trainer": {
          buckets: ["acme-data", { name: "arn:aws:s3:::acme-checkpoints", write: true }],
          kmsKeys: [KEY],
          policies: ["arn:aws:iam::aws:policy/AmazonBedrockReadOnly"],
        },
        "evaluation/judge": { buckets: ["acme-data"] },
      },
    },
  }),
  "storage.ebs": config({ top: { tags: { team: "research" }, storage: { ebs: true } } }),
  "storage.ebs with ebsKey": config({ top: { ebsKey: KEY, storage: { ebs: true } } }),
  "storage.buckets": config({
    top: { storage: { buckets: { data: { bucket: "acme-data", kmsKey: KEY, namespaces: ["default", "training"] } } } },
  }),
  "storage.buckets elsewhere": config({
    top: { storage: { buckets: { data: { bucket: "acme-data", region: "us-east-1" } } } },
  }),
  "storage.efs": config({ top: { storage: { efs: { home: { id: "fs-0123456789abcdef0" } } } } }),
  "storage.fsx": config({
    top: { storage: { fsx: { scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } } } },
  }),
  "iam.rolePath": config({ top: { iam: { rolePath: "/platform/" } } }),
  "iam.permissionsBoundary": config({
    top: { iam: { permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" } },
  }),
  "karpenter.version": config({ top: { karpenter: { version: "1.13.0" } } }),
  "karpenter.replicas": config({
    top: { cluster: { endpoint: "private", systemNodes: { count: 3 } }, karpenter: { replicas: 3 } },
  }),
  "karpenter.resources": config({ top: { karpenter: { resources: { cpu: "2", memory: "4Gi" } } } }),
  "karpenter.gates": config({ top: { karpenter: { gates: { nodeRepair: true } } } }),
  "devicePlugins.efa": config({
    top: { devicePlugins: { efa: "example.com/efa:v1" } },
    gpu: { ...h100, gpusPerNode: 8, efa: true, zones: ZONE },
  }),
  "devicePlugins.nvidia": config({
    top: { devicePlugins: { nvidia: "example.com/nvidia:v1" } },
    gpu: { ami: "al2023@v20261023" },
  }),
  "builder.pool": config({ top: { builder: { pool: "cpu" } }, cpu: AL2023 }),
  "builder.pool privileged": config({ top: { builder: { pool: "cpu", isolation: "privileged" } } }),
  "builder.isolation rootless": config({ top: { builder: { isolation: "rootless" } } }),
  "builder.isolation privileged": config({ top: { builder: { isolation: "privileged" } } }),
  "builder.image": config({ top: { builder: { image: "example.com/buildkit:v0.34.2" } } }),
  "builder.cache": config({ top: { builder: { cache: { size: "100Gi" } } } }),
  "builder.cache false": config({ top: { builder: { cache: false } } }),
  "builder.registries": config({
    top: {
      builder: {
        registries: {
          "docker.io": { mirror: "mirror.example.com/hub", ca: "./ca.pem" },
          "registry.internal:5000": { plainHttp: true },
        },
      },
    },
  }),
  "builder.registries auth": config({
    top: {
      builder: { registries: { "ghcr.io": { auth: { username: "robot", password: { env: "GHCR_TOKEN" } } } } },
    },
  }),
  "builder.pull": config({
    top: {
      builder: {
        pull: [
          "arn:aws:ecr:us-east-1:763104351884:repository/pytorch-training",
          { repository: "arn:aws:ecr:us-west-2:123456789012:repository/docker-hub/*", cache: true },
        ],
      },
    },
  }),
  "builder.proxy": config({
    top: { builder: { proxy: { https: "http://proxy.example.com:3128", no: [".amazonaws.com"] } } },
  }),
  "builder.registries rootless": config({
    top: { builder: { isolation: "rootless", registries: { "docker.io": { mirror: "mirror.example.com" } } } },
  }),
  "builder.network": config({ top: { builder: { network: { allow: ["10.20.0.0/16"] } } } }),
  "builder.network ports": config({
    top: { builder: { network: { allow: [{ range: "10.30.0.5/32", ports: [5000] }] } } },
  }),
  "builder.network around the VPC": config({ top: { builder: { network: { allow: ["10.0.0.0/8"] } } } }),
  "builder.ttl": config({ top: { builder: { ttl: "1h" } } }),
  "cpuPool.labels": config({ cpu: { labels: { "example.com/team": "vision" } } }),
  "cpuPool.taints": config({ cpu: { taints: [{ key: "team", value: "vision", effect: "NoExecute" }] } }),
  "cpuPool.zones": config({ cpu: { zones: ["us-west-2a", "us-west-2b"] } }),
  "cpuPool.zones by id": config({ cpu: { zones: ["usw2-az1"] } }),
  "cpuPool.disk": config({ cpu: { disk: "1Ti" } }),
  "cpuPool.diskThroughput": config({ cpu: { diskThroughput: 1000 } }),
  "cpuPool.diskIops": config({ cpu: { diskIops: 16_000 } }),
  "cpuPool.instanceStore": config({ cpu: { instanceStore: "raid0" } }),
  "cpuPool.ami": config({ cpu: { ami: "al2023@v20261023" } }),
  "cpuPool.consolidation": config({ cpu: { consolidation: { policy: "WhenEmpty", after: "Never" } } }),
  "cpuPool.budgets": config({
    cpu: {
      budgets: [{ nodes: "20%" }, { nodes: 0, reasons: ["Drifted"], schedule: "0 9 * * mon-fri", duration: "8h" }],
    },
  }),
  "cpuPool.expireAfter": config({ cpu: { expireAfter: "Never" } }),
  "cpuPool.terminationGracePeriod": config({ cpu: { terminationGracePeriod: "2h" } }),
  "cpuPool.weight": config({ cpu: { weight: 10 } }),
  "cpuPool.replicas": withReplicas(),
  "cpuPool.imagePull": config({ cpu: { imagePull: "parallel", diskThroughput: 600 } }),
  "cpuPool.userData": config({ cpu: { userData: SYSCTL } }),
  "cpuPool.instanceStore where all types have disks": config({
    cpu: { families: ["c7gd"], arch: ["arm64"], instanceStore: "raid0" },
  }),
  "cpuPool.arch": config({ cpu: { arch: ["amd64", "arm64"] } }),
  "cpuPool.maxCpus": config({ cpu: { maxCpus: 128 } }),
  "cpuPool.capacity": config({ cpu: { capacity: ["on-demand"] } }),
  "cpuPool.families": config({ cpu: { families: ["m"] } }),
  "cpuPool.families by name": config({ cpu: { families: ["m7i", "m7i-flex"] } }),
  "cpuPool.families by type": config({ cpu: { families: ["m7i.2xlarge"] } }),
  "gpuPool.labels": config({ gpu: { labels: { "example.com/team": "vision" } } }),
  "gpuPool.taints": config({ gpu: { taints: [{ key: "team" }] } }),
  "gpuPool.zones": config({ gpu: { zones: ["us-west-2a"] } }),
  "gpuPool.disk": config({ gpu: { disk: "2Ti" } }),
  "gpuPool.diskThroughput": config({ gpu: { diskThroughput: 2000 } }),
  "gpuPool.diskIops": config({ gpu: { diskIops: 20_000 } }),
  "gpuPool.instanceStore": config({ gpu: { instanceStore: "none" } }),
  "gpuPool.ami family": config({ gpu: { ami: "al2023" } }),
  "gpuPool.ami": config({ gpu: { ami: "al2023@v20261023" } }),
  "gpuPool.consolidation": config({ gpu: { consolidation: { after: "1h" } } }),
  "gpuPool.budgets": config({ gpu: { budgets: [{ nodes: 1 }] } }),
  "gpuPool.expireAfter": config({ gpu: { expireAfter: "336h" } }),
  "gpuPool.terminationGracePeriod": config({ gpu: { terminationGracePeriod: "48h" } }),
  "gpuPool.weight": config({ gpu: { weight: 50 } }),
  "gpuPool.replicas": withReplicas(),
  "gpuPool.gpu": config({ gpu: { ...h100 } }),
  "gpuPool.gpu of several": withGpus(gpuPool({ gpu: ["l40s", "a10g"], gpusPerNode: 4, maxGpus: 16 })),
  "gpuPool.gpu a100": withGpus(gpuPool({ gpu: "a100", maxGpus: 16 })),
  "gpuPool.gpu a100-40gb": withGpus(gpuPool({ gpu: "a100-40gb", maxGpus: 16 })),
  "gpuPool.gpu a100-80gb": withGpus(gpuPool({ gpu: "a100-80gb", maxGpus: 16 })),
  "gpuPool.gpusPerNode": config({ gpu: { gpusPerNode: 4 } }),
  "gpuPool.maxGpus": config({ gpu: { maxGpus: 64 } }),
  "gpuPool.instanceTypes": config({ gpu: { instanceTypes: ["g6e.4xlarge"] } }),
  "gpuPool.capacity": config({ gpu: { capacity: ["spot"] } }),
  "gpuPool.reservation": config({ gpu: { ...h100, ...reserved, reservation: { ids: ["cr-0123456789abcdef0"] } } }),
  "gpuPool.reservation by tags": config({
    gpu: { ...h100, ...reserved, reservation: { tags: { team: "vision" }, owner: "123456789012" } },
  }),
  "gpuPool.imagePull": config({ gpu: { imagePull: "standard" } }),
  "gpuPool.imagePull on AL2023": config({ gpu: { imagePull: "parallel", ami: "al2023@v20261023" } }),
  "gpuPool.userData": config({ gpu: { userData: SYSCTL } }),
  "gpuPool.userData on AL2023": config({
    gpu: {
      imagePull: "parallel",
      ami: "al2023@v20261023",
      userData: "#!/bin/bash\nsysctl -w vm.max_map_count=262144\n",
    },
  }),
  "gpuPool.sharing": config({ gpu: { gpusPerNode: 1, sharing: { timeSlicing: 4 } } }),
  "gpuPool.sharing by parts": config({ gpu: { ...h100, gpusPerNode: 8, sharing: { mig: "1g.10gb" } } }),
  "gpuPool.efa": config({ gpu: { ...h100, gpusPerNode: 8, efa: true, zones: ZONE } }),
  "gpuPool.efa of several types": withGpus(
    gpuPool({ gpu: "l40s", gpusPerNode: 4, maxGpus: 16, efa: true, zones: ZONE }),
  ),
  "gpuPool.efa b300": withGpus(gpuPool({ gpu: "b300", maxGpus: 16, efa: true, zones: ["usw2-az1"] })),
  "gpuPool.efa with replicas": withGpus(
    gpuPool({ gpu: "h200", replicas: 2, efa: true, instanceTypes: ["p5en.48xlarge"], zones: ZONE }),
    FIXED,
  ),
  "gpuPool.efa in one reservation": withGpus(
    gpuPool({
      gpu: "h100",
      gpusPerNode: 8,
      maxGpus: 32,
      efa: true,
      capacity: ["reserved"],
      reservation: { ids: ["cr-0123456789abcdef0"] },
    }),
  ),
  "gpuPool.placementGroup": withGpus(gpuPool({ gpu: "b200", maxGpus: 32, efa: true, placementGroup: "cluster" })),
  "gpuPool.placementGroup by name": config({ gpu: { placementGroup: { name: "training" } } }),
  "gpuPool.placementGroup by id": config({ gpu: { placementGroup: { id: "pg-0123456789abcdef0" } } }),
  "image.dockerfile": config({ image: { dockerfile: "Other.Dockerfile" } }),
  "image.dockerfile above the context": config({ image: { dockerfile: "../docker/trainer.Dockerfile" } }),
  "image.dockerfile python": config({
    image: { dockerfile: python({ version: "3.12", requirements: "requirements.txt", apt: ["git"] }) },
  }),
  "image.dockerfileInline": config({ image: { dockerfileInline: "FROM base\nRUN true\n" } }),
  "image.contexts": config({
    image: { contexts: { "acme/src:v1": "./base", vendor: "docker-image://docker.io/library/alpine:3.22" } },
  }),
  "image.ignoreFile": config({ image: { ignoreFile: "other.ignore" } }),
  "image.cache": config({ image: { cache: "min" } }),
  "image.cache none": config({ image: { cache: "none" } }),
  "image.target": config({ image: { target: "run" } }),
  "image.args": config({ image: { args: { PYTHON: "3.13" } } }),
  "image.secrets": config({ image: { secrets: { hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } } } }),
  "image.ssh": config({ image: { ssh: { default: { env: "DEPLOY_KEY" }, hub: { file: "./secrets/key" } } } }),
  "image.platforms": config({ base: ARM, image: ARM }),
  "image.platforms both": config({ base: BOTH, image: BOTH }),
  "image.tags": config({ image: { tags: ["v1", { name: "latest", moves: true }] } }),
  "image.tags from Git": config({ image: { tags: ({ git }) => [git.short, { name: "latest", moves: true }] } }),
  "image.labels": config({ image: { labels: { "org.opencontainers.image.source": "https://example.com" } } }),
  "image.repository": config({ image: { repository: "ml/trainer" } }),
  "image.pool": config({ image: { pool: "cpu" }, cpu: AL2023 }),
  "image.resources": config({ image: { resources: { cpu: "8", memory: "32Gi", disk: "120Gi" } } }),
  "image.provenance": config({ image: { provenance: "max" } }),
  "image.sbom": config({ image: { sbom: true } }),
  "image.compression": config({ image: { compression: "zstd" } }),
  "image.reproducible": config({ image: { reproducible: true } }),
  "image.timeout": config({ image: { timeout: "2h" } }),
};

/** Options that change no file, or every one of them, and the tests that hold them. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  "name": "tests/infra, tests/config/load_test.ts",
  "region": "tests/infra/synth_test.ts",
  "account": "tests/exec/session_test.ts",
  "builder.concurrency": "tests/exec/run_test.ts, and the limit of the added pool in tests/config/load_test.ts",
  "builder.nodeTimeout": "tests/jobs/nodes_test.ts, tests/lab/pools_test.ts",
  "image.context": "tests/build",
  "image.permissions": "tests/images/context_test.ts",
  "image.maxAge": "tests/actions/images/registry_test.ts",
  "image.needs": "every case here: trainer needs base",
};

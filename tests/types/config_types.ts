/** What must and must not compile in a `unitune.config.ts`. Checked by `deno check`, never run. */
import { cpuPool, defineConfig, gpuPool, image } from "unitune/config";

const head = { name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" } } as const;
const base = image({ context: "./images/base" });
const trainer = image({
  context: "./images/trainer",
  needs: { base },
  platforms: ["linux/amd64"],
  secrets: { hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } },
  tags: ["v1", { name: "latest", moves: true }],
  resources: { cpu: "500m", memory: "2Gi" },
  timeout: "90m",
});
const cpu = cpuPool({ arch: ["amd64", "arm64"], maxCpus: 256, capacity: ["spot", "on-demand"] });
const train = gpuPool({
  gpu: "h100",
  gpusPerNode: 8,
  maxGpus: 32,
  capacity: ["reserved", "on-demand"],
  reservation: { ids: ["cr-0123456789abcdef0"] },
  efa: true,
  disk: "1Ti",
});

// What a user writes compiles, as an object and as a function.
defineConfig({ ...head, pools: { cpu, train }, images: { base, trainer }, builder: { pool: "cpu" } });
defineConfig(({ stage, env }) => ({
  ...head,
  region: stage === "prod" ? "us-east-1" : env.REGION ?? "us-west-2",
  cluster: { version: "1.35", endpoint: { publicFrom: ["203.0.113.0/24"] } },
  pools: { cpu, train },
  images: { base, trainer },
  builder: { pool: "cpu", ttl: "10m" },
}));
defineConfig({ ...head, pools: {}, images: {} });
defineConfig({ ...head });

// Unknown fields.
// @ts-expect-error misspelt top-level field
defineConfig({ ...head, pool: { cpu } });
// @ts-expect-error misspelt section field
defineConfig({ ...head, network: { asz: 3 } });
// @ts-expect-error misspelt pool field
gpuPool({ gpu: "l40s", maxGpu: 16 });
// @ts-expect-error misspelt field beside the right one
gpuPool({ gpu: "l40s", maxGpus: 16, gpuPerNode: 1 });
// @ts-expect-error misspelt cpu pool field
cpuPool({ maxCpus: 16, maxGpus: 1 });
// @ts-expect-error misspelt image field
image({ context: ".", dockerFile: "Dockerfile" });
// @ts-expect-error misspelt field of what a function returns
defineConfig(() => ({ ...head, pool: { cpu } }));
// @ts-expect-error misspelt section field of what a function returns
defineConfig(() => ({ ...head, network: { asz: 3 } }));

// Networks.
const there = {
  vpcId: "vpc-0123456789abcdef0",
  privateSubnets: ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
} as const;
defineConfig({ ...head, network: { zones: ["usw2-az1", "usw2-az4"], nat: "single" } });
defineConfig({ ...head, network: { ...there, isolated: true } });
defineConfig(() => ({ ...head, network: there }));
// @ts-expect-error either azs or zones
defineConfig({ ...head, network: { azs: 2, zones: ["usw2-az1", "usw2-az2"] } });
// @ts-expect-error EKS needs two zones
defineConfig({ ...head, network: { zones: ["usw2-az1"] } });
// @ts-expect-error a zone by its id, as names differ between accounts
defineConfig({ ...head, network: { zones: ["us-west-2a", "us-west-2b"] } });
// @ts-expect-error an existing VPC requires its subnets
defineConfig({ ...head, network: { vpcId: "vpc-0123456789abcdef0" } });
// @ts-expect-error and subnets their VPC
defineConfig({ ...head, network: { privateSubnets: there.privateSubnets } });
// @ts-expect-error two of them at least
defineConfig({ ...head, network: { ...there, privateSubnets: ["subnet-0aaaaaaaaaaaaaaa1"] } });
// @ts-expect-error an existing VPC takes no range
defineConfig({ ...head, network: { ...there, cidr: "10.0.0.0/16" } });
// @ts-expect-error no NAT
defineConfig({ ...head, network: { ...there, nat: "none" } });
// @ts-expect-error no zones by number
defineConfig({ ...head, network: { ...there, azs: 2 } });
// @ts-expect-error nor by id
defineConfig({ ...head, network: { ...there, zones: ["usw2-az1", "usw2-az2"] } });
// @ts-expect-error no flow logs
defineConfig({ ...head, network: { ...there, flowLogs: { retentionDays: 30 } } });
// @ts-expect-error no endpoints
defineConfig({ ...head, network: { ...there, endpoints: ["sts"] } });
// @ts-expect-error a VPC that unitune creates is isolated by nat: none
defineConfig({ ...head, network: { nat: "none", isolated: true } });
// @ts-expect-error the same in a function
defineConfig(() => ({ ...head, network: { ...there, cidr: "10.0.0.0/16" } }));

// Additional zones for nodes.
defineConfig({ ...head, network: { azs: 3, extraZones: ["usw2-az4"] } });
// @ts-expect-error by id
defineConfig({ ...head, network: { extraZones: ["us-west-2d"] } });
// @ts-expect-error some, or none at all
defineConfig({ ...head, network: { extraZones: [] } });
// @ts-expect-error an existing VPC has subnets in whichever zones it has
defineConfig({ ...head, network: { ...there, extraZones: ["usw2-az4"] } });

// The user's own key for volumes.
defineConfig({
  ...head,
  mirrors: { "docker.io": "mirror.example.com/hub", "602401143452.dkr.ecr.us-west-2.amazonaws.com": "mirror:5000" },
  digests: { "docker.io/moby/buildkit:v0.34.2": "sha256:00" },
});
// @ts-expect-error one mirror per registry
defineConfig({ ...head, mirrors: { "docker.io": ["mirror.example.com/hub"] } });
// @ts-expect-error a digest requires an exact version
defineConfig({ ...head, digests: { "docker.io/moby/buildkit": "sha256:00" } });
// @ts-expect-error only the digest
defineConfig({ ...head, digests: { "docker.io/moby/buildkit:v0.34.2": "moby/buildkit@sha256:00" } });
defineConfig({ ...head, ebsKey: "arn:aws:kms:us-west-2:123456789012:key/0123-abcd" });
// @ts-expect-error a key by its ARN, not an alias
defineConfig({ ...head, ebsKey: "alias/volumes" });

// The addresses of Services.
defineConfig({ ...head, cluster: { endpoint: "private", serviceCidr: "192.168.128.0/20" } });
// @ts-expect-error one range
defineConfig({ ...head, cluster: { endpoint: "private", serviceCidr: ["192.168.128.0/20"] } });
// @ts-expect-error misspelt
defineConfig({ ...head, cluster: { endpoint: "private", servicesCidr: "192.168.128.0/20" } });

// Missing fields.
// @ts-expect-error the endpoint is required
defineConfig({ name: "acme-ml", region: "us-west-2", cluster: {} });
// @ts-expect-error a pool has a limit
cpuPool({});
// @ts-expect-error an image has a context
image({});

// Scale.
cpuPool({ replicas: 3 });
gpuPool({ gpu: "l40s", replicas: 2, expireAfter: "Never" });
// @ts-expect-error a pool of a fixed size has no limit
cpuPool({ replicas: 3, maxCpus: 8 });
// @ts-expect-error nor a weight
gpuPool({ gpu: "l40s", replicas: 2, weight: 10 });

// How nodes are set up.
cpuPool({
  maxCpus: 1,
  imagePull: "parallel",
  diskThroughput: 600,
  userData: "#!/bin/sh\n:\n",
  ami: "al2023@v20261023",
});
gpuPool({ gpu: "l40s", gpusPerNode: 1, maxGpus: 4, sharing: { timeSlicing: 4 } });
gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, sharing: { mig: "1g.10gb" } });
// @ts-expect-error images are pulled in one of two ways
cpuPool({ maxCpus: 1, imagePull: "lazy" });
// @ts-expect-error user data is text
cpuPool({ maxCpus: 1, userData: { settings: {} } });
// @ts-expect-error only GPUs are shared
cpuPool({ maxCpus: 1, sharing: { timeSlicing: 4 } });
// @ts-expect-error either timeSlicing or mig
gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, sharing: { timeSlicing: 4, mig: "1g.10gb" } });
// @ts-expect-error one of the two
gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, sharing: {} });
// @ts-expect-error a part as NVIDIA names it
gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, sharing: { mig: "half" } });
// @ts-expect-error misspelt field of sharing
gpuPool({ gpu: "l40s", gpusPerNode: 1, maxGpus: 4, sharing: { timeSlicing: 4, replicas: 4 } });

// Values.
// @ts-expect-error an age is a duration, or "Never"
cpuPool({ maxCpus: 1, expireAfter: "never" });
cpuPool({ maxCpus: 1, ami: "al2023" });
// @ts-expect-error no release that moves
cpuPool({ maxCpus: 1, ami: "latest" });
// @ts-expect-error no such machine image
cpuPool({ maxCpus: 1, ami: "ubuntu@v24.04" });
// @ts-expect-error a budget says how many nodes
cpuPool({ maxCpus: 1, budgets: [{ reasons: ["Empty"] }] });
// @ts-expect-error no such reason
cpuPool({ maxCpus: 1, budgets: [{ nodes: 1, reasons: ["Bored"] }] });
// @ts-expect-error no such gate
defineConfig({ ...head, karpenter: { gates: { staticCapacities: true } } });
// @ts-expect-error a size has a binary unit
cpuPool({ maxCpus: 1, disk: "200GB" });
// @ts-expect-error a size is not a number
cpuPool({ maxCpus: 1, disk: 200 });
// @ts-expect-error no such GPU
gpuPool({ gpu: "h10", maxGpus: 8 });
// @ts-expect-error an H200 node has 8
gpuPool({ gpu: "h200", gpusPerNode: 4, maxGpus: 8 });
// @ts-expect-error an instance type of another GPU
gpuPool({ gpu: "a100", maxGpus: 8, instanceTypes: ["g5.xlarge"] });
gpuPool({ gpu: "t4", maxGpus: 8, efa: true, instanceTypes: ["g4dn.8xlarge"] });
// @ts-expect-error a small T4 node has no EFA
gpuPool({ gpu: "t4", maxGpus: 8, efa: true, instanceTypes: ["g4dn.xlarge"] });
gpuPool({ gpu: "t4", maxGpus: 8, efa: false, instanceTypes: ["g4dn.xlarge"] });
const whichever = gpuPool({
  gpu: ["l40s", "a10g"],
  gpusPerNode: 4,
  maxGpus: 8,
  efa: true,
  instanceTypes: ["g6e.12xlarge"],
});
defineConfig(({ stage }) => ({
  ...head,
  pools: { whichever, train: gpuPool({ gpu: "h100", maxGpus: 8, efa: stage === "prod", zones: ["us-west-2a"] }) },
}));
// @ts-expect-error a pool names its GPU
gpuPool({ gpu: [], maxGpus: 8 });
// @ts-expect-error no such GPU in the list
gpuPool({ gpu: ["l40s", "l4s"], maxGpus: 8 });
// @ts-expect-error neither has nodes with 2
gpuPool({ gpu: ["l40s", "a10g"], gpusPerNode: 2, maxGpus: 8 });
// @ts-expect-error an instance type of neither
gpuPool({ gpu: ["l40s", "a10g"], maxGpus: 8, instanceTypes: ["g6.xlarge"] });
// @ts-expect-error one of the two without EFA
gpuPool({ gpu: ["l40s", "a10g"], maxGpus: 8, efa: true, instanceTypes: ["g5.8xlarge", "g6e.xlarge"] });
gpuPool({ gpu: "a100-80gb", maxGpus: 8, instanceTypes: ["p4de.24xlarge"] });
// @ts-expect-error the A100 of 40 GB
gpuPool({ gpu: "a100-80gb", maxGpus: 8, instanceTypes: ["p4d.24xlarge"] });
gpuPool({ gpu: "b200", maxGpus: 8, placementGroup: "cluster" });
gpuPool({ gpu: "b200", maxGpus: 8, placementGroup: { id: "pg-0123456789abcdef0" } });
// @ts-expect-error unitune creates groups of the cluster strategy only
gpuPool({ gpu: "b200", maxGpus: 8, placementGroup: "spread" });
// @ts-expect-error an existing group is an object
gpuPool({ gpu: "b200", maxGpus: 8, placementGroup: "pg-0123456789abcdef0" });
// @ts-expect-error by name or by id
gpuPool({ gpu: "b200", maxGpus: 8, placementGroup: { name: "training", id: "pg-0123456789abcdef0" } });
// @ts-expect-error by one of them
gpuPool({ gpu: "b200", maxGpus: 8, placementGroup: {} });
// @ts-expect-error network interfaces cannot be configured
gpuPool({ gpu: "b200", maxGpus: 8, networkInterfaces: [] });
// @ts-expect-error a duration has a unit
image({ context: ".", timeout: 60 });
// @ts-expect-error a secret's value is not part of a config
image({ context: ".", secrets: { hf: "hf_0123456789" } });
// @ts-expect-error nor under another name
image({ context: ".", secrets: { hf: { value: "hf_0123456789" } } });
// @ts-expect-error from a variable or a file
image({ context: ".", secrets: { hf: { env: "HF_TOKEN", file: "./token" } } });
// @ts-expect-error from somewhere
image({ context: ".", secrets: { hf: {} } });
// @ts-expect-error provenance has a mode
image({ context: ".", provenance: true });
// @ts-expect-error no such mode
image({ context: ".", provenance: "full" });
defineConfig({ ...head, builder: { isolation: "privileged" } });
// @ts-expect-error no such way to isolate
defineConfig({ ...head, builder: { isolation: "root" } });
// @ts-expect-error isolation replaced the flag rootless
defineConfig({ ...head, builder: { rootless: true } });
defineConfig({ ...head, builder: { registries: { "docker.io": { mirror: "mirror.example.com", ca: "./ca.pem" } } } });
// @ts-expect-error a registry has fields
defineConfig({ ...head, builder: { registries: { "docker.io": "mirror.example.com" } } });
defineConfig({ ...head, builder: { nodeTimeout: "30m" } });
// @ts-expect-error a duration has a unit
defineConfig({ ...head, builder: { nodeTimeout: 30 } });
// @ts-expect-error the unit of minutes is m
defineConfig({ ...head, builder: { nodeTimeout: "30min" } });
// @ts-expect-error misspelt field of a registry
defineConfig({ ...head, builder: { registries: { "docker.io": { mirrors: ["mirror.example.com"] } } } });
image({ context: ".", ssh: { default: { env: "DEPLOY_KEY" } } });
// @ts-expect-error an SSH key is named by its place, never written here
image({ context: ".", ssh: { default: "-----BEGIN OPENSSH PRIVATE KEY-----" } });
defineConfig({ ...head, builder: { proxy: { https: "http://proxy.example.com:3128", no: [".amazonaws.com"] } } });
// @ts-expect-error what is reached without the proxy is a list
defineConfig({ ...head, builder: { proxy: { https: "http://proxy.example.com:3128", no: ".amazonaws.com" } } });
const auth = { username: "robot", password: { env: "REGISTRY_TOKEN" } };
defineConfig({ ...head, builder: { registries: { "ghcr.io": { auth } } } });
// @ts-expect-error a password is never written here
defineConfig({ ...head, builder: { registries: { "ghcr.io": { auth: { ...auth, password: "s3cret" } } } } });
// @ts-expect-error a login has a user
defineConfig({ ...head, builder: { registries: { "ghcr.io": { auth: { password: auth.password } } } } });
defineConfig({ ...head, builder: { pull: ["arn:aws:ecr:us-west-2:763104351884:repository/pytorch-training"] } });
// @ts-expect-error an ARN, not the registry's address
defineConfig({ ...head, builder: { pull: ["763104351884.dkr.ecr.us-west-2.amazonaws.com/pytorch-training"] } });
image({ context: ".", platforms: ["linux/amd64", "linux/arm64"] });
// @ts-expect-error an image has at least one platform
image({ context: ".", platforms: [] });
// @ts-expect-error no such platform
image({ context: ".", platforms: ["linux/x86_64"] });
// @ts-expect-error no such Kubernetes version
defineConfig({ ...head, cluster: { version: "1.31", endpoint: "private" } });

// Capacity.
// @ts-expect-error a reservation is only used by reserved capacity
gpuPool({ gpu: "h100", maxGpus: 8, capacity: ["on-demand"], reservation: { ids: ["cr-0123456789abcdef0"] } });
gpuPool({ gpu: "h100", maxGpus: 8, capacity: ["reserved"], reservation: { tags: { team: "ml" } } });
gpuPool({
  gpu: "h100",
  maxGpus: 8,
  capacity: ["reserved"],
  // @ts-expect-error by ids or by tags
  reservation: { ids: ["cr-0123456789abcdef0"], tags: { team: "ml" } },
});
// @ts-expect-error reserved capacity names its reservation
gpuPool({ gpu: "h100", maxGpus: 8, capacity: ["reserved"] });
// @ts-expect-error Karpenter's order is fixed
cpuPool({ maxCpus: 8, capacity: ["on-demand", "spot"] });
// @ts-expect-error CPU pools have no reservations
cpuPool({ maxCpus: 8, capacity: ["reserved"] });

// Permissions and storage.
defineConfig({
  ...head,
  access: { "default/trainer": { buckets: ["acme-data", { name: "acme-checkpoints", write: true }] } },
  storage: { ebs: true, buckets: { data: { bucket: "acme-data" } } },
});
// @ts-expect-error permissions are for a ServiceAccount with its namespace
defineConfig({ ...head, access: { trainer: { buckets: ["acme-data"] } } });
// @ts-expect-error misspelt field
defineConfig({ ...head, access: { "default/trainer": { bucket: "acme-data" } } });
// @ts-expect-error a policy is named by its ARN
defineConfig({ ...head, access: { "default/trainer": { policies: ["ReadOnlyAccess"] } } });
// @ts-expect-error write is true or false
defineConfig({ ...head, access: { "default/trainer": { buckets: [{ name: "acme-data", write: "yes" }] } } });
// @ts-expect-error the role is for a ServiceAccount with its namespace
defineConfig({ ...head, cluster: { endpoint: "private", addOns: { adot: { serviceAccount: "adot" } } } });
// @ts-expect-error ebs is true or false
defineConfig({ ...head, storage: { ebs: "gp3" } });
// @ts-expect-error misspelt field
defineConfig({ ...head, storage: { bucket: { data: { bucket: "acme-data" } } } });
// @ts-expect-error the same in a function
defineConfig(() => ({ ...head, storage: { bucket: { data: { bucket: "acme-data" } } } }));
// @ts-expect-error buckets are mounted read-only
defineConfig({ ...head, storage: { buckets: { data: { bucket: "acme-data", write: true } } } });
// @ts-expect-error an id of EFS
defineConfig({ ...head, storage: { efs: { home: { id: "0123456789abcdef0" } } } });
// @ts-expect-error Lustre has a mount name
defineConfig({ ...head, storage: { fsx: { scratch: { id: "fs-0123456789abcdef0" } } } });

// References.
// @ts-expect-error pools are declared with cpuPool and gpuPool
defineConfig({ ...head, pools: { cpu: { maxCpus: 8 } } });
// @ts-expect-error images are declared with image
defineConfig({ ...head, images: { base: { context: "." } } });
// @ts-expect-error a need is a reference, not a name
image({ context: ".", needs: { base: "base" } });
// @ts-expect-error no such pool
defineConfig({ ...head, pools: { cpu, train }, builder: { pool: "cpus" } });
// @ts-expect-error builds do not run on GPU nodes
defineConfig({ ...head, pools: { cpu, train }, builder: { pool: "train" } });
// An image's pool.
const heavy = image({ context: "./images/heavy", pool: "cpu" });
const astray = image({ context: "./images/astray", pool: "cpus" });
const onGpus = image({ context: "./images/on-gpus", pool: "train" });
defineConfig({ ...head, pools: { cpu, train }, images: { base, heavy } });
defineConfig({ ...head, pools: { cpu, train }, images: { inline: image({ context: ".", pool: "cpu" }) } });
defineConfig(() => ({ ...head, pools: { cpu, train }, images: { base, heavy } }));
// @ts-expect-error no such pool
defineConfig({ ...head, pools: { cpu, train }, images: { astray } });
// @ts-expect-error no such pool, written in place
defineConfig({ ...head, pools: { cpu, train }, images: { inline: image({ context: ".", pool: "cpus" }) } });
// @ts-expect-error builds do not run on GPU nodes
defineConfig({ ...head, pools: { cpu, train }, images: { onGpus } });
// @ts-expect-error no such pool, in a function
defineConfig(() => ({ ...head, pools: { cpu, train }, images: { astray } }));
// @ts-expect-error nor on GPU nodes
defineConfig(() => ({ ...head, pools: { cpu, train }, images: { onGpus } }));

// @ts-expect-error images contains the trainer, but not the base that it needs
defineConfig({ ...head, images: { trainer } });
// @ts-expect-error the same in a function
defineConfig(() => ({ ...head, images: { trainer } }));
// @ts-expect-error the same in a function
defineConfig(() => ({ ...head, pools: { cpu, train }, builder: { pool: "cpus" } }));

image({ context: "./a", tags: ({ git }) => git.dirty ? [] : [git.short, { name: "latest", moves: true }] });
// @ts-expect-error Git knows no such thing
image({ context: "./a", tags: ({ git }) => [git.author] });
// @ts-expect-error the branch may be none
image({ context: "./a", tags: ({ git }) => [git.branch] });

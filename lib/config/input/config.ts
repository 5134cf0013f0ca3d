/** What the user writes in `unitune.config.ts`, field by field. `resolve/config.ts` turns it into `Config` (`types.ts`). */
import type { Size } from "../../core/units.ts";
import type { KnownRegion } from "../../core/zones.ts";
import type { AccessInputs } from "./access.ts";
import type { ENDPOINT_SERVICES, RETENTION_DAYS } from "../resolve/aws.ts";
import type { BuilderInput } from "./image.ts";
import type { DigestsInput, MirrorsInput } from "./sources.ts";
import type { CpuPoolNames, CpuPoolRef, Declared, GpuPoolRef, ImagesInput } from "../resolve/refs.ts";
import type { StorageInput } from "./storage.ts";

export type { Duration, Size } from "../../core/units.ts";
export type { GitFacts, TagFacts } from "../../core/git.ts";
export type { KnownRegion } from "../../core/zones.ts";
export type { Arch, Platform } from "../../core/names.ts";
export type * from "./access.ts";
export type * from "./image.ts";
export type * from "./registries.ts";
export type * from "./secret.ts";
export type * from "./sources.ts";
export type * from "./pool.ts";
export type * from "./pool_knobs.ts";
export type * from "./storage.ts";

/** Pools by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type PoolsInput = { readonly [name: string]: CpuPoolRef | GpuPoolRef };

/** The fields of a config, as passed to `defineConfig`. */
export interface ConfigInput<P extends PoolsInput = PoolsInput, I extends ImagesInput = ImagesInput> {
  /** Name prefix of everything that unitune creates. Lower-case letters, digits and single hyphens, at most 28 characters including `-<stage>`. Example: `"acme-ml"`. */
  readonly name: string;
  /** AWS region. Example: `"us-west-2"`. */
  readonly region: Region;
  /** The only AWS account that this config may be deployed to, 12 digits. Default: the account of the credentials. Example: `"123456789012"`. */
  readonly account?: string;
  /** AWS tags for every resource, at most 40, with values of 1 to 256 characters. Names that AWS, EKS, Kubernetes or Karpenter reserve (`aws:`, `eks:`, `kubernetes.io/`, `karpenter.sh/` …) are rejected. Default: only unitune's own tags. Example: `{ team: "research" }`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Where the cluster pulls the images and charts that unitune itself uses (Helm, Karpenter, BuildKit, device plugins and the helpers of builds). Each key is the registry that publishes them, each value a mirror or the prefix of an ECR pull-through cache. Images named in the config are not rewritten; for base images in Dockerfiles use `builder.registries`. Default: the publishers' registries. Example: `{ "docker.io": "123456789012.dkr.ecr.us-west-2.amazonaws.com/docker-hub" }`. */
  readonly mirrors?: MirrorsInput;
  /** Digests of the images and charts that unitune itself uses, by reference; `unitune synth` lists them all in `images.json`. Default: the digests that this release pins. Example: `{ "docker.io/moby/buildkit:v0.34.2": "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }`. */
  readonly digests?: DigestsInput;
  /** The VPC: one that unitune creates, or an existing one. Default: unitune creates a VPC with three zones and a NAT gateway in each. Example: `{ nat: "single" }`. */
  readonly network?: NetworkInput;
  /** The EKS cluster. Example: `{ endpoint: "private" }`. */
  readonly cluster: ClusterInput;
  /** Requirements of your organisation for every IAM role. Default: none. Example: `{ rolePath: "/platform/" }`. */
  readonly iam?: IamInput;
  /** ARN of your own KMS key for the volumes of all nodes and of `storage.ebs`. It must be a symmetric key in the cluster's region, and its policy or a grant must allow the role `AWSServiceRoleForAutoScaling`, which launches the system nodes, to use it. Default: the account's default key for EBS encryption, which is AWS's own unless you chose another. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
  readonly ebsKey?: `arn:${string}:kms:${string}`;
  /** What pods may do in AWS, by `"<namespace>/<serviceAccount>"`. Each ServiceAccount gets a role of its own through Pod Identity; create the ServiceAccount itself in your pods' manifest. Default: nothing. Example: `{ "default/trainer": { buckets: ["acme-data"] } }`. */
  readonly access?: AccessInputs;
  /** Storage that pods mount: EBS disks for claims, and existing buckets and file systems. Default: none. Example: `{ ebs: true, buckets: { data: { bucket: "acme-data" } } }`. */
  readonly storage?: StorageInput;
  /** Karpenter, which launches and removes nodes on demand. Default: the version that this release was tested with, two replicas. Example: `{ gates: { staticCapacity: true } }`. */
  readonly karpenter?: KarpenterInput;
  /** Images of the device plugins; a plugin runs only if a pool needs it. Default: the images that this release was tested with. Example: `{ nvidia: "nvcr.io/nvidia/k8s-device-plugin:v0.20.0" }`. */
  readonly devicePlugins?: DevicePluginsInput;
  /** Pools of nodes that Karpenter scales with demand, each declared with `cpuPool` or `gpuPool`. Default: only the pool that builds run on. Example: `{ cpu: cpuPool({ maxCpus: 64 }) }`. */
  readonly pools?: P;
  /** Images to build in the cluster, each declared with `image`. Default: none. Example: `{ base: image({ context: "./images/base" }) }`. */
  readonly images?: I & Declared<I, CpuPoolNames<P>>;
  /** How images are built. Default: with BuildKit in user namespaces, on a pool of their own. Example: `{ concurrency: 8 }`. */
  readonly builder?: BuilderInput<CpuPoolNames<P>>;
}

/** An AWS region: one whose zones unitune knows, or any other together with `network.zones`. */
export type Region = KnownRegion | (string & Record<never, never>);

/** The VPC: one that unitune creates, or an existing one. */
export type NetworkInput = OwnNetworkInput | ExistingNetworkInput;

/** Id of an availability zone. Unlike a zone's name, it means the same place in every account. */
export type ZoneId = `${string}-az${number}`;

/** The number of zones, or their ids. */
export type ZonesInput = {
  /** Number of availability zones, 2 or 3. After the first apply a third zone can be added, but none removed. Default: 3, or 2 in regions where EKS supports only two (us-west-1, cn-north-1). Example: `2`. */
  readonly azs?: 2 | 3;
  /** Use either `azs` or `zones`. */
  readonly zones?: never;
} | {
  /** Ids of the 2 or 3 zones, instead of `azs`; required in a region that this release does not know. Cannot be changed after the first apply, except to append a third zone. Default: the first zones of the region that EKS supports. Example: `["usw2-az1", "usw2-az4"]`. */
  readonly zones: readonly [ZoneId, ZoneId] | readonly [ZoneId, ZoneId, ZoneId];
  readonly azs?: never;
};

/** A VPC that unitune creates, without its zones. */
export interface OwnNetworkFields {
  /** Only for an existing VPC. */
  readonly vpcId?: never;
  /** Only for an existing VPC. */
  readonly privateSubnets?: never;
  /** Only for an existing VPC; use `nat: "none"` to isolate a VPC that unitune creates. */
  readonly isolated?: never;
  /** NAT gateways: one in each zone, a single one (cheaper, but it fails with its zone), or none. Without NAT, nodes reach AWS only through endpoints and cannot reach public registries, so images and charts must come from elsewhere (see `mirrors`). Karpenter's node classes cannot change to `"none"` or back: remove the pools first. Default: `"per-az"`. */
  readonly nat?: "per-az" | "single" | "none";
  /** The VPC's private IPv4 range, /16 to /20. Default: `"10.0.0.0/16"`. */
  readonly cidr?: string;
  /** Ids of 1 to 3 additional zones for nodes only, for example the zone of a Capacity Block. Each gets a private subnet with a sixteenth of the VPC's addresses and uses the first zone's NAT gateway; the cluster itself does not change. Zones can be added and removed at any time, in any order; before you remove one, remove the pools' nodes from it. Default: none. Example: `["usw2-az4"]`. */
  readonly extraZones?: readonly [ZoneId, ...ZoneId[]];
  /** Flow logs of the VPC. Default: `{ retentionDays: 365 }`. */
  readonly flowLogs?: {
    /** Retention in days, one of the values that CloudWatch accepts, 1 to 3653. Example: `90`. */
    readonly retentionDays: RetentionDays;
  };
  /** AWS services to reach through an interface endpoint, each billed per hour and zone. Default: none; without NAT, the endpoints that nodes require. Example: `["ecr.api", "ecr.dkr"]`. */
  readonly endpoints?: readonly EndpointService[];
}

/** A VPC that unitune creates. */
export type OwnNetworkInput = OwnNetworkFields & ZonesInput;

/** An existing VPC: unitune changes, tags and deletes nothing in it. */
export interface ExistingNetworkInput {
  /** Id of the VPC, which must have DNS support and DNS hostnames enabled. Cannot be changed after the first apply. Example: `"vpc-0123456789abcdef0"`. */
  readonly vpcId: `vpc-${string}`;
  /** Its private subnets for nodes, 2 to 16, each with outbound access. The control plane and the system nodes are in the first two, which must be in different zones and cannot be changed after the first apply. More subnets can be appended; they only add places where Karpenter may launch nodes. Example: `["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]`. */
  readonly privateSubnets: readonly [SubnetId, SubnetId, ...SubnetId[]];
  /** Whether nodes have no access to the Internet and reach AWS only through the VPC's endpoints, as with `nat: "none"`, which cannot be changed either. Default: `false`. Example: `true`. */
  readonly isolated?: boolean;
  /** Only for a VPC that unitune creates. */
  readonly azs?: never;
  /** Only for a VPC that unitune creates. */
  readonly zones?: never;
  /** Only for a VPC that unitune creates. */
  readonly nat?: never;
  /** Only for a VPC that unitune creates. */
  readonly cidr?: never;
  /** Only for a VPC that unitune creates; add a subnet of the zone to `privateSubnets` instead. */
  readonly extraZones?: never;
  /** Only for a VPC that unitune creates. */
  readonly flowLogs?: never;
  /** Only for a VPC that unitune creates. */
  readonly endpoints?: never;
}

/** Id of a subnet. */
export type SubnetId = `subnet-${string}`;

/** Retention periods that CloudWatch accepts, in days. */
export type RetentionDays = (typeof RETENTION_DAYS)[number];
/** Services with interface endpoints, by their short names in AWS. */
export type EndpointService = (typeof ENDPOINT_SERVICES)[number];

/** Requirements of your organisation for every IAM role. */
export interface IamInput {
  /** Path of every role and policy that the stacks create, with `/` at both ends. Default: `"/"`. Example: `"/platform/"`. */
  readonly rolePath?: `/${string}`;
  /** ARN of the permissions boundary of every such role. Default: none. Example: `"arn:aws:iam::123456789012:policy/boundary"`. */
  readonly permissionsBoundary?: `arn:${string}`;
}

/** The nodes for Karpenter, CoreDNS and other add-ons only: they have the taint `CriticalAddonsOnly`. */
export interface SystemNodesInput {
  /** Instance types, all x86 or all Graviton; the first one available is used. Default: `["m6i.large", "m5.large"]`; in regions that lack one of them, `m7i.large` instead. Example: `["m7g.large"]`. */
  readonly instanceTypes?: readonly string[];
  /** Number of nodes, 2 to 10, at least as many as Karpenter's replicas. Default: 2. Example: `3`. */
  readonly count?: number;
  /** Data volume of a node, 20Gi to 1Ti. Default: `"30Gi"`. */
  readonly disk?: Size;
  /** Release of Bottlerocket with its build, as EKS names it; changing it replaces the nodes. Default: the release that this version of unitune pins for the Kubernetes version. Example: `"1.66.0-1ad6b4a4"`. */
  readonly release?: `${number}.${number}.${number}-${string}`;
}

/** An EKS add-on. */
export interface AddOnInput {
  /** Version of the add-on. Default: for the four add-ons that every cluster has, the version that this release pins for the Kubernetes version; for others, the version that EKS chooses when it creates them. Example: `"v1.66.0-eksbuild.1"`. */
  readonly version?: `v${string}`;
  /** Configuration values, as defined by the add-on's own schema; they override the tolerations that unitune sets where the add-on has none. Default: none. Example: `{ controller: { replicaCount: 3 } }`. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** ARNs of the IAM policies of the add-on's role, at most 10; `[]` means no role. Default: for the EBS, EFS and FSx CSI drivers, CloudWatch Observability and network flow monitoring, the policies that EKS documents; for Mountpoint for S3, read access to the buckets of `storage`; for others, no role. Example: `["arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"]`. */
  readonly policies?: readonly `arn:${string}:iam::${string}`[];
  /** `"<namespace>/<serviceAccount>"` that the role is for; `aws eks describe-addon-configuration` shows it. Default: for the add-ons named above, the one that EKS documents; for others it is required with `policies`. Example: `"external-dns/external-dns"`. */
  readonly serviceAccount?: `${string}/${string}`;
}

/** The EKS cluster. */
export interface ClusterInput {
  /** Kubernetes version. Default: `"1.35"`. */
  readonly version?: "1.34" | "1.35" | "1.36" | "1.37";
  /**
   * What happens when EKS's standard support for the version ends, 14 months after EKS began to offer it: the cluster
   * stays and costs 0.60 USD an hour instead of 0.10 (`"extended"`), or EKS upgrades the control plane at a time that
   * it chooses (`"standard"`). `plan` warns 90 days in advance. Default: `"extended"`.
   */
  readonly supportPolicy?: "standard" | "extended";
  /** Who can reach the API server: only the VPC, or also certain public IPv4 ranges. Required: there is no safe default. Example: `{ publicFrom: ["203.0.113.0/24"] }`. */
  readonly endpoint: "private" | {
    /** Public IPv4 ranges, /8 to /32, 1 to 40. Example: `["203.0.113.0/24", "198.51.100.7/32"]`. */
    readonly publicFrom: readonly string[];
  };
  /** ARNs of IAM roles or users that administer the cluster, besides whoever runs unitune. `apply` manages their access entries through the EKS API; whoever is removed from the list loses access. Default: none. Example: `["arn:aws:iam::123456789012:role/platform"]`. */
  readonly admins?: readonly string[];
  /** Logs of the control plane. Default: all five types, kept for 365 days. Example: `{ retentionDays: 90 }`. */
  readonly logs?: {
    /** Types of logs to write. Default: all five. Example: `["audit", "authenticator"]`. */
    readonly types?: readonly LogType[];
    /** Retention in days, one of the values that CloudWatch accepts, 1 to 3653. Default: `365`. */
    readonly retentionDays?: RetentionDays;
  };
  /** ARN of your own KMS key for Kubernetes Secrets, in the cluster's region. Default: unitune creates a key and deletes it with the cluster. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
  readonly kmsKey?: `arn:${string}:kms:${string}`;
  /** Private IPv4 range for the addresses of Services, /12 to /24, which the VPC and networks connected to it must not use. Cannot be changed after the first apply. Default: 10.100.0.0/16 or 172.20.0.0/16, which EKS chooses. Example: `"192.168.128.0/20"`. */
  readonly serviceCidr?: string;
  /** The nodes for Karpenter and CoreDNS. Default: two nodes of type m6i.large, or m5.large. Example: `{ count: 3 }`. */
  readonly systemNodes?: SystemNodesInput;
  /** EKS add-ons by name: additional ones, or settings of those that every cluster has. Default: only `vpc-cni`, `kube-proxy`, `eks-pod-identity-agent` and `coredns`. Example: `{ "aws-ebs-csi-driver": {} }`. */
  readonly addOns?: Readonly<Record<string, AddOnInput>>;
}

/** A type of control plane log. */
export type LogType = "api" | "audit" | "authenticator" | "controllerManager" | "scheduler";

/** Karpenter. */
export interface KarpenterInput {
  /** Version of the charts, at least the one that the Kubernetes version needs (1.37: 1.15, 1.36: 1.13, 1.35: 1.9, 1.34: 1.6). Default: the version that this release was tested with, or a newer one if the Kubernetes version needs it. Example: `"1.14.3"`. */
  readonly version?: `${number}.${number}.${number}`;
  /** Replicas of the controller, 1 to 4, each on a system node of its own. Default: 2. Example: `2`. */
  readonly replicas?: number;
  /** Resource requests of each controller, and its memory limit. Default: `{ cpu: "250m", memory: "512Mi", memoryLimit: "1Gi" }`. */
  readonly resources?: {
    /** vCPUs, 0.1 to 16. Default: `"250m"`. */
    readonly cpu?: `${number}` | `${number}m`;
    /** 256Mi to 64Gi. Default: `"512Mi"`. */
    readonly memory?: Size;
    /** 256Mi to 64Gi, at least the requested memory. Default: `"1Gi"`, or the requested memory if that is more. */
    readonly memoryLimit?: Size;
  };
  /** Feature gates of Karpenter. Default: only `reservedCapacity`. Example: `{ staticCapacity: true }`. */
  readonly gates?: { readonly [gate in KarpenterGate]?: boolean };
}

/** Karpenter's feature gates; all but `reservedCapacity` (beta) are alpha. */
export type KarpenterGate =
  | "reservedCapacity"
  | "spotToSpotConsolidation"
  | "nodeRepair"
  | "nodeOverlay"
  | "staticCapacity"
  | "capacityBuffer";

/** Images of the device plugins. */
export interface DevicePluginsInput {
  /** Image of the EFA device plugin, which runs on nodes of pools with `efa`, by exact version or digest. Default: the image of EKS's chart, from EKS's registry in the cluster's region; in a region that this release does not know, none. Example: `"registry.example.com/efa:v0.5.8"`. */
  readonly efa?: string;
  /** Image of the NVIDIA device plugin, which runs on GPU nodes with AL2023, by exact version or digest. Default: NVIDIA's own. Example: `"nvcr.io/nvidia/k8s-device-plugin:v0.20.0"`. */
  readonly nvidia?: string;
}

/** Argument of the function passed to `defineConfig`. */
export interface ConfigArguments {
  /** The value of `--stage`. */
  readonly stage: string | undefined;
  /** The environment variables that `--env NAME` passes, and no others. */
  readonly env: { readonly [name: string]: string | undefined };
}

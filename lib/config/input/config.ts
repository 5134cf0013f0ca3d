/** What the user writes in `unitune.config.ts`, field by field. Resolved to `Config` (`types.ts`) by `resolve.ts`. */
import type { Size } from "../../core/units.ts";
import type { KnownRegion } from "../../core/zones.ts";
import type { AccessInputs } from "./access.ts";
import type { ENDPOINT_SERVICES, RETENTION_DAYS } from "../resolve/aws.ts";
import type { BuilderInput } from "./image.ts";
import type { DigestsInput, MirrorsInput } from "./sources.ts";
import type { CpuPoolNames, CpuPoolRef, Declared, GpuPoolRef, ImagesInput } from "../resolve/refs.ts";
import type { StorageInput } from "./storage.ts";

export type { Duration, Size } from "../../core/units.ts";
export type { KnownRegion } from "../../core/zones.ts";
export type { Arch, Platform } from "../../core/names.ts";
export type * from "./access.ts";
export type * from "./image.ts";
export type * from "./sources.ts";
export type * from "./pool.ts";
export type * from "./pool_knobs.ts";
export type * from "./storage.ts";

/** Pools by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type PoolsInput = { readonly [name: string]: CpuPoolRef | GpuPoolRef };

/** What `defineConfig` takes. */
export interface ConfigInput<P extends PoolsInput = PoolsInput, I extends ImagesInput = ImagesInput> {
  /** Prefix of everything unitune makes. Lower-case letters, digits, single hyphens; with `-<stage>` at most 28 characters. Example: `"acme-ml"`. */
  readonly name: string;
  /** AWS region. Example: `"us-west-2"`. */
  readonly region: Region;
  /** The only AWS account this may be deployed to, 12 digits. Default: whichever the credentials belong to. Example: `"123456789012"`. */
  readonly account?: string;
  /** AWS tags put on everything, at most 40, with values of 1 to 256 characters. Names that AWS, EKS, Kubernetes or Karpenter read (`aws:`, `eks:`, `kubernetes.io/`, `karpenter.sh/` …) are refused. Default: none but unitune's own. Example: `{ team: "research" }`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Where the cluster gets what unitune itself brings (Helm, Karpenter, BuildKit, device plugins and what serves builds), by the registry that its makers publish it in: a mirror, or the prefix of a pull-through cache of ECR. An image that the config names is taken as it is written; what Dockerfiles start from has `builder.registries`. Default: those registries themselves. Example: `{ "docker.io": "123456789012.dkr.ecr.us-west-2.amazonaws.com/docker-hub" }`. */
  readonly mirrors?: MirrorsInput;
  /** Digests of what unitune itself brings, by reference; `unitune synth` lists all of them in `images.json`. Default: those that this release knows. Example: `{ "docker.io/moby/buildkit:v0.34.2": "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }`. */
  readonly digests?: DigestsInput;
  /** The VPC: one that is made, or one that is there. Default: one is made, with three zones and a NAT gateway in each. Example: `{ nat: "single" }`. */
  readonly network?: NetworkInput;
  /** The EKS cluster. Example: `{ endpoint: "private" }`. */
  readonly cluster: ClusterInput;
  /** What an organisation asks of every IAM role. Default: nothing. Example: `{ rolePath: "/platform/" }`. */
  readonly iam?: IamInput;
  /** ARN of your own KMS key for the volumes of all nodes and of `storage.ebs`, in the cluster's region: symmetric, and its policy or a grant lets the role `AWSServiceRoleForAutoScaling` use it, which launches the system nodes. Default: the key by which EBS encrypts in the account, AWS's own unless you chose another. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
  readonly ebsKey?: `arn:${string}:kms:${string}`;
  /** What pods may do in AWS, by `"<namespace>/<serviceAccount>"`: each ServiceAccount has a role of its own, by Pod Identity. The ServiceAccount itself comes with the pods' manifest. Default: nothing. Example: `{ "default/trainer": { buckets: ["acme-data"] } }`. */
  readonly access?: AccessInputs;
  /** Storage that pods mount: disks for claims, and buckets and file systems that exist. Default: none. Example: `{ ebs: true, buckets: { data: { bucket: "acme-data" } } }`. */
  readonly storage?: StorageInput;
  /** Karpenter, which makes nodes come and go. Default: the version this release was tested with, two replicas. Example: `{ gates: { staticCapacity: true } }`. */
  readonly karpenter?: KarpenterInput;
  /** Device plugins, of which those run that some pool needs. Default: the images this release was tested with. Example: `{ nvidia: "nvcr.io/nvidia/k8s-device-plugin:v0.20.0" }`. */
  readonly devicePlugins?: DevicePluginsInput;
  /** Groups of nodes that come and go, each made by `cpuPool` or `gpuPool`. Default: only the pool that builds run on. Example: `{ cpu: cpuPool({ maxCpus: 64 }) }`. */
  readonly pools?: P;
  /** Images built in the cluster, each made by `image`. Default: none. Example: `{ base: image({ context: "./images/base" }) }`. */
  readonly images?: I & Declared<I, CpuPoolNames<P>>;
  /** How images are built. Default: by BuildKit in user namespaces, on a pool of their own. Example: `{ concurrency: 8 }`. */
  readonly builder?: BuilderInput<CpuPoolNames<P>>;
}

/** A region of AWS: one whose zones are known, or another with its `network.zones`. */
export type Region = KnownRegion | (string & Record<never, never>);

/** The VPC: one that is made, or one that is there. */
export type NetworkInput = OwnNetworkInput | ExistingNetworkInput;

/** Id of an availability zone: the same place for every account, which names are not. */
export type ZoneId = `${string}-az${number}`;

/** How many zones, or which. */
export type ZonesInput = {
  /** Availability zones, 2 or 3; once deployed a third may be added and none taken away. Default: 3, or the 2 that EKS takes in a region that has no more (us-west-1, cn-north-1). Example: `2`. */
  readonly azs?: 2 | 3;
  /** How many are asked for, or which. */
  readonly zones?: never;
} | {
  /** The zones by id, 2 or 3, in place of `azs`; in a region that this release does not know they must be named. Once deployed they are final, but for a third at the end. Default: the first that EKS takes in the region. Example: `["usw2-az1", "usw2-az4"]`. */
  readonly zones: readonly [ZoneId, ZoneId] | readonly [ZoneId, ZoneId, ZoneId];
  readonly azs?: never;
};

/** A VPC that is made, but for its zones. */
export interface OwnNetworkFields {
  /** Of a VPC that is there. */
  readonly vpcId?: never;
  /** Of a VPC that is there. */
  readonly privateSubnets?: never;
  /** Of a VPC that is there: one that is made is isolated by `nat: "none"`. */
  readonly isolated?: never;
  /** NAT gateways: one in each zone, one in all (cheaper, falls with its zone), or none. Without one nodes reach AWS by endpoints alone, and no public registry: images and charts have to come from elsewhere. Karpenter's node classes do not change to `"none"` or back: remove the pools before. Default: `"per-az"`. */
  readonly nat?: "per-az" | "single" | "none";
  /** The VPC's private IPv4 range, /16 to /20. Default: `"10.0.0.0/16"`. */
  readonly cidr?: string;
  /** Further zones for nodes alone, by id, 1 to 3, as a Capacity Block is in whichever zone it was bought: each gets a private subnet of a sixteenth of the VPC's addresses and the first zone's NAT gateway, the cluster stays as it is. May be added and taken away at any time, in any order; take the pools' nodes out of one first. Default: none. Example: `["usw2-az4"]`. */
  readonly extraZones?: readonly [ZoneId, ...ZoneId[]];
  /** Flow logs of the VPC. Default: `{ retentionDays: 365 }`. */
  readonly flowLogs?: {
    /** How long they are kept, in days as CloudWatch counts, 1 to 3653. Example: `90`. */
    readonly retentionDays: RetentionDays;
  };
  /** AWS services reached by an interface endpoint, each billed by the hour and zone. Default: none; without NAT those that nodes cannot do without. Example: `["ecr.api", "ecr.dkr"]`. */
  readonly endpoints?: readonly EndpointService[];
}

/** A VPC that is made. */
export type OwnNetworkInput = OwnNetworkFields & ZonesInput;

/** A VPC that is there: nothing of it is changed, tagged or removed. */
export interface ExistingNetworkInput {
  /** The VPC, with DNS support and DNS hostnames. Final once deployed. Example: `"vpc-0123456789abcdef0"`. */
  readonly vpcId: `vpc-${string}`;
  /** Its private subnets for nodes, 2 to 16, each with a way out. The control plane and the system nodes are in the first two as written, which lie in different zones and are final once deployed; appending more changes nothing but where Karpenter may launch nodes. Example: `["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]`. */
  readonly privateSubnets: readonly [SubnetId, SubnetId, ...SubnetId[]];
  /** Nodes have no way to the Internet and reach AWS by the VPC's endpoints, as with `nat: "none"`. Final as that is. Default: `false`. Example: `true`. */
  readonly isolated?: boolean;
  /** Of a VPC that is made. */
  readonly azs?: never;
  /** Of a VPC that is made. */
  readonly zones?: never;
  /** Of a VPC that is made. */
  readonly nat?: never;
  /** Of a VPC that is made. */
  readonly cidr?: never;
  /** Of a VPC that is made: name a subnet of the zone in `privateSubnets`. */
  readonly extraZones?: never;
  /** Of a VPC that is made. */
  readonly flowLogs?: never;
  /** Of a VPC that is made. */
  readonly endpoints?: never;
}

/** Id of a subnet. */
export type SubnetId = `subnet-${string}`;

/** How long CloudWatch can keep a log, in days. */
export type RetentionDays = (typeof RETENTION_DAYS)[number];
/** Services with interface endpoints, by AWS's own short names. */
export type EndpointService = (typeof ENDPOINT_SERVICES)[number];

/** What an organisation asks of every IAM role. */
export interface IamInput {
  /** Path of every role and policy that the stacks make, with `/` at both ends. Default: `"/"`. Example: `"/platform/"`. */
  readonly rolePath?: `/${string}`;
  /** ARN of the policy that bounds every such role. Default: none. Example: `"arn:aws:iam::123456789012:policy/boundary"`. */
  readonly permissionsBoundary?: `arn:${string}`;
}

/** The nodes on which Karpenter, CoreDNS and other add-ons run, and nothing else: they carry the taint `CriticalAddonsOnly`. */
export interface SystemNodesInput {
  /** x86 or Graviton, one architecture; the first that is to be had is taken. Default: `["m6i.large", "m5.large"]`, or in regions that lack one of them `m7i.large` in its place. Example: `["m7g.large"]`. */
  readonly instanceTypes?: readonly string[];
  /** Nodes, 2 to 10, at least as many as Karpenter's replicas. Default: 2. Example: `3`. */
  readonly count?: number;
  /** Data volume of a node, 20Gi to 1Ti. Default: `"30Gi"`. */
  readonly disk?: Size;
  /** Release of Bottlerocket with its build, as EKS names it; another one replaces the nodes. Default: the one this release knows for the Kubernetes version. Example: `"1.66.0-1ad6b4a4"`. */
  readonly release?: `${number}.${number}.${number}-${string}`;
}

/** An EKS add-on. */
export interface AddOnInput {
  /** Default: for the four that every cluster has, the one this release knows for the Kubernetes version; for others, what EKS chooses when it makes them. Example: `"v1.66.0-eksbuild.1"`. */
  readonly version?: `v${string}`;
  /** Configuration values, as the add-on's own schema has them; laid over the tolerations that unitune gives where the add-on lacks them. Default: none. Example: `{ controller: { replicaCount: 3 } }`. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** ARNs of the IAM policies of its role, at most 10; `[]`: it has no role. Default: for the EBS, EFS and FSx CSI drivers, CloudWatch's observability and network flow monitoring those that EKS documents; for Mountpoint for S3 to read the buckets of `storage`; for others it has no role. Example: `["arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"]`. */
  readonly policies?: readonly `arn:${string}:iam::${string}`[];
  /** `"<namespace>/<serviceAccount>"` that the role is for: `aws eks describe-addon-configuration` tells it. Default: for the add-ons named above the one that EKS documents; with `policies` of another it must be named. Example: `"external-dns/external-dns"`. */
  readonly serviceAccount?: `${string}/${string}`;
}

/** The EKS cluster. */
export interface ClusterInput {
  /** Kubernetes version. Default: `"1.35"`. */
  readonly version?: "1.34" | "1.35" | "1.36" | "1.37";
  /**
   * What becomes of the cluster when EKS's standard support of its version ends, 14 months after EKS began to offer it:
   * it stays, at 0.60 USD an hour in place of 0.10 (`"extended"`), or EKS upgrades its control plane by itself at a time
   * of its own (`"standard"`). `plan` gives notice 90 days before. Default: `"extended"`.
   */
  readonly supportPolicy?: "standard" | "extended";
  /** Who reaches the API server: the VPC only, or named public IPv4 ranges too. No default: it is yours to decide. Example: `{ publicFrom: ["203.0.113.0/24"] }`. */
  readonly endpoint: "private" | {
    /** Public IPv4 ranges, /8 to /32, 1 to 40. Example: `["203.0.113.0/24", "198.51.100.7/32"]`. */
    readonly publicFrom: readonly string[];
  };
  /** ARNs of IAM roles or users that administer the cluster besides whoever runs unitune. Apply keeps their access entries over the API of EKS: one that is taken out of the list loses its own. Default: none. Example: `["arn:aws:iam::123456789012:role/platform"]`. */
  readonly admins?: readonly string[];
  /** Logs of the control plane. Default: all five, kept for 365 days. Example: `{ retentionDays: 90 }`. */
  readonly logs?: {
    /** Which are written. Default: all five. Example: `["audit", "authenticator"]`. */
    readonly types?: readonly LogType[];
    /** How long they are kept, in days as CloudWatch counts, 1 to 3653. Default: `365`. */
    readonly retentionDays?: RetentionDays;
  };
  /** ARN of your own KMS key for Kubernetes' Secrets, in the cluster's region. Default: a key made for it, that goes with it. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
  readonly kmsKey?: `arn:${string}:kms:${string}`;
  /** Private IPv4 range of the addresses of Services, /12 to /24, that the VPC and networks connected to it do not have. Final once deployed: name it before the first apply or never. Default: 10.100.0.0/16 or 172.20.0.0/16, which EKS chooses. Example: `"192.168.128.0/20"`. */
  readonly serviceCidr?: string;
  /** The nodes on which Karpenter and CoreDNS run. Default: two of m6i.large, or of m5.large. Example: `{ count: 3 }`. */
  readonly systemNodes?: SystemNodesInput;
  /** EKS add-ons by name: further ones, or the version of one that is there anyway. Default: only `vpc-cni`, `kube-proxy`, `eks-pod-identity-agent` and `coredns`. Example: `{ "aws-ebs-csi-driver": {} }`. */
  readonly addOns?: Readonly<Record<string, AddOnInput>>;
}

/** A log of the control plane. */
export type LogType = "api" | "audit" | "authenticator" | "controllerManager" | "scheduler";

/** Karpenter. */
export interface KarpenterInput {
  /** Version of the charts, at least what the Kubernetes version needs (1.37: 1.15, 1.36: 1.13, 1.35: 1.9, 1.34: 1.6). Default: the one this release was tested with, or a newer one that the Kubernetes version needs. Example: `"1.14.3"`. */
  readonly version?: `${number}.${number}.${number}`;
  /** Replicas of the controller, 1 to 4, each on a system node of its own. Default: 2. Example: `2`. */
  readonly replicas?: number;
  /** Requests of a controller, and the limit of its memory. Default: `{ cpu: "250m", memory: "512Mi", memoryLimit: "1Gi" }`. */
  readonly resources?: {
    /** vCPUs, 0.1 to 16. Default: `"250m"`. */
    readonly cpu?: `${number}` | `${number}m`;
    /** 256Mi to 64Gi. Default: `"512Mi"`. */
    readonly memory?: Size;
    /** 256Mi to 64Gi, at least what is requested. Default: `"1Gi"`, or what is requested if that is more. */
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
  /** Image of the EFA device plugin, which runs on nodes of pools with `efa`, by exact version or digest. Default: the one that EKS's chart names, from EKS's registry in the cluster's region; a region that this release does not know has none. Example: `"registry.example.com/efa:v0.5.8"`. */
  readonly efa?: string;
  /** Image of the NVIDIA device plugin, which runs on GPU nodes with AL2023, by exact version or digest. Default: NVIDIA's own. Example: `"nvcr.io/nvidia/k8s-device-plugin:v0.20.0"`. */
  readonly nvidia?: string;
}

/** What the function given to `defineConfig` is told. */
export interface ConfigArguments {
  /** The value of `--stage`. */
  readonly stage: string | undefined;
  /** The environment variables that `--env NAME` lets through, and no others. */
  readonly env: { readonly [name: string]: string | undefined };
}

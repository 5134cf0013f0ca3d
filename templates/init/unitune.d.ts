// The types of unitune.config.ts, for editors and type checkers. Written by `unitune init`; nothing runs it.
/**
 * GPU presets: the instance types behind each name, with GPUs and EFA interfaces of one node.
 *
 * Source: `ec2:DescribeInstanceTypes`, as `tests/facts/instance-types.json` keeps it; a test compares every type.
 * Left out: bare-metal sizes, which take many minutes to boot; g6f and gr6f, a part of an L4, as EC2 counts no GPU
 * there and so Karpenter offers no `nvidia.com/gpu`: a pod that asks for one is never placed on them.
 */
export interface GpuSize {
    readonly type: string;
    readonly gpus: number;
    readonly efa: number;
}
declare const GPUS: {
    readonly t4: readonly [{
        readonly type: "g4dn.xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g4dn.2xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g4dn.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g4dn.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g4dn.16xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g4dn.12xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }];
    readonly a10g: readonly [{
        readonly type: "g5.xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g5.2xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g5.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g5.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g5.16xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g5.12xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }, {
        readonly type: "g5.24xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }, {
        readonly type: "g5.48xlarge";
        readonly gpus: 8;
        readonly efa: 1;
    }];
    readonly l4: readonly [{
        readonly type: "g6.xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g6.2xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g6.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "gr6.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g6.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "gr6.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g6.16xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g6.12xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }, {
        readonly type: "g6.24xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }, {
        readonly type: "g6.48xlarge";
        readonly gpus: 8;
        readonly efa: 1;
    }];
    readonly l40s: readonly [{
        readonly type: "g6e.xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g6e.2xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g6e.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g6e.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g6e.16xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g6e.12xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }, {
        readonly type: "g6e.24xlarge";
        readonly gpus: 4;
        readonly efa: 2;
    }, {
        readonly type: "g6e.48xlarge";
        readonly gpus: 8;
        readonly efa: 4;
    }];
    readonly "rtx-pro-4500": readonly [{
        readonly type: "g7.2xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g7.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g7.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g7.12xlarge";
        readonly gpus: 2;
        readonly efa: 1;
    }, {
        readonly type: "g7.24xlarge";
        readonly gpus: 4;
        readonly efa: 1;
    }, {
        readonly type: "g7.48xlarge";
        readonly gpus: 8;
        readonly efa: 2;
    }];
    readonly "rtx-pro-server-6000": readonly [{
        readonly type: "g7e.2xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g7e.4xlarge";
        readonly gpus: 1;
        readonly efa: 0;
    }, {
        readonly type: "g7e.8xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "g7e.12xlarge";
        readonly gpus: 2;
        readonly efa: 1;
    }, {
        readonly type: "g7e.24xlarge";
        readonly gpus: 4;
        readonly efa: 2;
    }, {
        readonly type: "g7e.48xlarge";
        readonly gpus: 8;
        readonly efa: 4;
    }];
    readonly a100: readonly [{
        readonly type: "p4d.24xlarge";
        readonly gpus: 8;
        readonly efa: 4;
    }, {
        readonly type: "p4de.24xlarge";
        readonly gpus: 8;
        readonly efa: 4;
    }];
    readonly "a100-40gb": readonly [{
        readonly type: "p4d.24xlarge";
        readonly gpus: 8;
        readonly efa: 4;
    }];
    readonly "a100-80gb": readonly [{
        readonly type: "p4de.24xlarge";
        readonly gpus: 8;
        readonly efa: 4;
    }];
    readonly h100: readonly [{
        readonly type: "p5.4xlarge";
        readonly gpus: 1;
        readonly efa: 1;
    }, {
        readonly type: "p5.48xlarge";
        readonly gpus: 8;
        readonly efa: 32;
    }];
    readonly h200: readonly [{
        readonly type: "p5e.48xlarge";
        readonly gpus: 8;
        readonly efa: 32;
    }, {
        readonly type: "p5en.48xlarge";
        readonly gpus: 8;
        readonly efa: 16;
    }];
    readonly b200: readonly [{
        readonly type: "p6-b200.48xlarge";
        readonly gpus: 8;
        readonly efa: 8;
    }];
    readonly b300: readonly [{
        readonly type: "p6-b300.48xlarge";
        readonly gpus: 8;
        readonly efa: 16;
    }];
};
/** @internal */
type Presets = typeof GPUS;
/** A GPU with a preset. */
export type GpuName = keyof Presets;
/** @internal */
type SizeOf<G extends GpuName> = Presets[G][number];
/** GPUs that one node of this kind can have. */
export type GpusPerNode<G extends GpuName> = SizeOf<G>["gpus"];
/** Instance types with this GPU. */
export type GpuInstanceType<G extends GpuName> = SizeOf<G>["type"];
/** Instance types with this GPU and EFA. */
export type EfaInstanceType<G extends GpuName> = Exclude<SizeOf<G>, {
    readonly efa: 0;
}>["type"];
/** @internal */
declare const BINARY: {
    readonly Mi: number;
    readonly Gi: number;
    readonly Ti: number;
};
/** A size as Kubernetes writes it: `200Gi`, `1Ti`. */
export type Size = `${number}${keyof typeof BINARY}`;
/** A length of time with its unit: `"90s"`, `"60m"`, `"2h"`. */
export type Duration = `${number}${"s" | "m" | "h"}`;
/**
 * Availability zones by id. An id is the same place for every account, while a name (`us-west-2a`) is dealt out anew
 * for each: so a template that holds ids is a function of the config alone.
 */
/**
 * What a zone's id begins with in regions that have the zones 1 to 3.
 * @internal
 */
declare const THREE_ZONES: {
    "af-south-1": string;
    "ap-east-1": string;
    "ap-east-2": string;
    "ap-northeast-3": string;
    "ap-south-1": string;
    "ap-south-2": string;
    "ap-southeast-1": string;
    "ap-southeast-2": string;
    "ap-southeast-3": string;
    "ap-southeast-4": string;
    "ap-southeast-5": string;
    "ap-southeast-6": string;
    "ap-southeast-7": string;
    "ca-west-1": string;
    "cn-northwest-1": string;
    "eu-central-1": string;
    "eu-central-2": string;
    "eu-north-1": string;
    "eu-south-1": string;
    "eu-south-2": string;
    "eu-west-1": string;
    "eu-west-2": string;
    "eu-west-3": string;
    "il-central-1": string;
    "me-central-1": string;
    "me-south-1": string;
    "mx-central-1": string;
    "sa-east-1": string;
    "us-east-2": string;
    "us-gov-east-1": string;
    "us-gov-west-1": string;
};
/**
 * Other regions.
 * @internal
 */
declare const OTHER_ZONES: {
    "ap-northeast-1": string[];
    "ap-northeast-2": string[];
    "ca-central-1": string[];
    "cn-north-1": string[];
    "us-east-1": string[];
    "us-west-1": string[];
    "us-west-2": string[];
};
/** A region whose zones are known here. */
export type KnownRegion = keyof typeof THREE_ZONES | keyof typeof OTHER_ZONES;
/** Rights of ServiceAccounts in AWS, as the user writes them. */
/** A bucket that pods reach: its name or ARN to read it, or with the choice to write. */
export type BucketAccessInput = string | {
    /** Its name, or its ARN. Example: `"acme-checkpoints"`. */
    readonly name: string;
    /** Objects may be written and deleted, too. Default: `false`: they are read. Example: `true`. */
    readonly write?: boolean;
};
/** What the pods of one ServiceAccount may do in AWS, by a role of its own; at least one of these. */
export interface AccessInput {
    /** Buckets whose objects they read, or read and write, at most 20. Default: none. Example: `["acme-data", { name: "acme-checkpoints", write: true }]`. */
    readonly buckets?: readonly BucketAccessInput[];
    /** ARNs of the KMS keys that those buckets are encrypted by, at most 10; not needed for S3's own encryption. Default: none. Example: `["arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"]`. */
    readonly kmsKeys?: readonly `arn:${string}:kms:${string}`[];
    /** ARNs of further IAM policies, at most 10. Default: none. Example: `["arn:aws:iam::aws:policy/AmazonBedrockReadOnly"]`. */
    readonly policies?: readonly `arn:${string}:iam::${string}`[];
}
/** Rights by `"<namespace>/<serviceAccount>"`. */
export type AccessInputs = {
    readonly [account: `${string}/${string}`]: AccessInput;
};
/** Lists that AWS keeps. */
/**
 * How long CloudWatch keeps a log, in days: it takes no other numbers.
 * @internal
 */
declare const RETENTION_DAYS: readonly [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
/**
 * Services with an interface endpoint that a cluster has a use for.
 * @internal
 */
declare const ENDPOINT_SERVICES: readonly ["autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "ssmmessages", "sts"];
export type StackKind = "vpc" | "eks";
/** A processor architecture. */
export type Arch = "amd64" | "arm64";
/** A platform that images are built for. */
export type Platform = `linux/${Arch}`;
/** Types of what the DSL hands back: opaque references, branded so that a plain object in their place does not compile. */
/** @internal */
declare const KIND: unique symbol;
/** @internal */
declare const CONTEXT: unique symbol;
/** @internal */
declare const NEEDS: unique symbol;
/** @internal */
declare const POOL: unique symbol;
/** A pool made by `cpuPool`. */
export interface CpuPoolRef {
    /** @internal */
    readonly [KIND]: "cpuPool";
}
/** A pool made by `gpuPool`. */
export interface GpuPoolRef {
    /** @internal */
    readonly [KIND]: "gpuPool";
}
/** An image made by `image`. Its type carries its context, needs and pool, so that one that is missing can be seen. */
export interface ImageRef<C extends string = string, N = unknown, P extends string = string> {
    /** @internal */
    readonly [KIND]: "image";
    /** @internal */
    readonly [CONTEXT]: C;
    /** @internal */
    readonly [NEEDS]: N;
    /** @internal */
    readonly [POOL]: P;
}
/** An image, whatever it is made of. */
export type AnyImage = ImageRef<string, unknown, string>;
/** Images by the name that stands behind `FROM`. */
export type Needs = {
    readonly [alias: string]: AnyImage;
};
/** Images by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type ImagesInput = {
    readonly [name: string]: AnyImage;
};
/** A config made by `defineConfig`. */
export interface DefinedConfig {
    /** @internal */
    readonly [KIND]: "config";
}
type ContextOf<T> = T extends ImageRef<infer C, unknown> ? C : never;
type NeededContexts<T> = T extends ImageRef<string, infer N> ? ContextOf<N[keyof N]> : never;
type Missing<Needed extends string, All extends string> = Needed extends unknown ? Needed extends All ? never : string extends Needed ? never : Needed : never;
/** @internal */
type PoolOf<T> = T extends ImageRef<string, unknown, infer P> ? P : never;
/**
 * Each image as it is, unless it needs one that `images` does not hold (told apart by context, as far as types can), or
 * names a pool that is none of the CPU pools.
 * @internal
 */
export type Declared<I, Pools extends string = string> = {
    readonly [K in keyof I]: [Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>] extends [never] ? [Missing<PoolOf<I[K]>, Pools>] extends [never] ? I[K] : `names pool ${Missing<PoolOf<I[K]>, Pools>}, which is no CPU pool of pools` : `needs the image of ${Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>}, which images does not hold`;
};
/**
 * Names of the pools made by `cpuPool`: builds run on no other.
 * @internal
 */
export type CpuPoolNames<P> = string extends keyof P ? string : {
    [K in keyof P]: P[K] extends CpuPoolRef ? K : never;
}[keyof P] & string;
type Section<T, Allowed> = T extends object ? T & {
    readonly [K in Exclude<keyof T, keyof Extract<Allowed, object>>]: never;
} : T;
/**
 * What a function given to `defineConfig` returns: TypeScript looks for unknown fields only in what is passed directly.
 * @internal
 */
export type Checked<R, Allowed> = {
    readonly [K in Exclude<keyof R, keyof Allowed>]: never;
} & {
    readonly [K in keyof R & keyof Allowed]: K extends "images" ? Declared<R[K], R extends {
        readonly pools: infer P;
    } ? CpuPoolNames<P> : string> : K extends "builder" ? Section<R[K], Allowed[K]> & BuilderPool<R> : K extends "network" | "cluster" | "iam" | "storage" | "karpenter" | "devicePlugins" ? Section<R[K], Allowed[K]> : R[K];
};
type BuilderPool<R> = R extends {
    readonly pools: infer P;
} ? {
    readonly pool?: CpuPoolNames<P>;
} : unknown;
/** What `image` takes. */
export interface ImageInput<C extends string = string, N extends Needs = Needs, P extends string = string> {
    /** Folder of the build context, relative to the config file, inside its folder. Example: `"./images/base"`. */
    readonly context: C;
    /** Dockerfile, relative to the context. Default: `"Dockerfile"`. */
    readonly dockerfile?: string;
    /** Ignore file, relative to the context. Default: `<dockerfile>.dockerignore`, or else `.dockerignore`. Example: `"gpu.ignore"`. */
    readonly ignoreFile?: string;
    /** Target of the Dockerfile to build. Default: its last. Example: `"runtime"`. */
    readonly target?: string;
    /** Build arguments. They end up in the image's history: no secrets. Default: none. Example: `{ CUDA: "12.8" }`. */
    readonly args?: Readonly<Record<string, string>>;
    /**
     * Secrets of the build by the id that `RUN --mount=type=secret,id=<id>` names: never in the image, its history, the
     * Job or a log. Each is at most 500 KiB, all of an image 1 MiB. A changed value builds nothing anew. Default: none.
     * Example: `{ hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } }`.
     */
    readonly secrets?: Readonly<Record<string, SecretInput>>;
    /** Images of this config that the Dockerfile starts from: `FROM <name>`. Example: `{ base }`. Default: none. */
    readonly needs?: N;
    /**
     * The platforms to build for, each once and each on a node of its kind; what the image needs has them too. Several are
     * joined under one tag. Default: `["linux/amd64"]`. Example: `["linux/amd64", "linux/arm64"]`.
     */
    readonly platforms?: readonly [Platform, ...Platform[]];
    /** Further tags. A string is written once; `{ name, moves: true }` may move (at most three). Default: none. Example: `["v1", { name: "latest", moves: true }]`. */
    readonly tags?: readonly ImageTagInput[];
    /** OCI labels. Default: none but unitune's own. Example: `{ "org.opencontainers.image.source": "https://example.com/ml" }`. */
    readonly labels?: Readonly<Record<string, string>>;
    /** ECR repository. Default: `<name>/<image>`. Example: `"ml/trainer"`. */
    readonly repository?: string;
    /** The CPU pool that it is built on, one with its platforms and room for its resources, and with AL2023 unless builds are privileged. Default: the builder's. Example: `"cpu"`. */
    readonly pool?: P;
    /** Requests of the build. Default: `{ cpu: "1", memory: "2Gi" }`. */
    readonly resources?: {
        /** vCPUs, 0.1 to 192, fewer than a node of its pool has. Default: `"1"`. */
        readonly cpu?: `${number}` | `${number}m`;
        /** 256Mi to 4Ti. Default: `"2Gi"`. */
        readonly memory?: Size;
    };
    /** What later builds find in the repository's `buildcache`: all stages, the last one, or nothing. Default: `"max"`. */
    readonly cache?: "max" | "min" | "none";
    /**
     * What the registry holds beside the image about how it was built: nothing, who built it from what (`"min"`), or also
     * the Dockerfile and the arguments (`"max"`). It tells the time of the build, so the digest is another each time that
     * it is built. Default: `"none"`.
     */
    readonly provenance?: "none" | "min" | "max";
    /** The list of packages in the image (SPDX), beside it in the registry. Default: `false`. */
    readonly sbom?: boolean;
    /** When a build is given up, 1m to 24h. Default: `"60m"`. */
    readonly timeout?: Duration;
}
/** Where the value of a build's secret is: read when a Job needs it, and never part of the config. */
export type SecretInput = {
    /** Environment variable, let through by `--secret-env NAME`. Example: `"HF_TOKEN"`. */
    readonly env: string;
    readonly file?: never;
} | {
    /** File, relative to the config file, inside its folder or one that `--allow-read` names. Example: `"./secrets/netrc"`. */
    readonly file: string;
    readonly env?: never;
};
/** A tag that is written once, or one that may move. */
export type ImageTagInput = string | {
    /** Letters, digits and `_.-`, at most 128 characters. Example: `"latest"`. */
    readonly name: string;
    /** May it move to another digest? Default: `false`. */
    readonly moves?: boolean;
};
/** How images are built. */
export interface BuilderInput<Pool extends string = string> {
    /** The CPU pool that builds run on, but for images that name another; with AL2023, unless builds are privileged. Default: a pool that unitune adds, named builder, AL2023, on demand, tainted, 200Gi. Example: `"cpu"`. */
    readonly pool?: Pool;
    /** Builds at the same time, 1 to 64. Default: 4. Example: `8`. */
    readonly concurrency?: number;
    /**
     * How BuildKit is kept from the node that it runs on. It changes no image and is no part of an image's key.
     *
     * - `"userns"`: root in a user namespace of the pod's own, nobody on the node; a RUN step sees nothing of the builder.
     * - `"rootless"`: uid 1000, with user namespaces that BuildKit itself makes; a RUN step sees the builder's processes
     *   and files.
     * - `"privileged"`: root on the node, for pools with Bottlerocket, and for base images with files of a uid above 65535,
     *   which no user namespace here has.
     *
     * The first two need a pool with AL2023. Default: `"userns"`. Example: `"privileged"`.
     */
    readonly isolation?: "userns" | "rootless" | "privileged";
    /** BuildKit's image, by exact version or digest; rootless builds need one whose tag ends in `-rootless`. Default: the one this release was tested with. Example: `"docker.io/moby/buildkit:v0.34.2"`. */
    readonly image?: string;
    /** How long a finished build's Job is kept, 0s to 24h. Default: `"300s"`. */
    readonly ttl?: Duration;
    /**
     * How long a build waits for a node before it fails, 1m to 6h. Karpenter asks EC2 again for what it did not get after
     * 3 minutes. Default: `"15m"`.
     */
    readonly nodeTimeout?: Duration;
    /**
     * How builds reach registries, by the host that stands in `FROM` (without one it is `docker.io`). It is no part of an
     * image's key: a mirror holds what its registry does. Default: directly, over TLS.
     * Example: `{ "docker.io": { mirror: "mirror.example.com" } }`.
     */
    readonly registries?: Readonly<Record<string, RegistryInput>>;
}
/** The way to a registry. */
export interface RegistryInput {
    /** Host, or host and path, that is asked first; it needs no login. Default: none. Example: `"mirror.example.com/hub"`. */
    readonly mirror?: string;
    /** Without TLS, to the mirror, or to the registry itself when it has none. Default: `false`. Example: `true`. */
    readonly plainHttp?: boolean;
    /** PEM file, at most 128 KiB, relative to the config file: authorities to trust besides the public ones. Default: none. Example: `"./ca.pem"`. */
    readonly ca?: string;
}
/** What the user writes of where things come from. */
/** Registries that unitune brings something from, and others of EKS. */
export type BroughtFrom = "docker.io" | "public.ecr.aws" | "nvcr.io" | (string & Record<never, never>);
/** Host of a registry → a host, or a host and a path, that has the same below it. */
export type MirrorsInput = {
    readonly [host in BroughtFrom]?: string;
};
/** A reference with its tag, as its makers publish it → its digest. */
export type DigestsInput = {
    readonly [reference: `${string}/${string}:${string}`]: `sha256:${string}`;
};
/** Storage to train with, as the user writes it. */
/**
 * What pods mount. Each volume is a PersistentVolume and, in each of its namespaces, a claim of the volume's name:
 * `persistentVolumeClaim: { claimName: "data" }` in a pod is all. Removing one from here removes those two objects, and
 * none of its data.
 */
export interface StorageInput {
    /** Disks for claims: the EBS CSI driver, and StorageClass `gp3` as the cluster's default: encrypted (by `ebsKey`, if that is set), made in the zone of the first pod, growing when its claim does, deleted with its claim. Default: `false`. Example: `true`. */
    readonly ebs?: boolean;
    /** Buckets that exist, as read-only folders, by volume: Mountpoint for S3, and a role that reads these buckets alone. Default: none. Example: `{ data: { bucket: "acme-data" } }`. */
    readonly buckets?: Readonly<Record<string, BucketVolumeInput>>;
    /** EFS file systems that exist, by volume. Their mount targets must be in the cluster's VPC and let its nodes in on port 2049. Default: none. Example: `{ home: { id: "fs-0123456789abcdef0" } }`. */
    readonly efs?: Readonly<Record<string, EfsVolumeInput>>;
    /** FSx for Lustre file systems that exist, by volume. They must let the cluster's nodes in on ports 988 and 1018 to 1023. Bottlerocket has the Lustre client; a pool with AL2023 needs it installed. Default: none. Example: `{ scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } }`. */
    readonly fsx?: Readonly<Record<string, FsxVolumeInput>>;
}
/** Where a volume can be claimed. */
export interface VolumeFields {
    /** Namespaces with a claim of the volume's name; those that are missing are created, and stay. Default: `["default"]`. Example: `["training", "evaluation"]`. */
    readonly namespaces?: readonly string[];
}
/** A bucket as a read-only folder. */
export interface BucketVolumeInput extends VolumeFields {
    /** The bucket's name. Example: `"acme-data"`. */
    readonly bucket: string;
    /** Its region. Default: the cluster's. Example: `"us-east-1"`. */
    readonly region?: string;
    /** ARN of the KMS key that it is encrypted by. Default: none, as with S3's own encryption. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
    readonly kmsKey?: `arn:${string}:kms:${string}`;
}
/** An EFS file system. */
export interface EfsVolumeInput extends VolumeFields {
    /** Its id. Example: `"fs-0123456789abcdef0"`. */
    readonly id: `fs-${string}`;
}
/** An FSx for Lustre file system. */
export interface FsxVolumeInput extends VolumeFields {
    /** Its id. Example: `"fs-0123456789abcdef0"`. */
    readonly id: `fs-${string}`;
    /** Its mount name: `aws fsx describe-file-systems` tells it. Example: `"abcdef01"`. */
    readonly mountName: string;
    /** Its DNS name. Default: `<id>.fsx.<region>.amazonaws.com`. Example: `"fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com"`. */
    readonly dnsName?: string;
}
/** What the user writes of how a pool's nodes are set up: how images are pulled, who shares a GPU, user data. */
/** How a pool's nodes are set up. */
export interface NodeKnobs {
    /** How images are pulled: many parts of a layer and several layers at a time (SOCI's parallel mode, for images as they are), or layer by layer, as containerd does. Parallel needs fast disks, local NVMe in a RAID0 or `diskThroughput` of 600 and more, and a registry that serves ranges, as ECR does; on AL2023 it is an experiment of nodeadm. Default: `"parallel"` on GPU nodes with Bottlerocket and fast disks, `"standard"` on others. Example: `"standard"`. */
    readonly imagePull?: "parallel" | "standard";
    /** What the nodes read when they boot, besides what unitune and Karpenter write: settings in TOML for Bottlerocket; for AL2023 a NodeConfig in YAML, a shell script, or both as MIME parts. At most 12,000 bytes. No secrets: whoever may read node classes reads it, and every pod that reaches the node's metadata. Default: none. Example: `"[settings.kernel.sysctl]\n\"vm.max_map_count\" = \"262144\"\n"`. */
    readonly userData?: string;
}
/** Part of a GPU, as NVIDIA names it: seventh parts of its processors, and memory. */
export type MigProfile = `${number}g.${number}gb`;
/** Several pods on one GPU: by turns, or each on a part of its own. */
export type SharingInput = {
    /** Pods that take turns on a GPU, 2 to 48: each sees all of its memory, and nothing keeps one from another's. Example: `4`. */
    readonly timeSlicing: number;
    readonly mig?: never;
} | {
    /** Parts of one size that every GPU is cut into, each with processors and memory of its own; on a100, h100, h200 and b200, without NVLink between GPUs. Example: `"1g.10gb"`. */
    readonly mig: MigProfile;
    readonly timeSlicing?: never;
};
/** How a pool's GPUs are given out. */
export interface GpuKnobs {
    /** Several pods on one GPU, each asking for `nvidia.com/gpu: 1`, on Bottlerocket, without `efa`, on nodes with one number of GPUs. Karpenter counts whole GPUs when it launches nodes, so that a burst of pods launches up to a node for each whole GPU that they would take, and those that stay empty go again; `maxGpus` therefore limits whole nodes, and `replicas` is the better fit. Default: each pod has its GPUs for itself. Example: `{ timeSlicing: 4 }`. */
    readonly sharing?: SharingInput;
}
/** A taint of a pool's nodes. */
export interface TaintInput {
    /** Key. Example: `"example.com/team"`. */
    readonly key: string;
    /** Default: `"true"`. */
    readonly value?: string;
    /** Default: `"NoSchedule"`. */
    readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}
/** Machine image of the nodes: a family, or a family and its exact release. */
export type Ami = "bottlerocket" | "al2023" | `bottlerocket@v${string}` | `al2023@v${string}`;
/** A limit of how many nodes go at once. */
export interface BudgetInput {
    /** Most nodes that go at once: a number, or a share of the pool. Example: `"10%"`, `2`, `0`. */
    readonly nodes: number | `${number}%`;
    /** What it limits. Default: all three. Example: `["Drifted"]`. */
    readonly reasons?: readonly ("Empty" | "Drifted" | "Underutilized")[];
    /** When it holds, in cron's five fields or `@daily`, UTC; together with `duration`. Default: always. Example: `"0 9 * * mon-fri"`. */
    readonly schedule?: string;
    /** For how long from each time of the schedule, 1m to 168h. Default: none, as without a schedule. Example: `"8h"`. */
    readonly duration?: `${number}${"m" | "h"}`;
}
/** Which nodes go to save money, and when. */
export interface ConsolidationInput {
    /** Which nodes go to save money. Default: `"WhenEmptyOrUnderutilized"`; on GPU nodes `"WhenEmpty"`. */
    readonly policy?: "WhenEmpty" | "WhenEmptyOrUnderutilized";
    /** How long after its last pod came or went, 0s to 168h, or `"Never"`. Default: `"1m"`; on GPU nodes `"5m"`. */
    readonly after?: Duration | "Never";
}
/** What every pool has. */
export interface PoolFields extends NodeKnobs {
    /** Labels of the nodes. Default: none but unitune's own. Example: `{ "example.com/team": "research" }`. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Taints of the nodes, besides those that the kind of pool brings. Default: none. Example: `[{ key: "example.com/team", value: "research" }]`. */
    readonly taints?: readonly TaintInput[];
    /** Availability zones, by name or by id, not both. Default: all that the network has. Example: `["us-west-2a"]`, `["usw2-az1"]`. */
    readonly zones?: readonly string[];
    /** Throughput of the data volume in MiB/s, 125 to 2000. Default: 600 for builders, and for GPU nodes whose local disks are not in a RAID0; 125 for others. Example: `500`. */
    readonly diskThroughput?: number;
    /** IOPS of the data volume, 3000 to 80000. Default: 3000, or four for each MiB/s, as EBS asks for. Example: `6000`. */
    readonly diskIops?: number;
    /** Local NVMe disks, where an instance has them: one RAID0 for images and pods, or left alone. Default: `"raid0"` for GPU nodes, `"none"` for others. */
    readonly instanceStore?: "raid0" | "none";
    /** Machine image. A family alone is the release of it that this version of unitune pins for the cluster's Kubernetes version; `@latest` would roll nodes by surprise. Default: `"bottlerocket"`. Example: `"al2023@v20261023"`. */
    readonly ami?: Ami;
    /** When nodes go to save money. Default: a minute after they could be fewer; GPU nodes five after their last pod. Example: `{ policy: "WhenEmpty", after: "10m" }`. */
    readonly consolidation?: ConsolidationInput;
    /** How many nodes may go at once, at most 50; for each reason the smallest holds, and Karpenter rounds a share up, so that a tenth of one busy node is that node. Default: all empty ones, and a tenth of the others; no GPU node that only differs from its pool (`Drifted`), so that a new machine image or class reaches it when it is empty; on pools with spot capacity that images are built on, none but empty ones. Example: `[{ nodes: "100%", reasons: ["Empty"] }, { nodes: 1, reasons: ["Drifted"], schedule: "0 2 * * sat", duration: "8h" }]`. */
    readonly budgets?: readonly BudgetInput[];
    /** Age at which a node is replaced, 1h to 8760h, or `"Never"`. Default: `"720h"`; GPU nodes `"Never"`. */
    readonly expireAfter?: Duration | "Never";
    /** How long a draining node waits for its pods, 0s to 168h; then they end. Default: as long as they take. Example: `"30m"`. */
    readonly terminationGracePeriod?: Duration;
}
/** A pool that grows and shrinks with its pods, up to a limit; or one of a fixed number of nodes. */
export type Scale<Limit extends string> = ({
    readonly [K in Limit]: number;
} & {
    readonly replicas?: never;
    /** Pools with a higher weight, 1 to 100, are tried first. Default: none. Example: `10`. */
    readonly weight?: number;
}) | ({
    readonly [K in Limit]?: never;
} & {
    /** Nodes that are always there, 1 to 1000; only with `karpenter.gates.staticCapacity`. Example: `2`. */
    readonly replicas: number;
    readonly weight?: never;
});
/** Capacity without a reservation. Karpenter's preference is fixed, so the order is too. */
export type OpenCapacity = readonly ["spot"] | readonly ["on-demand", ...OnDemandIsLast[]] | readonly ["spot", "on-demand"];
/** Nothing is this: its name is what an editor says of a wrong order. */
export interface OnDemandIsLast {
    /** Karpenter prefers what is reserved, then spot, then on-demand. */
    readonly [karpenterPrefers: symbol]: never;
}
/** Capacity that starts with a reservation. */
export type ReservedCapacity = readonly ["reserved"] | readonly ["reserved", "spot"] | readonly ["reserved", "on-demand"] | readonly ["reserved", "spot", "on-demand"];
/** What a pool of nodes without GPUs has. */
export interface CpuPoolFields extends PoolFields {
    /** Processor architectures. Default: `["amd64"]`. */
    readonly arch?: readonly Arch[];
    /** What to buy. Default: `["spot", "on-demand"]`. */
    readonly capacity?: OpenCapacity;
    /** Data volume of a node, 20Gi to 16Ti. Default: `"100Gi"`; `"20Gi"` (AL2023: `"50Gi"`) where images and pods are on a RAID0 of local disks that every one of its types has. */
    readonly disk?: Size;
    /** Instance categories (`"c"`), families (`"c7i"`) or exact types (`"m7i.2xlarge"`): one sort. Default: `["c", "m", "r"]`. */
    readonly families?: readonly string[];
}
/** `maxCpus`: the limit of the pool in vCPUs, 1 to 100000. Example: `256`. */
export type CpuPoolInput = CpuPoolFields & Scale<"maxCpus">;
/** What a pool of nodes with GPUs has. */
export interface GpuPoolFields<G extends GpuName> extends PoolFields, GpuKnobs {
    /** Which GPU, or several for whichever is to be had, each at most once. MiB of one GPU, as EC2 counts them: t4 16384, a10g and l4 22888, rtx-pro-4500 32768, l40s 45776, h100 81920, rtx-pro-server-6000 98304, h200 144384, b200 183359, b300 275040; `a100` is one of `a100-40gb` and `a100-80gb`. Example: `"l40s"`, `["l40s", "a10g"]`. */
    readonly gpu: G | readonly [G, ...G[]];
    /** GPUs of one node. Default: any size that the GPU comes in. Example: `4`. */
    readonly gpusPerNode?: GpusPerNode<G>;
    /** Data volume of a node, 20Gi to 16Ti. Default: `"500Gi"`; `"20Gi"` (AL2023: `"50Gi"`) where images and pods are on a RAID0 of local disks that every one of its types has, as all of today's have. Example: `"1Ti"`. */
    readonly disk?: Size;
    /** EC2 puts nodes of one placement group near to each other: `"cluster"` for one that the stack creates for this pool, of the cluster strategy, in the zone of its first node; or an existing one, of any strategy. Default: none. Example: `"cluster"`, `{ name: "training" }`. */
    readonly placementGroup?: "cluster" | PlacementGroupInput;
}
/** What to buy, with a reservation or without. */
export type GpuCapacity = UnreservedGpuCapacity | ReservedGpuCapacity;
/** What to buy without a reservation. */
export interface UnreservedGpuCapacity {
    /** What to buy. Default: `["on-demand"]`. */
    readonly capacity?: OpenCapacity;
    /** Goes with `capacity: ["reserved"]`. */
    readonly reservation?: never;
}
/** What to buy with a reservation. */
export interface ReservedGpuCapacity {
    /** What to buy, a reservation first. Example: `["reserved", "on-demand"]`. */
    readonly capacity: ReservedCapacity;
    /** Capacity reservations or Capacity Blocks to use. Example: `{ ids: ["cr-0123456789abcdef0"] }`. */
    readonly reservation: ReservationInput;
}
/** Capacity reservations, by id or by the tags they carry. */
export type ReservationInput = {
    /** Ids. Example: `["cr-0123456789abcdef0"]`. */
    readonly ids: readonly `cr-${string}`[];
    readonly tags?: never;
    readonly owner?: never;
} | {
    /** Tags that they carry, 1 to 20. Example: `{ team: "research" }`. */
    readonly tags: Readonly<Record<string, string>>;
    /** The account that has them, 12 digits. Default: whichever, one's own or one that shares them with it. Example: `"123456789012"`. */
    readonly owner?: string;
    readonly ids?: never;
};
/** The network between nodes, and the instance types that have it. */
export type GpuNetwork<G extends GpuName> = PlainNetworkInput<G> | EfaInput<G>;
/** Nodes that reach each other by IP alone. */
export interface PlainNetworkInput<G extends GpuName> {
    /** Elastic Fabric Adapter between nodes. Default: `false`. */
    readonly efa?: false;
    /** Narrows the GPU's instance types to these. Default: all with the right number of GPUs. Example: `["g6e.12xlarge"]`. */
    readonly instanceTypes?: readonly GpuInstanceType<G>[];
}
/** Nodes that reach each other by EFA, or do so in some stages. */
export interface EfaInput<G extends GpuName> {
    /** Elastic Fabric Adapter between nodes: only instance types that have it, in one zone, which `zones` names unless the pool has a single reservation and nothing else, or `placementGroup: "cluster"`. A pool of one instance type has its interfaces laid out in advance, where EFA takes no addresses; in one of several types Karpenter attaches EFA to nodes for pods that ask for `vpc.amazonaws.com/efa`. Not with `replicas` and several types. Example: `true`. */
    readonly efa: boolean;
    /** Narrows the GPU's instance types to these. Default: all with EFA and the right number of GPUs. Example: `["g6e.12xlarge"]`. */
    readonly instanceTypes?: readonly EfaInstanceType<G>[];
}
/** A placement group that exists, by its name or by its id. */
export type PlacementGroupInput = {
    /** Its name. Example: `"training"`. */
    readonly name: string;
    readonly id?: never;
} | {
    /** Its id. Example: `"pg-0123456789abcdef0"`. */
    readonly id: `pg-${string}`;
    readonly name?: never;
};
/** `maxGpus`: the limit of the pool in GPUs, at least one node's, at most 10000. Example: `16`. */
export type GpuPoolInput<G extends GpuName = GpuName> = GpuPoolFields<G> & GpuCapacity & GpuNetwork<G> & Scale<"maxGpus">;
/** Pools by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type PoolsInput = {
    readonly [name: string]: CpuPoolRef | GpuPoolRef;
};
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
    readonly gates?: {
        readonly [gate in KarpenterGate]?: boolean;
    };
}
/** Karpenter's feature gates; all but `reservedCapacity` (beta) are alpha. */
export type KarpenterGate = "reservedCapacity" | "spotToSpotConsolidation" | "nodeRepair" | "nodeOverlay" | "staticCapacity" | "capacityBuffer";
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
    readonly env: {
        readonly [name: string]: string | undefined;
    };
}
/** The platform: an object, or a function that is told the stage and the environment that was let through. */
export declare function defineConfig<const P extends PoolsInput, const I extends ImagesInput, const R extends ConfigInput = ConfigInput>(config: ConfigInput<P, I> | ((context: ConfigArguments) => R & Checked<R, ConfigInput>)): DefinedConfig;
/** A pool of nodes without GPUs. */
export declare function cpuPool(pool: CpuPoolInput): CpuPoolRef;
/** A pool of nodes with GPUs, tainted `nvidia.com/gpu=true:NoSchedule`. */
export declare function gpuPool<const G extends GpuName>(pool: GpuPoolInput<G>): GpuPoolRef;
/** An image that is built inside the cluster; named by its key in `images`. */
export declare function image<const C extends string, const N extends Needs = {}, const P extends string = never>(image: ImageInput<C, N, P>): ImageRef<C, N, P>;
export {};

// The types of unitune.config.ts, for editors and type checkers. Written by `unitune init`, renewed by `unitune types`;
// nothing runs it.
// deno-lint-ignore-file
// deno-fmt-ignore-file
/** What a config may know of the Git repository that it is in. */
export interface GitFacts {
    /** The commit that is checked out: 40 hex digits. */
    readonly commit: string;
    /** Its first 12 digits; with `-dirty` after them if tracked files differ from it. */
    readonly short: string;
    /** The branch; `null` if none is checked out. */
    readonly branch: string | null;
    /** Whether tracked files differ from the commit. Files that Git does not track do not count. */
    readonly dirty: boolean;
}
/** What a function of tags gets. */
export interface TagFacts {
    /** The Git repository that the config is in. */
    readonly git: GitFacts;
}
/**
 * GPU presets: the instance types of each GPU, with the number of GPUs and EFA interfaces per node.
 *
 * Source: `ec2:DescribeInstanceTypes`, recorded in `tests/facts/instance-types.json`; a test compares every type.
 * Not included: bare-metal sizes, which take many minutes to boot; and g6f and gr6f, which have a part of an L4: EC2
 * counts no GPU there, so Karpenter offers no `nvidia.com/gpu` and never places a pod that requests one on them.
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
/** Numbers of this GPU that one node can have. */
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
 * Availability zones by id. An id means the same place in every account, while a name (`us-west-2a`) differs between
 * accounts. So a template with ids is a function of the config alone.
 */
/**
 * The prefix of zone ids in regions that have the zones 1 to 3.
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
/** AWS permissions of ServiceAccounts, as the user writes them. */
/** A bucket that pods may read: its name or its ARN; or an object, which can also allow writing. */
export type BucketAccessInput = string | {
    /** Its name, or its ARN. Example: `"acme-checkpoints"`. */
    readonly name: string;
    /** Whether pods may also write and delete objects. Default: `false`, read only. Example: `true`. */
    readonly write?: boolean;
};
/** What the pods of one ServiceAccount may do in AWS, through a role of its own. At least one field is required. */
export interface AccessInput {
    /** Buckets that the pods may read, or read and write, at most 20. Default: none. Example: `["acme-data", { name: "acme-checkpoints", write: true }]`. */
    readonly buckets?: readonly BucketAccessInput[];
    /** ARNs of the KMS keys that encrypt those buckets, at most 10; not needed for S3's own encryption. Default: none. Example: `["arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"]`. */
    readonly kmsKeys?: readonly `arn:${string}:kms:${string}`[];
    /** ARNs of additional IAM policies, at most 10. Default: none. Example: `["arn:aws:iam::aws:policy/AmazonBedrockReadOnly"]`. */
    readonly policies?: readonly `arn:${string}:iam::${string}`[];
}
/** Permissions by `"<namespace>/<serviceAccount>"`. */
export type AccessInputs = {
    readonly [account: `${string}/${string}`]: AccessInput;
};
/** Lists of values that AWS defines. */
/**
 * Retention periods of logs in days: CloudWatch accepts no others.
 * @internal
 */
declare const RETENTION_DAYS: readonly [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
/**
 * Services with an interface endpoint that are useful to a cluster.
 * @internal
 */
declare const ENDPOINT_SERVICES: readonly ["autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "kms", "logs", "monitoring", "secretsmanager", "sqs", "ssm", "ssmmessages", "sts"];
export type StackKind = "vpc" | "eks";
/** A processor architecture. */
export type Arch = "amd64" | "arm64";
/** A platform that images are built for. */
export type Platform = `linux/${Arch}`;
/** Types of the DSL's results: opaque references, branded so that a plain object in their place does not compile. */
/** @internal */
declare const KIND: unique symbol;
/** @internal */
declare const CONTEXT: unique symbol;
/** @internal */
declare const NEEDS: unique symbol;
/** @internal */
declare const POOL: unique symbol;
/** A pool declared with `cpuPool`. */
export interface CpuPoolRef {
    /** @internal */
    readonly [KIND]: "cpuPool";
}
/** A pool declared with `gpuPool`. */
export interface GpuPoolRef {
    /** @internal */
    readonly [KIND]: "gpuPool";
}
/** An image declared with `image`. Its type has its context, needs and pool, so that missing ones are type errors. */
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
/** Any image. */
export type AnyImage = ImageRef<string, unknown, string>;
/** Images by the name used after `FROM`. */
export type Needs = {
    readonly [alias: string]: AnyImage;
};
/** Images by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type ImagesInput = {
    readonly [name: string]: AnyImage;
};
/** A Dockerfile declared with `python`. */
export interface PythonRef {
    /** @internal */
    readonly [KIND]: "python";
}
/** A config declared with `defineConfig`. */
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
 * Each image unchanged, unless it needs an image that is not in `images` (types distinguish images only by context), or
 * names a pool that is not one of the CPU pools.
 * @internal
 */
export type Declared<I, Pools extends string = string> = {
    readonly [K in keyof I]: [Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>] extends [never] ? [Missing<PoolOf<I[K]>, Pools>] extends [never] ? I[K] : `names pool ${Missing<PoolOf<I[K]>, Pools>}, which is not one of the CPU pools` : `needs the image of ${Missing<NeededContexts<I[K]>, ContextOf<I[keyof I]>>}, which is not in images`;
};
/**
 * Names of the pools declared with `cpuPool`, the only ones that builds run on.
 * @internal
 */
export type CpuPoolNames<P> = string extends keyof P ? string : {
    [K in keyof P]: P[K] extends CpuPoolRef ? K : never;
}[keyof P] & string;
type Section<T, Allowed> = T extends object ? T & {
    readonly [K in Exclude<keyof T, keyof Extract<Allowed, object>>]: never;
} : T;
/**
 * The result of a function passed to `defineConfig`. TypeScript itself finds unknown fields only in object literals that
 * are passed directly.
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
/** What the user writes about a secret: where its value is. */
/** Where to find the value of a build secret. It is read when a Job needs it and is never part of the config. */
export type SecretInput = {
    /** Environment variable, which `--secret-env NAME` must allow. Example: `"HF_TOKEN"`. */
    readonly env: string;
    readonly file?: never;
} | {
    /** File, relative to the config file, inside its folder or a folder that `--allow-read` allows. Example: `"./secrets/netrc"`. */
    readonly file: string;
    readonly env?: never;
};
/** How to reach a registry. */
export interface RegistryInput {
    /** Host, or host and path, to try first. If it requires a login, it gets an entry of its own with `auth`. Default: none. Example: `"mirror.example.com/hub"`. */
    readonly mirror?: string;
    /** Whether to use plain HTTP to reach the mirror, or the registry itself if it has no mirror. Default: `false`. Example: `true`. */
    readonly plainHttp?: boolean;
    /** PEM file with additional certificate authorities to trust, at most 128 KiB, relative to the config file. Default: none. Example: `"./ca.pem"`. */
    readonly ca?: string;
    /** The login to the registry itself, for every build. RUN steps cannot see it. Registries of ECR need none: see `pull`. Default: none. Example: `{ username: "robot", password: { env: "REGISTRY_TOKEN" } }`. */
    readonly auth?: RegistryAuthInput;
}
/** A login to a registry. */
export interface RegistryAuthInput {
    /** Name of the user, 1 to 256 characters without a colon. It is not a secret. Example: `"$oauthtoken"`. */
    readonly username: string;
    /** Where to find the password or token, at most 16 KiB; line breaks at its end are left out. Example: `{ env: "REGISTRY_TOKEN" }`. */
    readonly password: SecretInput;
}
/** A proxy that builds use. */
export interface ProxyInput {
    /** For HTTP. A proxy with a private address must be in `network.allow`. Default: none. Example: `"http://proxy.example.com:3128"`. */
    readonly http?: string;
    /** For HTTPS. Default: none. Example: `"http://proxy.example.com:3128"`. */
    readonly https?: string;
    /** What is reached without the proxy: hosts, domains (`.example.com`), addresses and ranges, at most 64. The agent of Pod Identity always is. In a VPC with endpoints, name the domain of AWS. Default: none. Example: `[".amazonaws.com"]`. */
    readonly no?: readonly string[];
}
/** ARN of an ECR repository, or of all below a prefix (`…:repository/docker-hub/*`). */
export type RepositoryArn = `arn:${string}:ecr:${string}:repository/${string}`;
/** A repository that builds pull from, and more about it. */
export interface PullInput {
    /** ARN of the repository, or of all below a prefix. Example: `"arn:aws:ecr:us-west-2:123456789012:repository/docker-hub/*"`. */
    readonly repository: RepositoryArn;
    /** Whether it belongs to a pull-through cache that builds may fill: on its first pull, ECR creates the repository and fetches the image. Default: `false`. */
    readonly cache?: boolean;
}
/** The fields of an image, as passed to `image`. */
export interface ImageInput<C extends string = string, N extends Needs = Needs, P extends string = string> {
    /** Folder of the build context, relative to the config file and inside its folder. Example: `"./images/base"`. */
    readonly context: C;
    /**
     * Dockerfile, relative to the context, which it may lie outside of, or one that `python` writes.
     * Default: `"Dockerfile"`. Example: `"../docker/trainer.Dockerfile"`.
     */
    readonly dockerfile?: string | PythonRef;
    /** The text of the Dockerfile, instead of a file. Default: none. Example: `"FROM base\nRUN pip install peft\n"`. */
    readonly dockerfileInline?: string;
    /** Ignore file, relative to the context. Default: `<dockerfile>.dockerignore` if it exists, otherwise `.dockerignore`. Example: `"gpu.ignore"`. */
    readonly ignoreFile?: string;
    /** Target of the Dockerfile to build. Default: the last one. Example: `"runtime"`. */
    readonly target?: string;
    /** Build arguments. They are visible in the image's history, so do not pass secrets. Default: none. Example: `{ CUDA: "12.8" }`. */
    readonly args?: Readonly<Record<string, string>>;
    /**
     * Secrets of the build, by the id in `RUN --mount=type=secret,id=<id>`. They never appear in the image, its history,
     * the Job or a log. At most 500 KiB each and 1 MiB per image. A changed value does not cause a rebuild. Default: none.
     * Example: `{ hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } }`.
     */
    readonly secrets?: Readonly<Record<string, SecretInput>>;
    /**
     * Private SSH keys, by the id in `RUN --mount=type=ssh,id=<id>` (`default` if there is none), also for `ADD` from
     * `git@…` and `ssh://…`. A step gets an agent that signs with the key, and never the key itself. They have no
     * passphrase, and at most 100 KiB each. A changed key does not cause a rebuild. Default: none.
     * Example: `{ default: { env: "DEPLOY_KEY" } }`.
     */
    readonly ssh?: Readonly<Record<string, SecretInput>>;
    /**
     * Images of this config that the Dockerfile starts from or copies from, by the name that it uses: `FROM <name>`. A
     * name may also be one of a registry, whose image the config's image then replaces.
     * Example: `{ base, "verlai/verl:latest": base }`. Default: none.
     */
    readonly needs?: N;
    /**
     * What else the Dockerfile names in `FROM`, `COPY --from` and mounts: a folder, relative to the config file and inside
     * its folder, filtered by its own `.dockerignore`; or an image of a registry that takes the place of the name.
     * Default: none. Example: `{ src: "./lib", vendor: "docker-image://docker.io/library/alpine:3.22" }`.
     */
    readonly contexts?: Readonly<Record<string, string>>;
    /**
     * The platforms to build for, each on a node of that architecture. Images listed in `needs` must have them too. Several
     * platforms share one tag. Default: `["linux/amd64"]`. Example: `["linux/amd64", "linux/arm64"]`.
     */
    readonly platforms?: readonly [Platform, ...Platform[]];
    /**
     * Additional tags. A string is a tag that never moves; `{ name, moves: true }` is a tag that may move (at most three).
     * A function gets what Git knows of the config's folder, which must be in a repository with a commit; images with such
     * tags never expire. Default: none. Example: `["v1", { name: "latest", moves: true }]`, or
     * `({ git }) => git.dirty ? [] : [git.short]`.
     */
    readonly tags?: readonly ImageTagInput[] | ((facts: TagFacts) => readonly ImageTagInput[]);
    /** OCI labels. Default: only unitune's own. Example: `{ "org.opencontainers.image.source": "https://example.com/ml" }`. */
    readonly labels?: Readonly<Record<string, string>>;
    /** ECR repository. Default: `<name>/<image>`. Example: `"ml/trainer"`. */
    readonly repository?: string;
    /** The CPU pool to build on. It must have the image's platforms and nodes large enough for its resources, and AL2023 unless builds are privileged. Default: the builder's pool. Example: `"cpu"`. */
    readonly pool?: P;
    /** What the build gets of its node. Default: `{ cpu: "4", memory: "16Gi", disk: "50Gi" }`, or what the largest node of its pool has, if that is less. */
    readonly resources?: {
        /** vCPUs, 0.1 to 192, fewer than a node of the pool has; a build uses more while nothing else needs them. Default: `"4"`. */
        readonly cpu?: `${number}` | `${number}m`;
        /** 256Mi to 4Ti. A build that needs more is stopped. Default: `"16Gi"`. */
        readonly memory?: Size;
        /** Disk for the context, the unpacked base, the layers and what RUN steps write, 1Gi to 16Ti, less than a node of the pool has. A build that writes more is stopped. Default: `"50Gi"`. */
        readonly disk?: Size;
    };
    /** What to store in the repository's `buildcache` for later builds: the layers of all targets (`"max"`), those of the final image (`"min"`), or nothing. Default: `"max"`. */
    readonly cache?: "max" | "min" | "none";
    /**
     * The provenance attestation to store beside the image: none, who built it from what (`"min"`), or also the Dockerfile
     * and the build arguments (`"max"`). An attestation contains the build time, so every build gets a different digest.
     * Default: `"none"`.
     */
    readonly provenance?: "none" | "min" | "max";
    /** Whether to store a list of the image's packages (SPDX) beside it in the registry. Default: `false`. */
    readonly sbom?: boolean;
    /** How layers are compressed: zstd is faster to pack and to unpack, and needs Docker 20.10 or containerd 1.5 to run. Default: `"gzip"`. */
    readonly compression?: "gzip" | "zstd";
    /**
     * The permissions of the context's files in the image. `"git"`: as Git keeps them, 0755 for folders and executable
     * files and 0644 for the rest, so that clones with another umask build the same image. `"exact"`: as they are on this
     * machine. Default: `"git"`.
     */
    readonly permissions?: "git" | "exact";
    /**
     * Whether a rebuild gives the same bytes as long as its steps do: BuildKit then sets every later timestamp to one
     * moment, after the files of all base images. It costs time, as every layer is stored twice and rewritten at each
     * build; and Python ignores the `.pyc` files that RUN steps wrote, because they name other timestamps. Default: `false`.
     */
    readonly reproducible?: boolean;
    /**
     * How old the image may be, 1h to 8760h, before a build makes it again because what it starts from may have moved,
     * like `python:3.13`. All its tags must move, and it cannot be reproducible. Default: any age. Example: `"168h"`.
     */
    readonly maxAge?: Duration;
    /** How long a build may run before it fails, 1m to 12h, including its wait for a node. A login to ECR lasts no longer. Default: `"4h"`. */
    readonly timeout?: Duration;
}
/** A tag that never moves, or one that may move. */
export type ImageTagInput = string | {
    /** Letters, digits and `_.-`, at most 128 characters. Example: `"latest"`. */
    readonly name: string;
    /** Whether the tag may move to another digest. Default: `false`. */
    readonly moves?: boolean;
};
/** How images are built. */
export interface BuilderInput<Pool extends string = string> {
    /** The CPU pool for builds of images that do not name their own; it must have AL2023 unless builds are privileged. Default: a pool named `builder` that unitune adds: AL2023, on-demand, tainted, with 200Gi disks. Example: `"cpu"`. */
    readonly pool?: Pool;
    /** Number of builds at the same time, 1 to 64. Default: 4. Example: `8`. */
    readonly concurrency?: number;
    /**
     * How BuildKit is isolated from its node. It does not affect the images and is not part of their keys.
     *
     * - `"userns"`: root in the pod's own user namespace, an unprivileged user on the node; a RUN step cannot see the
     *   builder.
     * - `"rootless"`: uid 1000, with user namespaces that BuildKit itself creates; a RUN step can see the builder's
     *   processes and files.
     * - `"privileged"`: root on the node; for pools with Bottlerocket, and for base images that contain files with a uid
     *   above 65535, which the user namespaces do not map.
     *
     * The first two need a pool with AL2023. Default: `"userns"`. Example: `"privileged"`.
     */
    readonly isolation?: "userns" | "rootless" | "privileged";
    /** BuildKit's image, by exact version or digest; rootless builds need one whose tag ends in `-rootless`. Default: the image that this release was tested with. Example: `"docker.io/moby/buildkit:v0.34.2"`. */
    readonly image?: string;
    /**
     * Where BuildKit keeps its state between builds: an EBS volume (gp3, encrypted) for each image and platform, which only
     * builds of that image mount, one at a time. Steps that are done are not repeated after a failure, cache mounts stay,
     * and an edit pulls and unpacks no base again. Volumes are created by an image's first build and deleted by the `apply`
     * after it has left the config, and by `destroy`; `build --no-cache` replaces them. They need the EBS CSI driver, which
     * is then installed. `unitune deploy` uses none. `false`: every build starts from the repository's `buildcache` alone.
     * Default: `{ size: "50Gi" }`, about 4 USD a month for each volume. Example: `{ size: "100Gi" }`.
     */
    readonly cache?: false | {
        /** Size of each volume, 10Gi to 16Ti; that of an image is at least its `resources.disk`. It can grow; a smaller one replaces the volumes, which are empty then. Default: `"50Gi"`. Example: `"100Gi"`. */
        readonly size?: Size;
    };
    /** How long the Job of a finished build is kept, 0s to 24h. Default: `"300s"`. */
    readonly ttl?: Duration;
    /**
     * How long a build waits for a node before it fails, 1m to 6h. When EC2 has no capacity, Karpenter asks again after
     * 3 minutes. Default: `"15m"`.
     */
    readonly nodeTimeout?: Duration;
    /**
     * How builds reach registries and log in to them, by the host in `FROM` (`docker.io` if there is none). It is not part
     * of an image's key, because a mirror has the same content as its registry. Default: directly, over TLS, without a
     * login. Example: `{ "docker.io": { mirror: "mirror.example.com" } }`.
     */
    readonly registries?: Readonly<Record<string, RegistryInput>>;
    /**
     * Private ECR repositories that Dockerfiles start from or copy from, in this account or another, at most 12. The role
     * of builds may then pull from them, and each build logs in to their registries. A repository of another account must
     * also allow it in its own policy, as those of AWS Deep Learning Containers do. Images of this config need no entry.
     * Default: none. Example: `["arn:aws:ecr:us-west-2:763104351884:repository/pytorch-training"]`.
     */
    readonly pull?: readonly (RepositoryArn | PullInput)[];
    /**
     * The proxy of builds, for what fetches contexts, for BuildKit, and for RUN steps as the predefined arguments
     * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, which an image's `args` override. It is not part of an image's key, and
     * not in its history. Nodes pull the images of the builder without it. Default: none.
     * Example: `{ https: "http://proxy.example.com:3128", no: [".amazonaws.com"] }`.
     */
    readonly proxy?: ProxyInput;
    /**
     * What builds may reach in the network. A NetworkPolicy lets them reach DNS, AWS and public addresses (TCP 22, 80, 443
     * and the ports of `registries` and `proxy`), and keeps them from everything else: the API server, nodes, the instance metadata
     * and private addresses. Default: no exceptions. Example: `{ allow: ["10.20.0.0/16"] }`.
     */
    readonly network?: {
        /** Private ranges that builds may reach, on ports 22, 80 and 443, or on those that are named; at most 32. In a range that is wider than the VPC that unitune creates, its nodes and the API server stay unreachable. Default: none. Example: `["10.20.0.0/16", { range: "10.30.0.5/32", ports: [5000] }]`. */
        readonly allow?: readonly (string | ReachInput)[];
    };
}
/** Addresses that builds may reach, and on which ports. */
export interface ReachInput {
    /** IPv4 range, /1 to /32, with no bits set past its length. Example: `"10.30.0.5/32"`. */
    readonly range: string;
    /** Ports, of TCP and UDP, at most 16. Default: 22, 80 and 443. Example: `[5000]`. */
    readonly ports?: readonly [number, ...number[]];
}
/** What `python` puts into an image. */
export interface PythonInput {
    /** Version of Python, 3.9 or later. Example: `"3.12"`. */
    readonly version: string;
    /** File with requirements, relative to the context. Default: none. Example: `"requirements.txt"`. */
    readonly requirements?: string;
    /** uv's lock file, relative to the context, with `pyproject.toml` beside it; instead of `requirements`. Default: none. Example: `"uv.lock"`. */
    readonly uvLock?: string;
    /** Further packages from PyPI. Default: none. Example: `["torch==2.9.0", "peft"]`. */
    readonly pip?: readonly string[];
    /** Packages of the operating system. Default: none. Example: `["git", "libsndfile1"]`. */
    readonly apt?: readonly string[];
    /** Version of CUDA with cuDNN; with `-devel` also its compiler. Wheels of PyTorch bring CUDA themselves. Default: none. Example: `"12.8.1-devel"`. */
    readonly cuda?: string;
    /** What to copy from the context to `/app`. Default: `["."]`. Example: `["src", "train.py"]`. */
    readonly copy?: readonly string[];
}
/** What the user writes about where images and charts come from. */
/** Registries of the images and charts that unitune itself uses; EKS has one per region. */
export type BroughtFrom = "docker.io" | "public.ecr.aws" | "nvcr.io" | (string & Record<never, never>);
/** Host of a registry → a host, or a host and a path, under which the same content is found. */
export type MirrorsInput = {
    readonly [host in BroughtFrom]?: string;
};
/** A reference with its tag, as its publisher names it → its digest. */
export type DigestsInput = {
    readonly [reference: `${string}/${string}:${string}`]: `sha256:${string}`;
};
/** Storage that pods mount, as the user writes it. */
/**
 * Storage that pods mount. Each volume becomes a PersistentVolume and, in each of its namespaces, a claim with the
 * volume's name; a pod mounts it with `persistentVolumeClaim: { claimName: "data" }`. When a volume is removed from the
 * config, unitune deletes these objects but none of the data.
 */
export interface StorageInput {
    /** Whether claims can create disks: installs the EBS CSI driver and the StorageClass `gp3` as the cluster's default. Disks are encrypted (with `ebsKey`, if set), created in the zone of the first pod, expanded with their claim and deleted with it. Default: `false`. Example: `true`. */
    readonly ebs?: boolean;
    /** Existing buckets as read-only folders, by volume name. Installs Mountpoint for S3 with a role that can read only these buckets. Default: none. Example: `{ data: { bucket: "acme-data" } }`. */
    readonly buckets?: Readonly<Record<string, BucketVolumeInput>>;
    /** Existing EFS file systems, by volume name. Their mount targets must be in the cluster's VPC and accept its nodes on port 2049. Default: none. Example: `{ home: { id: "fs-0123456789abcdef0" } }`. */
    readonly efs?: Readonly<Record<string, EfsVolumeInput>>;
    /** Existing FSx for Lustre file systems, by volume name. They must accept the cluster's nodes on ports 988 and 1018 to 1023. Bottlerocket includes the Lustre client; on pools with AL2023 you must install it. Default: none. Example: `{ scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } }`. */
    readonly fsx?: Readonly<Record<string, FsxVolumeInput>>;
}
/** Where a volume can be claimed. */
export interface VolumeFields {
    /** Namespaces that get a claim with the volume's name. Missing namespaces are created, and never deleted. Default: `["default"]`. Example: `["training", "evaluation"]`. */
    readonly namespaces?: readonly string[];
}
/** A bucket as a read-only folder. */
export interface BucketVolumeInput extends VolumeFields {
    /** The bucket's name. Example: `"acme-data"`. */
    readonly bucket: string;
    /** Its region. Default: the cluster's. Example: `"us-east-1"`. */
    readonly region?: string;
    /** ARN of the KMS key that encrypts the bucket; not needed for S3's own encryption. Default: none. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
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
    /** Its mount name, which `aws fsx describe-file-systems` shows. Example: `"abcdef01"`. */
    readonly mountName: string;
    /** Its DNS name. Default: `<id>.fsx.<region>.amazonaws.com`. Example: `"fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com"`. */
    readonly dnsName?: string;
}
/** What the user writes about how a pool's nodes are set up: image pulls, user data, GPU sharing. */
/** How a pool's nodes are set up. */
export interface NodeKnobs {
    /** How images are pulled: several layers, and several parts of each, at a time (SOCI's parallel mode, which works with any image), or layer by layer, as containerd does. Parallel pulls need fast disks (local NVMe disks in a RAID0, or a `diskThroughput` of at least 600) and a registry that serves ranges, as ECR does; on AL2023 they are an experimental feature of nodeadm. Default: `"parallel"` on GPU nodes with Bottlerocket and fast disks, `"standard"` on others. Example: `"standard"`. */
    readonly imagePull?: "parallel" | "standard";
    /** User data that the nodes read at boot, in addition to what unitune and Karpenter write: settings in TOML for Bottlerocket; for AL2023 a NodeConfig in YAML, a shell script, or both as MIME parts. At most 12,000 bytes. It must not contain secrets: anyone who can read node classes and every pod that can reach the node's metadata can read it. Default: none. Example: `"[settings.kernel.sysctl]\n\"vm.max_map_count\" = \"262144\"\n"`. */
    readonly userData?: string;
}
/** Part of a GPU, as NVIDIA names it: sevenths of its processors, and memory. */
export type MigProfile = `${number}g.${number}gb`;
/** Several pods on one GPU: they take turns, or each has its own part. */
export type SharingInput = {
    /** Number of pods that take turns on a GPU, 2 to 48. Each sees all of the GPU's memory and is not isolated from the others. Example: `4`. */
    readonly timeSlicing: number;
    readonly mig?: never;
} | {
    /** Size of the equal parts into which every GPU is divided, each with its own processors and memory. Only for a100, h100, h200 and b200, and without NVLink between GPUs. Example: `"1g.10gb"`. */
    readonly mig: MigProfile;
    readonly timeSlicing?: never;
};
/** How a pool's GPUs are assigned to pods. */
export interface GpuKnobs {
    /** Lets several pods share one GPU, each requesting `nvidia.com/gpu: 1`. Requires Bottlerocket, no `efa`, and nodes that all have the same number of GPUs. Karpenter counts whole GPUs when it launches nodes, so a burst of pods can launch as many nodes as if each pod needed a whole GPU; those that stay empty are removed again. `maxGpus` therefore limits whole nodes, and `replicas` is the better choice. Default: GPUs are not shared. Example: `{ timeSlicing: 4 }`. */
    readonly sharing?: SharingInput;
}
/** A taint of a pool's nodes. */
export interface TaintInput {
    /** Key. Example: `"example.com/team"`. */
    readonly key: string;
    /** Value. Default: `"true"`. */
    readonly value?: string;
    /** What happens to pods that do not tolerate the taint. Default: `"NoSchedule"`. */
    readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}
/** Machine image of the nodes: a family, or a family with an exact release. */
export type Ami = "bottlerocket" | "al2023" | `bottlerocket@v${string}` | `al2023@v${string}`;
/** A limit on how many nodes are removed at once. */
export interface BudgetInput {
    /** Maximum number of nodes removed at once: a number, or a percentage of the pool. Example: `"10%"`, `2`, `0`. */
    readonly nodes: number | `${number}%`;
    /** The reasons for removal that it limits. Default: all three. Example: `["Drifted"]`. */
    readonly reasons?: readonly ("Empty" | "Drifted" | "Underutilized")[];
    /** When the budget starts to apply, in cron's five fields or `@daily`, UTC; requires `duration`. Default: it always applies. Example: `"0 9 * * mon-fri"`. */
    readonly schedule?: string;
    /** How long the budget applies after each time in `schedule`, 1m to 168h; requires `schedule`. Default: none. Example: `"8h"`. */
    readonly duration?: `${number}${"m" | "h"}`;
}
/** Which nodes Karpenter removes to save money, and when. */
export interface ConsolidationInput {
    /** Which nodes to remove. Default: `"WhenEmptyOrUnderutilized"`; for GPU nodes `"WhenEmpty"`. */
    readonly policy?: "WhenEmpty" | "WhenEmptyOrUnderutilized";
    /** How long to wait after a pod was last added to or removed from the node, 0s to 168h, or `"Never"`. Default: `"1m"`; for GPU nodes `"5m"`. */
    readonly after?: Duration | "Never";
}
/** Fields of every pool. */
export interface PoolFields extends NodeKnobs {
    /** Labels of the nodes. Default: only unitune's own. Example: `{ "example.com/team": "research" }`. */
    readonly labels?: Readonly<Record<string, string>>;
    /** Taints of the nodes, in addition to those that every pool of this kind has. Default: none. Example: `[{ key: "example.com/team", value: "research" }]`. */
    readonly taints?: readonly TaintInput[];
    /** Availability zones, either by name or by id. Default: all zones of the network. Example: `["us-west-2a"]`, `["usw2-az1"]`. */
    readonly zones?: readonly string[];
    /** Throughput of the data volume in MiB/s, 125 to 2000. Default: 600 for the builder pool that unitune adds, and for GPU nodes whose local disks are not in a RAID0; 125 for others. Example: `500`. */
    readonly diskThroughput?: number;
    /** IOPS of the data volume, 3000 to 80000. Default: 3000, or four per MiB/s if that is more, as EBS requires. Example: `6000`. */
    readonly diskIops?: number;
    /** What to do with local NVMe disks, on instances that have them: combine them into one RAID0 for images and pods, or leave them unused. Default: `"raid0"` for GPU nodes, `"none"` for others. */
    readonly instanceStore?: "raid0" | "none";
    /** Machine image. A family without a release means the release that this version of unitune pins for the cluster's Kubernetes version. `@latest` is not allowed, because it would replace nodes unexpectedly. Default: `"bottlerocket"`. Example: `"al2023@v20261023"`. */
    readonly ami?: Ami;
    /** When Karpenter removes nodes to save money. Default: one minute after fewer or smaller nodes would do; for GPU nodes, five minutes after their last pod has gone. Example: `{ policy: "WhenEmpty", after: "10m" }`. */
    readonly consolidation?: ConsolidationInput;
    /** Limits on how many nodes are removed at once, at most 50 budgets. For each reason the strictest budget applies. Karpenter rounds percentages up, so 10% of one busy node is that node. Default: all empty nodes, and 10% of the others; GPU nodes that only differ from their pool (`Drifted`) are kept until they are empty, and then get a new machine image or class; pools with spot capacity that images are built on lose only empty nodes. Example: `[{ nodes: "100%", reasons: ["Empty"] }, { nodes: 1, reasons: ["Drifted"], schedule: "0 2 * * sat", duration: "8h" }]`. */
    readonly budgets?: readonly BudgetInput[];
    /** Age at which a node is replaced, 1h to 8760h, or `"Never"`. Default: `"720h"`; for GPU nodes `"Never"`. */
    readonly expireAfter?: Duration | "Never";
    /** How long a draining node waits for its pods before it stops them, 0s to 168h. Default: until they finish. Example: `"30m"`. */
    readonly terminationGracePeriod?: Duration;
}
/** A pool that grows and shrinks with its pods, up to a limit; or a pool with a fixed number of nodes. */
export type Scale<Limit extends string> = ({
    readonly [K in Limit]: number;
} & {
    readonly replicas?: never;
    /** Weight, 1 to 100. Pools with a higher weight are tried first. Default: none. Example: `10`. */
    readonly weight?: number;
}) | ({
    readonly [K in Limit]?: never;
} & {
    /** Fixed number of nodes, 1 to 1000; requires `karpenter.gates.staticCapacity`. Example: `2`. */
    readonly replicas: number;
    readonly weight?: never;
});
/** Capacity without a reservation. The order must match Karpenter's fixed order of preference. */
export type OpenCapacity = readonly ["spot"] | readonly ["on-demand", ...OnDemandIsLast[]] | readonly ["spot", "on-demand"];
/** No value has this type: editors show its name when the order is wrong. */
export interface OnDemandIsLast {
    /** Karpenter prefers reserved capacity, then spot, then on-demand. */
    readonly [karpenterPrefers: symbol]: never;
}
/** Capacity that starts with a reservation. */
export type ReservedCapacity = readonly ["reserved"] | readonly ["reserved", "spot"] | readonly ["reserved", "on-demand"] | readonly ["reserved", "spot", "on-demand"];
/** Fields of a pool of nodes without GPUs. */
export interface CpuPoolFields extends PoolFields {
    /** Processor architectures. Default: `["amd64"]`. */
    readonly arch?: readonly Arch[];
    /** Types of capacity to use. Default: `["spot", "on-demand"]`. */
    readonly capacity?: OpenCapacity;
    /** Data volume of a node, 20Gi to 16Ti. Default: `"100Gi"`; `"20Gi"` (AL2023: `"50Gi"`) if images and pods are on a RAID0 of local disks, which all of the pool's types must have. */
    readonly disk?: Size;
    /** Instance categories (`"c"`), families (`"c7i"`) or exact types (`"m7i.2xlarge"`), not mixed. Default: `["c", "m", "r"]`. */
    readonly families?: readonly string[];
}
/** `maxCpus`: maximum vCPUs of the pool, 1 to 100000. Example: `256`. */
export type CpuPoolInput = CpuPoolFields & Scale<"maxCpus">;
/** Fields of a pool of nodes with GPUs. */
export interface GpuPoolFields<G extends GpuName> extends PoolFields, GpuKnobs {
    /** The GPU, or a list of GPUs of which any may be used, each at most once. Memory of one GPU in MiB, as EC2 reports it: t4 16384, a10g and l4 22888, rtx-pro-4500 32768, l40s 45776, h100 81920, rtx-pro-server-6000 98304, h200 144384, b200 183359, b300 275040; `a100` means either `a100-40gb` or `a100-80gb`. Example: `"l40s"`, `["l40s", "a10g"]`. */
    readonly gpu: G | readonly [G, ...G[]];
    /** Number of GPUs per node. Default: any number in which the GPU is available. Example: `4`. */
    readonly gpusPerNode?: GpusPerNode<G>;
    /** Data volume of a node, 20Gi to 16Ti. Default: `"500Gi"`; `"20Gi"` (AL2023: `"50Gi"`) if images and pods are on a RAID0 of local disks, which all of today's GPU types have. Example: `"1Ti"`. */
    readonly disk?: Size;
    /** Placement group of the nodes, by which EC2 places them close to each other: `"cluster"` for a group with the cluster strategy that the stack creates for this pool, in the zone of its first node; or an existing group with any strategy. Default: none. Example: `"cluster"`, `{ name: "training" }`. */
    readonly placementGroup?: "cluster" | PlacementGroupInput;
}
/** Types of capacity to use, with or without a reservation. */
export type GpuCapacity = UnreservedGpuCapacity | ReservedGpuCapacity;
/** Types of capacity to use without a reservation. */
export interface UnreservedGpuCapacity {
    /** Types of capacity to use. Default: `["on-demand"]`. */
    readonly capacity?: OpenCapacity;
    /** Requires `capacity: ["reserved"]`. */
    readonly reservation?: never;
}
/** Types of capacity to use with a reservation. */
export interface ReservedGpuCapacity {
    /** Types of capacity to use, `"reserved"` first. Example: `["reserved", "on-demand"]`. */
    readonly capacity: ReservedCapacity;
    /** Capacity reservations or Capacity Blocks to use. Example: `{ ids: ["cr-0123456789abcdef0"] }`. */
    readonly reservation: ReservationInput;
}
/** Capacity reservations, by their ids or by their tags. */
export type ReservationInput = {
    /** Ids of the reservations. Example: `["cr-0123456789abcdef0"]`. */
    readonly ids: readonly `cr-${string}`[];
    readonly tags?: never;
    readonly owner?: never;
} | {
    /** Tags of the reservations, 1 to 20. Example: `{ team: "research" }`. */
    readonly tags: Readonly<Record<string, string>>;
    /** The account that owns the reservations, 12 digits. Default: any, your own account or one that shares reservations with it. Example: `"123456789012"`. */
    readonly owner?: string;
    readonly ids?: never;
};
/** The network between nodes, and the instance types that support it. */
export type GpuNetwork<G extends GpuName> = PlainNetworkInput<G> | EfaInput<G>;
/** Nodes that reach each other over IP only. */
export interface PlainNetworkInput<G extends GpuName> {
    /** Whether nodes use the Elastic Fabric Adapter. Default: `false`. */
    readonly efa?: false;
    /** Restricts the pool to these of the GPU's instance types. Default: all types with the right number of GPUs. Example: `["g6e.12xlarge"]`. */
    readonly instanceTypes?: readonly GpuInstanceType<G>[];
}
/** Nodes that reach each other over EFA, always or in some stages. */
export interface EfaInput<G extends GpuName> {
    /** Whether nodes use the Elastic Fabric Adapter. The pool then has only instance types with EFA and lies in one zone, which `zones` must name unless a single reservation is the pool's only capacity or it has `placementGroup: "cluster"`. In a pool with one instance type, the network interfaces are configured in advance, and EFA uses no IP addresses; with several types, Karpenter attaches EFA to nodes for pods that request `vpc.amazonaws.com/efa`. A pool with several types cannot have `replicas`. Example: `true`. */
    readonly efa: boolean;
    /** Restricts the pool to these of the GPU's instance types. Default: all types with EFA and the right number of GPUs. Example: `["g6e.12xlarge"]`. */
    readonly instanceTypes?: readonly EfaInstanceType<G>[];
}
/** An existing placement group, by its name or by its id. */
export type PlacementGroupInput = {
    /** Its name. Example: `"training"`. */
    readonly name: string;
    readonly id?: never;
} | {
    /** Its id. Example: `"pg-0123456789abcdef0"`. */
    readonly id: `pg-${string}`;
    readonly name?: never;
};
/** `maxGpus`: maximum GPUs of the pool, at least those of one node, at most 10000. Example: `16`. */
export type GpuPoolInput<G extends GpuName = GpuName> = GpuPoolFields<G> & GpuCapacity & GpuNetwork<G> & Scale<"maxGpus">;
/** Pools by name: lower-case letters, digits and hyphens, at most 28 characters. */
export type PoolsInput = {
    readonly [name: string]: CpuPoolRef | GpuPoolRef;
};
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
    readonly gates?: {
        readonly [gate in KarpenterGate]?: boolean;
    };
}
/** Karpenter's feature gates; all but `reservedCapacity` (beta) are alpha. */
export type KarpenterGate = "reservedCapacity" | "spotToSpotConsolidation" | "nodeRepair" | "nodeOverlay" | "staticCapacity" | "capacityBuffer";
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
    readonly env: {
        readonly [name: string]: string | undefined;
    };
}
/** Declares the platform: an object, or a function that receives the stage and the allowed environment variables. */
export declare function defineConfig<const P extends PoolsInput, const I extends ImagesInput, const R extends ConfigInput = ConfigInput>(config: ConfigInput<P, I> | ((context: ConfigArguments) => R & Checked<R, ConfigInput>)): DefinedConfig;
/** A pool of nodes without GPUs. */
export declare function cpuPool(pool: CpuPoolInput): CpuPoolRef;
/** A pool of nodes with GPUs, tainted `nvidia.com/gpu=true:NoSchedule`. */
export declare function gpuPool<const G extends GpuName>(pool: GpuPoolInput<G>): GpuPoolRef;
/** An image that is built in the cluster; its key in `images` is its name. */
export declare function image<const C extends string, const N extends Needs = {}, const P extends string = never>(image: ImageInput<C, N, P>): ImageRef<C, N, P>;
/** A Dockerfile for an image with Python and its packages: `image({ context: "./app", dockerfile: python({ … }) })`. */
export declare function python(input: PythonInput): PythonRef;
export {};

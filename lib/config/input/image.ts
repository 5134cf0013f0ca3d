/** What the user writes about an image and about how images are built, field by field. */
import type { TagFacts } from "../../core/git.ts";
import type { Platform } from "../../core/names.ts";
import type { Duration, Size } from "../../core/units.ts";
import type { Needs, PythonRef } from "../resolve/refs.ts";
import type { ProxyInput, PullInput, RegistryInput, RepositoryArn } from "./registries.ts";
import type { SecretInput } from "./secret.ts";

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

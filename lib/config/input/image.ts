/** What the user writes of an image and of how images are built, field by field. */
import type { Platform } from "../../core/names.ts";
import type { Duration, Size } from "../../core/units.ts";
import type { Needs } from "../resolve/refs.ts";

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

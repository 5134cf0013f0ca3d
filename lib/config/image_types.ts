/** Images and how they are built, after resolution. Part of `types.ts`. */
import type { Platform } from "../core/names.ts";
import type { Size } from "../core/units.ts";

/** An image of the config. */
export interface Image {
  /** Its key in `images`. */
  readonly name: string;
  /** ECR repository. */
  readonly repository: string;
  /** Absolute real path of the context's folder. */
  readonly context: string;
  /** Path of the Dockerfile, relative to the context, separated by `/`; it may begin with `../`. */
  readonly dockerfile: string;
  /** Text of the Dockerfile, if it is not a file. */
  readonly dockerfileInline: string | null;
  /** Path of the ignore file, relative to the context; `null`: the one that BuildKit looks for. */
  readonly ignoreFile: string | null;
  /** Target of the Dockerfile; `null`: the last one. */
  readonly target: string | null;
  /** Build arguments, sorted. */
  readonly args: Readonly<Record<string, string>>;
  /** Id → where its value is; the values themselves are not part of a config. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** Id → where a private SSH key is. */
  readonly ssh: Readonly<Record<string, SecretSource>>;
  /** Name in the Dockerfile's `FROM` → name of the image. */
  readonly needs: Readonly<Record<string, string>>;
  /** What else the Dockerfile names, besides stages and `needs`; sorted by name. */
  readonly contexts: Readonly<Record<string, NamedSource>>;
  /** Platforms to build for. */
  readonly platforms: readonly Platform[];
  /** Additional tags. */
  readonly tags: readonly ImageTag[];
  /** Whether the tags are from a function of what Git knows: another commit has others. */
  readonly gitTags: boolean;
  /** OCI labels, sorted. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the pool to build on. */
  readonly pool: string;
  /** Resource requests of the build container; those of memory and disk are its limits, too. */
  readonly resources: { readonly cpu: string; readonly memory: Size; readonly disk: Size };
  /** The default requests that were lowered to what the nodes of its pool have. */
  readonly lowered: readonly ("cpu" | "memory" | "disk")[];
  /** What is cached for later builds. */
  readonly cache: "max" | "min" | "none";
  /** The provenance attestation that is stored beside the image. */
  readonly provenance: "none" | "min" | "max";
  /** Whether a list of its packages is stored beside the image. */
  readonly sbom: boolean;
  /** How its layers are compressed. */
  readonly compression: "gzip" | "zstd";
  /** The permissions of the context's files in it: as Git keeps them, or as they are on disk. */
  readonly permissions: "git" | "exact";
  /** Whether a rebuild gives the same bytes, as far as its steps do. */
  readonly reproducible: boolean;
  /** How old it may be before it is built again; `null`: any age. */
  readonly maxAgeSeconds: number | null;
  /** How long a build may run before it fails. */
  readonly timeoutSeconds: number;
}

/** A folder, by its absolute real path, or an image of a registry, as `FROM` would name it. */
export type NamedSource = { readonly folder: string } | { readonly image: string };

/** Where a secret's value is: in an environment variable, or in a file, as written, relative to the config's folder. */
export type SecretSource = { readonly env: string } | { readonly file: string };

/** A tag of an image. */
export interface ImageTag {
  /** The tag. */
  readonly name: string;
  /** Whether it may move to another digest. Such tags are excluded from the repository's immutability. */
  readonly moves: boolean;
}

/** Root in the pod's user namespace, uid 1000 with BuildKit's own user namespaces, or root on the node. */
export type Isolation = "userns" | "rootless" | "privileged";

/** How images are built. */
export interface Builder {
  /** Name of the pool for builds of images that do not name their own. */
  readonly pool: string;
  /** Number of builds at the same time. */
  readonly concurrency: number;
  /** How BuildKit is isolated from its node. */
  readonly isolation: Isolation;
  /** Image reference of BuildKit. */
  readonly image: string;
  /** Image that fetches the build context and logs in to ECR. */
  readonly fetcher: string;
  /** Image that lists the packages of a built image. */
  readonly sbomScanner: string;
  /** ECR repositories that builds read besides their own, and caches that they may fill: `host/repository`, or `host/prefix/*`. */
  readonly pulls: readonly string[];
  /** ECR repositories that builds only read, in the same form. */
  readonly reads: readonly string[];
  /** The volumes that hold BuildKit's state between builds; `null`: there are none. */
  readonly cache: { readonly size: Size } | null;
  /** How long a finished Job is kept. */
  readonly ttlSeconds: number;
  /** How long a build's pod may wait for a node. */
  readonly nodeTimeoutSeconds: number;
  /** Sorted by host. */
  readonly registries: readonly Registry[];
  /** The proxy that builds use. */
  readonly proxy: Proxy | null;
  /** Addresses that builds may reach besides DNS, AWS and the Internet. */
  readonly network: { readonly allow: readonly Reach[] };
}

/** Addresses that builds may reach, and the ports there, of TCP and UDP. */
export interface Reach {
  /** IPv4 range. */
  readonly range: string;
  /** Sorted. */
  readonly ports: readonly number[];
}

/** How BuildKit reaches a registry. */
export interface Registry {
  /** As written in `FROM`. */
  readonly host: string;
  /** Host, or host and path, to try first. */
  readonly mirror: string | null;
  /** Applies to the mirror, or to the registry itself if it has no mirror; so does `ca`. */
  readonly plainHttp: boolean;
  /** Additional certificates (PEM) to trust. */
  readonly ca: string | null;
  /** Login to the registry itself. */
  readonly auth: RegistryAuth | null;
}

/** A proxy, by protocol. */
export interface Proxy {
  /** Of plain HTTP: `http://host:port`. */
  readonly http: string | null;
  /** Of HTTPS: `http://host:port`. */
  readonly https: string | null;
  /** What is reached without it. */
  readonly no: readonly string[];
}

/** A login whose password is not part of the config. */
export interface RegistryAuth {
  /** Name of the user. */
  readonly username: string;
  /** Where to find the password or token. */
  readonly password: SecretSource;
}

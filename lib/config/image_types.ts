/** Images and how they are built, resolved. Part of `types.ts`. */
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
  /** Path of the Dockerfile, relative to the context, `/` between parts. */
  readonly dockerfile: string;
  /** Path of the ignore file, as the Dockerfile's; `null`: the one that BuildKit looks for. */
  readonly ignoreFile: string | null;
  /** Target of the Dockerfile; `null`: its last. */
  readonly target: string | null;
  /** Build arguments, sorted. */
  readonly args: Readonly<Record<string, string>>;
  /** Id → where its value is; values are no part of a config. */
  readonly secrets: Readonly<Record<string, SecretSource>>;
  /** Name in the Dockerfile's `FROM` → name of the image. */
  readonly needs: Readonly<Record<string, string>>;
  /** What is built. */
  readonly platforms: readonly Platform[];
  /** Further tags. */
  readonly tags: readonly ImageTag[];
  /** OCI labels, sorted. */
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the pool that it is built on. */
  readonly pool: string;
  /** Requests of the build container. */
  readonly resources: { readonly cpu: string; readonly memory: Size };
  /** What later builds find. */
  readonly cache: "max" | "min" | "none";
  /** What the registry holds beside it about its build. */
  readonly provenance: "none" | "min" | "max";
  /** Is the list of its packages there too? */
  readonly sbom: boolean;
  /** When a build is given up. */
  readonly timeoutSeconds: number;
}

/** Where a secret's value is read: a variable's name, or a file as it was written, relative to the config's folder. */
export type SecretSource = { readonly env: string } | { readonly file: string };

/** A tag of an image. */
export interface ImageTag {
  /** The tag. */
  readonly name: string;
  /** May it be moved to another digest? Such tags are excluded from the repository's immutability. */
  readonly moves: boolean;
}

/** Root in a user namespace of the pod, uid 1000 with user namespaces of BuildKit's own, or root of the node. */
export type Isolation = "userns" | "rootless" | "privileged";

/** How images are built. */
export interface Builder {
  /** Name of the pool that builds run on, but for images that name another. */
  readonly pool: string;
  /** Builds at the same time. */
  readonly concurrency: number;
  /** How BuildKit is kept from the node that it runs on. */
  readonly isolation: Isolation;
  /** Image reference of BuildKit. */
  readonly image: string;
  /** Image that fetches the build context and logs in to ECR. */
  readonly fetcher: string;
  /** Image that lists the packages of a built one. */
  readonly sbomScanner: string;
  /** Repositories of ECR that builds read besides their own: `host/repository`, or `host/prefix/*`. */
  readonly pulls: readonly string[];
  /** How long a finished Job is kept. */
  readonly ttlSeconds: number;
  /** How long a build's pod may wait for a node. */
  readonly nodeTimeoutSeconds: number;
  /** Sorted by host. */
  readonly registries: readonly Registry[];
}

/** How BuildKit reaches a registry. */
export interface Registry {
  /** As it stands in `FROM`. */
  readonly host: string;
  /** Host, with a path or without, that is asked first. */
  readonly mirror: string | null;
  /** Of the mirror, or of the registry itself when it has none; as is `ca`. */
  readonly plainHttp: boolean;
  /** Certificates (PEM) to trust besides the public ones. */
  readonly ca: string | null;
}

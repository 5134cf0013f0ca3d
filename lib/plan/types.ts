/**
 * Desired: what should exist, as plain data. Changes: the frozen list of steps that leads there.
 * Config types are re-exported here, so that `infra`, `images` and `cluster` need not import `lib/config`.
 */
import type { Config, Image, Pool } from "../config/types.ts";
import type { Platform } from "../core/names.ts";
import type { FieldChange } from "../core/fields.ts";
import type { Finding } from "../core/findings.ts";
import type { AccessPurpose, Identity, KubeRef, StackDiff, StackDrift } from "../core/ports.ts";
import type { Roll } from "./rolls.ts";

export type {
  AddOn,
  Builder,
  Cluster,
  Config,
  CpuPool,
  Endpoint,
  ExistingNetwork,
  GpuPool,
  Iam,
  Image,
  Isolation,
  OwnNetwork,
  Pool,
  Proxy,
  Registry,
  Reservation,
  Rights,
  Sharing,
  Volume,
} from "../config/types.ts";

/** What is known about a build context before anything is uploaded. */
export interface ContextFacts extends FolderFacts {
  /** sha256 of the Dockerfile's bytes, hex. */
  readonly dockerfileDigest: string;
  /** The folders among its named contexts, by name. */
  readonly folders: Readonly<Record<string, FolderFacts>>;
}

/** What is known about a folder before anything is uploaded. */
export interface FolderFacts {
  /** sha256 over the sorted entries and their contents, hex. */
  readonly digest: string;
  /** Sum of the files' sizes. */
  readonly bytes: number;
}

/** The build of an image: everything that can change its result, and the key over it. */
export interface BuildSpec {
  /** The image. */
  readonly image: Image;
  /** 64 hex digits. */
  readonly key: string;
  /** What the key is made of, each part as a short hash. */
  readonly parts: Readonly<Record<string, string>>;
  /** Its context. */
  readonly context: ContextFacts;
  /** The images that it starts from, with the keys of their builds. */
  readonly needs: readonly { readonly alias: string; readonly image: string; readonly key: string }[];
}

/** Values known only after a deployment: outputs of `<name>-eks`, and the caller's account. */
export interface Deployed {
  readonly account: string;
  readonly region: string;
  readonly nodeRoleName: string;
  readonly queueName: string;
  readonly contextBucket: string;
  readonly pushRoleArn: string;
  /** Pool → name of the placement group that the stack created for it. */
  readonly placementGroups: Readonly<Record<string, string>>;
}

/** Where a context is stored: the list of its segments is itself an object. */
interface StoredContext {
  readonly bucket: string;
  /** Key of the list, and the sha256 (hex) of its bytes. */
  readonly listKey: string;
  readonly listDigest: string;
}

/** What a build does not take from earlier ones. */
export interface Fresh {
  /** Every step runs, whatever a cache holds. */
  readonly noCache?: boolean | undefined;
  /** Tags of base images are looked up in their registries. */
  readonly pull?: boolean | undefined;
}

/** One Job: one platform of one image. */
export interface JobSpec {
  readonly name: string;
  readonly build: BuildSpec;
  readonly platform: Platform;
  /** Tag that the Job pushes. */
  readonly tag: string;
  readonly context: StoredContext;
  /** Alias in the Dockerfile → `registry/repository@sha256:…`. */
  readonly needs: Readonly<Record<string, string>>;
  readonly fresh: Fresh;
  /** Whether to read the cache in the repository: it must exist. */
  readonly importsCache: boolean;
  /** The claim of the volume that keeps BuildKit's state; `null`: the state ends with the pod. */
  readonly cacheClaim: string | null;
  readonly registry: string;
  readonly pushRoleArn: string;
  readonly pool: Pool;
}

/** An upgrade by one minor version of Kubernetes, and its place on the way. */
export interface VersionStep {
  /** `1.34`. */
  readonly from: string;
  /** `1.35`. */
  readonly to: string;
  /** 1 for the first. */
  readonly step: number;
  /** Number of steps on the way. */
  readonly of: number;
}

/** What a step does to its resources. */
export type Action = "create" | "update" | "none";

/** A change to an access entry of the cluster. */
export interface AccessChange {
  /** What apply does to it. */
  readonly action: "create" | "update" | "delete";
  /** Its IAM role or user. */
  readonly principalArn: string;
  /** Why it exists, or existed. */
  readonly purpose: AccessPurpose;
}

/** A step of apply. `after` holds the ids of steps that must be done before it. */
export type Change =
  | {
    readonly kind: "bootstrap";
    readonly id: "bootstrap";
    readonly after: readonly string[];
    readonly action: Action;
    /** Policies of the role that CloudFormation uses: those that it has, or those that it gets if it is new. */
    readonly policies: readonly string[];
  }
  | {
    readonly kind: "stacks";
    readonly id: "stacks";
    readonly after: readonly string[];
    readonly action: Action;
    readonly diffs: readonly StackDiff[];
    /** The last step to the config's version of Kubernetes, if the cluster has another one. */
    readonly kubernetes: VersionStep | null;
    /** What was changed outside of CloudFormation, if it was looked for. */
    readonly drift?: readonly StackDrift[];
    /** Is that changed back? */
    readonly revertDrift?: true;
  }
  | {
    /** The stacks at a version of Kubernetes on the way to the config's: the cluster's current one, or one between. */
    readonly kind: "kubernetes";
    readonly id: string;
    readonly after: readonly string[];
    readonly action: "update";
    readonly version: string;
    /** `null`: the deployed version, with everything else as in the config. */
    readonly kubernetes: VersionStep | null;
  }
  | {
    readonly kind: "access";
    readonly id: "access";
    readonly after: readonly string[];
    readonly action: Action;
    /** Access entries of the caller and of the config's admins. */
    readonly entries: readonly AccessChange[];
  }
  | {
    readonly kind: "charts";
    readonly id: "charts";
    readonly after: readonly string[];
    readonly action: Action;
    readonly version: string;
    /** The version that the cluster has; `null`: none, or it could not be read. */
    readonly installed: string | null;
  }
  | {
    readonly kind: "object";
    readonly id: string;
    readonly after: readonly string[];
    readonly action: Action;
    readonly ref: KubeRef;
    /** Of an update: what changes. */
    readonly fields?: readonly FieldChange[];
    /** Is it deleted and created again, as the server does not let it be changed? */
    readonly replaced?: true;
  }
  | {
    /** Waits until Karpenter reports the pool as Ready; `none`: it is, and nothing before it changes. */
    readonly kind: "ready";
    readonly id: string;
    readonly after: readonly string[];
    readonly action: "wait" | "none";
    readonly pool: string;
    /** The nodes that Karpenter replaces because of this plan. */
    readonly rolls?: Roll;
  }
  | {
    readonly kind: "prune";
    readonly id: string;
    readonly after: readonly string[];
    readonly action: "delete";
    readonly ref: KubeRef;
    /** Of a pool: its nodes, which are drained and end with it. */
    readonly rolls?: Roll;
  }
  | {
    /** A repository that no stack declares, for an image that is not in a config. */
    readonly kind: "repository";
    readonly id: string;
    readonly after: readonly string[];
    readonly action: "create" | "none";
    readonly repository: string;
  }
  | {
    readonly kind: "build";
    readonly id: string;
    readonly after: readonly string[];
    readonly action: "build" | "reuse";
    readonly image: string;
    readonly key: string;
    /** Built even if the registry has it. */
    readonly force: boolean;
    /** Built without any cache. */
    readonly noCache: boolean;
    /** Built with base images that are looked up again. */
    readonly pull: boolean;
    /** Why it is built, or what is reused. */
    readonly because: string;
  };

type ChangeKind = Change["kind"];

/** What would be done, frozen: the plan that was shown is the plan that runs. */
export interface Plan {
  /** The config that it was created from. */
  readonly config: Config;
  /** Whose account and credentials it was planned with; `null`: offline. */
  readonly caller: Identity | null;
  /** The builds of all images, in order. */
  readonly builds: readonly BuildSpec[];
  /** The steps. */
  readonly changes: readonly Change[];
  /** Code → the account's value of each quota that was read. */
  readonly quotas?: Readonly<Record<string, number>>;
  /** Problems that refuse nothing, and what could not be checked. */
  readonly findings: readonly Finding[];
  /** Which answers are less reliable and why: offline, read-only rights. */
  readonly notes: readonly string[];
}

/**
 * The interfaces of all effects: as wide as their use, without SDK types.
 * Adapters in `lib/adapters` implement them; fakes for unit tests pass the same contract suites.
 */
import type { LeftoverKind } from "./facts/leftovers.ts";
import type { RepositorySettings } from "./facts/repositories.ts";
import type { KubePort } from "./kube_port.ts";
import type { NetworkPort } from "./network_ports.ts";
import type { StackPort } from "./stack_ports.ts";

export type { KubeObject, KubeRef } from "./kube.ts";
export type { KubePort, KubeSelector, WatchEvent } from "./kube_port.ts";
export type {
  DeployOptions,
  DriftedResource,
  ExecutionPolicy,
  StackChange,
  StackDiff,
  StackDrift,
  StackPort,
  Task,
} from "./stack_ports.ts";
export type { NetworkPort, Offering, RouteTable, Subnet, Vpc, VpcEndpoint, Zone } from "./network_ports.ts";

/** Whose credentials are used. */
export interface Identity {
  /** The account. */
  readonly account: string;
  /** The caller; for a role session its role, with path. */
  readonly principalArn: string;
  /** `aws`, `aws-cn`, … */
  readonly partition: string;
}

export interface IdentityPort {
  caller(): Promise<Identity>;
}

/** Tags of a resource: key → value. */
export type Tags = Readonly<Record<string, string>>;

/** Whose the resources of AWS are that have names of ours, by their tags. `null`: it does not exist. Reads only. */
export interface OwnersPort {
  /** An empty shell, which an interrupted run left, counts as none. */
  stack(name: string): Promise<Tags | null>;
  /** Was there a stack of this name with these tags? CloudFormation remembers deleted stacks for 90 days. */
  hadStack(name: string, tags: Tags): Promise<boolean>;
  repository(name: string): Promise<Tags | null>;
  /** Fails for a bucket of another account. */
  bucket(name: string, account: string): Promise<Tags | null>;
}

export interface ClusterInfo {
  readonly name: string;
  readonly status: string;
  readonly endpoint: string;
  readonly caData: string;
  readonly version: string;
  readonly vpcId: string;
  /** The subnets of its control plane. */
  readonly subnetIds: readonly string[];
  /** The range of the addresses of Services. */
  readonly serviceCidr: string;
  readonly tags: Tags;
}

/** Why unitune created an access entry. */
export type AccessPurpose = "admin" | "caller";

/** An access entry of EKS: a principal that may use the cluster. */
export interface AccessEntry {
  readonly principalArn: string;
  /** Did unitune create it, for this cluster? */
  readonly ours: boolean;
  /** `null`: not known. */
  readonly purpose: AccessPurpose | null;
  /** Does it grant cluster-admin? */
  readonly isAdmin: boolean;
}

export interface EksPort {
  cluster(name: string): Promise<ClusterInfo | null>;
  /** Versions of an add-on that EKS offers for a version of Kubernetes; none if it does not offer the add-on. */
  addOnVersions(name: string, kubernetes: string): Promise<readonly string[]>;
  /** The cluster's entries, without those of nodes. */
  accessEntries(cluster: string): Promise<readonly AccessEntry[]>;
  /**
   * Creates the principal's access entry with cluster-admin when it is missing, or updates the purpose and rights of
   * one that unitune created; returns whether anything changed. Entries that unitune did not create stay as they are.
   */
  grantAccess(cluster: string, principalArn: string, purpose: AccessPurpose): Promise<boolean>;
  /** Deletes the principal's entry; `false` when there was none that unitune created. */
  revokeAccess(cluster: string, principalArn: string): Promise<boolean>;
  /** A bearer token for the API server, and when to request a new one. */
  token(cluster: string): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** Does the service-linked role for spot exist? */
  hasSpotRole(): Promise<boolean>;
  /** Creates the service-linked role for spot when it is missing; returns whether it was. */
  ensureSpotRole(): Promise<boolean>;
}

interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: number;
  /** Compressed, as the registry stores it; of several platforms the largest. `null`: not told. */
  readonly bytes: number | null;
}

export interface RegistryPort {
  /** The image of a tag; `null` when the tag or the repository does not exist. */
  find(repository: string, tag: string): Promise<RegistryImage | null>;
  /** The image that was pushed last under the tag of a build (`src-…`); `null` if there is none, or no repository. */
  newest(repository: string): Promise<{ readonly digest: string; readonly tag: string } | null>;
  /** The manifest of a tag or digest: its bytes as stored, with their media type and digest. */
  manifest(
    repository: string,
    reference: string,
  ): Promise<{ readonly digest: string; readonly mediaType: string; readonly body: string } | null>;
  /** Pushes a manifest under a tag: an index of several platforms, or another tag for a digest. */
  putManifest(
    repository: string,
    tag: string,
    manifest: { mediaType: string; body: string },
  ): Promise<{ digest: string }>;
  /** Names of the repositories that carry this cluster's tag. */
  repositories(cluster: string): Promise<readonly string[]>;
  /**
   * Creates the repository, tagged as this cluster's, when it is missing; returns whether it did. An existing one gets
   * the lifecycle policy of the settings; every image in it that has a tag is kept.
   */
  ensureRepository(name: string, cluster: string, settings: RepositorySettings): Promise<boolean>;
  /** Deletes the repository with its images; `false` when it did not exist. */
  removeRepository(name: string): Promise<boolean>;
}

/** The S3 bucket of build contexts. */
export interface ContextStorePort {
  /** When the object was stored, and the time now, both in ms by the store's clock; `null` when it does not exist. */
  stat(key: string): Promise<{ readonly storedAt: number; readonly now: number; readonly bytes: number } | null>;
  put(key: string, body: Uint8Array): Promise<void>;
  /** Deletes every object and unfinished upload; returns their number. */
  empty(): Promise<number>;
}

/** A resource that a cluster left in the account: found by its tags, or by a name that only it can have. */
export interface Leftover {
  readonly kind: LeftoverKind;
  readonly id: string;
  /** Is only the cluster's name on it, and no tag of unitune's? */
  readonly unmarked?: true;
}

/** What Karpenter or EKS may leave behind when a cluster is deleted. */
export interface LeftoversPort {
  /** The kinds that `find` looks for. */
  readonly kinds: readonly LeftoverKind[];
  find(cluster: string): Promise<readonly Leftover[]>;
  /** Disks of claims, found by the tags of their StorageClass: data of users, which outlives the cluster. */
  disks(cluster: string): Promise<readonly Leftover[]>;
  /** Returns `false` if AWS refuses because something still uses it. */
  remove(leftover: Leftover): Promise<boolean>;
}

/** AWS's public parameters in SSM: the names under which it publishes machine images. Reads only. */
export interface ParametersPort {
  /** Those of the names that exist. */
  known(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Name → value, for those that exist. */
  values(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Names of all parameters below a path. */
  below(path: string): Promise<readonly string[]>;
}

/** A capacity reservation of EC2, or a Capacity Block. */
export interface CapacityReservation {
  readonly id: string;
  /** The account that owns it; it may be shared from there. */
  readonly owner: string;
  /** `active`, `scheduled`, `payment-pending`, `expired`, … */
  readonly state: string;
  readonly instanceType: string;
  /** `Linux/UNIX`, … */
  readonly platform: string;
  /** The account's name for the zone. */
  readonly zone: string;
  readonly zoneId: string;
  readonly block: boolean;
  /** Does any matching instance in the account use it, or only instances that target it? */
  readonly open: boolean;
  readonly instances: number;
  /** How many of those are not in use now. */
  readonly free: number;
  /** ms; `null`: not set. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
}

/** Capacity reservations that the account has, or that are shared with it. Reads only. */
export interface CapacityPort {
  /** Those of the ids that exist. */
  reservations(ids: readonly string[]): Promise<readonly CapacityReservation[]>;
  /** Those that have all of the tags; of `owner` only, if it is not `null`. */
  tagged(tags: Readonly<Record<string, string>>, owner: string | null): Promise<readonly CapacityReservation[]>;
}

/** What pools need to know about a placement group. */
export interface PlacementGroup {
  /** `available`, `pending`, … */
  readonly state: string;
  /** `cluster`, `spread` or `partition`. */
  readonly strategy: string;
}

/** Placement groups that unitune did not create. Reads only. */
export interface PlacementPort {
  /** `null` when the account has no group of the name or id. */
  group(selector: { readonly name: string } | { readonly id: string }): Promise<PlacementGroup | null>;
}

/** What volumes need to know about a KMS key. */
export interface EncryptionKey {
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly state: string;
  /** EBS accepts only symmetric keys. */
  readonly symmetric: boolean;
}

/** A grant of a key: rights besides those of its policy. */
export interface KeyGrant {
  /** ARN, or the name of a service. */
  readonly grantee: string;
  readonly operations: readonly string[];
}

/** KMS keys that unitune did not create. Reads only. */
export interface KeysPort {
  /** `null` when it does not exist. */
  key(arn: string): Promise<EncryptionKey | null>;
  /** The key's policy, as JSON. */
  policy(arn: string): Promise<string>;
  grants(arn: string): Promise<readonly KeyGrant[]>;
}

/** Conditions of a policy: operator → key → the values that it accepts. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** An IAM action on resources. */
export interface Permission {
  /** `ecr:PutImage`. */
  readonly action: string;
  /** ARNs or patterns of them; `*` for all. */
  readonly resources: readonly string[];
  /** Conditions that a policy may use, and that hold for our calls. */
  readonly when?: Conditions | undefined;
}

/** IAM's decision on one action and resource. `unsure`: it depends on a condition that only the real call decides. */
export interface Decision {
  readonly action: string;
  readonly resource: string;
  readonly decision: "allowed" | "denied" | "unsure";
}

/** IAM's simulation of a principal's policies: it makes none of the simulated calls. */
export interface PermissionsPort {
  /** Fails when the simulation itself is denied, or when the user or role does not exist. */
  simulate(principalArn: string, permissions: readonly Permission[]): Promise<readonly Decision[]>;
}

/** The account's quotas in the region. Reads only. */
export interface QuotasPort {
  /** `null`: the region has no such quota. */
  value(service: string, code: string): Promise<number | null>;
}

/** Where this machine stands. Changes nothing. */
export interface ReachPort {
  /** Its public IPv4 address as AWS sees it; `null`: no answer; `undefined`: not asked. */
  address(): Promise<string | null | undefined>;
  /** The IPv4 addresses of its own interfaces. */
  local(): readonly string[];
  /** Does the API server answer, whatever it answers? */
  answers(endpoint: string, caData: string): Promise<boolean>;
}

export interface LockRequest {
  /** Name of the cluster. */
  readonly name: string;
  /** Who wants it, as others will read it: `apply by alice@laptop since …`. */
  readonly holder: string;
  readonly signal: AbortSignal;
  readonly warn: (message: string) => void;
}

export interface HeldLock {
  /** Aborted when another run has taken it over, because this one did not renew it in time. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/** Keeps runs that change the same cluster apart. */
export interface LockPort {
  /** Throws `LOCKED` if another run holds it; `null` if there is no place for it, before the first bootstrap. */
  acquire(request: LockRequest): Promise<HeldLock | null>;
}

/** Time, for waits; tests pass their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** All ports of an operation. */
export interface Ports {
  readonly identity: IdentityPort;
  readonly stacks: StackPort;
  readonly eks: EksPort;
  readonly owners: OwnersPort;
  readonly registry: RegistryPort;
  readonly leftovers: LeftoversPort;
  readonly network: NetworkPort;
  readonly parameters: ParametersPort;
  readonly keys: KeysPort;
  readonly capacity: CapacityPort;
  readonly placement: PlacementPort;
  readonly permissions: PermissionsPort;
  readonly quotas: QuotasPort;
  readonly reach: ReachPort;
  readonly lock: LockPort;
  readonly clock: Clock;
  /** The bucket of this account; another account's bucket of that name is refused. */
  contexts(bucket: string, account: string): ContextStorePort;
  kube(cluster: ClusterInfo): Promise<KubePort>;
  /** Closes connections; no port may be used afterwards. */
  close(): Promise<void>;
}

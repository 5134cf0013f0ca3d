/**
 * What the effects look like from inside: as wide as their use, no SDK type in sight.
 * Adapters in `lib/adapters` implement them; fakes for unit tests share their contract suites.
 */
import type { Emit } from "./events.ts";
import type { LeftoverKind } from "./facts/leftovers.ts";
import type { RepositorySettings } from "./facts/repositories.ts";
import type { KubePort } from "./kube_port.ts";
import type { NetworkPort } from "./network_ports.ts";

export type { KubeKind, KubeObject, KubeRef } from "./kube.ts";
export type { KubePort, KubeSelector, WatchEvent } from "./kube_port.ts";
export type { NetworkPort, Offering, RouteTable, Subnet, Vpc, VpcEndpoint, Zone } from "./network_ports.ts";

export interface Identity {
  readonly account: string;
  /** Of the caller; of its role, with path, when it is a role session. */
  readonly principalArn: string;
  readonly partition: string;
}

export interface IdentityPort {
  caller(): Promise<Identity>;
}

export interface ClusterInfo {
  readonly name: string;
  readonly status: string;
  readonly endpoint: string;
  readonly caData: string;
  readonly version: string;
  readonly vpcId: string;
  /** Where its control plane is. */
  readonly subnetIds: readonly string[];
  /** Of the addresses of Services. */
  readonly serviceCidr: string;
}

/** Why unitune made an access entry. */
export type AccessPurpose = "admin" | "caller";

/** Who may enter a cluster, by EKS's access entries. */
export interface AccessEntry {
  readonly principalArn: string;
  /** Made by unitune, for this cluster. */
  readonly ours: boolean;
  /** `null`: it does not say. */
  readonly purpose: AccessPurpose | null;
  /** Has it cluster-admin? */
  readonly isAdmin: boolean;
}

export interface EksPort {
  cluster(name: string): Promise<ClusterInfo | null>;
  /** Versions that EKS offers of an add-on for a version of Kubernetes; none of one that it has not. */
  addOnVersions(name: string, kubernetes: string): Promise<readonly string[]>;
  /** The cluster's entries but those of nodes. */
  accessEntries(cluster: string): Promise<readonly AccessEntry[]>;
  /**
   * Makes the principal's access entry with cluster-admin when it is missing, and has one of unitune's say what it is
   * for; says whether anything changed. Entries of others stay as they are.
   */
  grantAccess(cluster: string, principalArn: string, purpose: AccessPurpose): Promise<boolean>;
  /** The entry's ARN is gone afterwards; `false` when there was none that unitune made. */
  revokeAccess(cluster: string, principalArn: string): Promise<boolean>;
  /** A bearer token for the API server and when to make a new one. */
  token(cluster: string): Promise<{ readonly token: string; readonly expiresAt: number }>;
  /** The service-linked role for spot, made when it is missing; says whether it was. */
  ensureSpotRole(): Promise<boolean>;
}

interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: number;
}

export interface RegistryPort {
  /** The image behind a tag, `null` when the tag or the repository is not there. */
  find(repository: string, tag: string): Promise<RegistryImage | null>;
  /** Manifest bytes as stored, with their media type. */
  manifest(
    repository: string,
    reference: string,
  ): Promise<{ readonly mediaType: string; readonly body: string } | null>;
  /** Puts a manifest under a tag: an index of several platforms, or one more tag for a digest. */
  putManifest(
    repository: string,
    tag: string,
    manifest: { mediaType: string; body: string },
  ): Promise<{ digest: string }>;
  /** Names of the repositories that carry this cluster's tag. */
  repositories(cluster: string): Promise<readonly string[]>;
  /** Whose a repository is, by its tag; `null` when it does not exist, a `cluster` of `null` when it has no such tag. */
  owner(name: string): Promise<{ readonly cluster: string | null } | null>;
  /**
   * Creates the repository, tagged as this cluster's, when it is missing; says whether it did. One that exists keeps its
   * images for as long as the settings say, and every tagged one.
   */
  ensureRepository(name: string, cluster: string, settings: RepositorySettings): Promise<boolean>;
  /** Removes the repository with its images; `false` when it was not there. */
  removeRepository(name: string): Promise<boolean>;
}

/** The S3 bucket of build contexts. */
export interface ContextStorePort {
  /** When the object was stored (ms), by the store's clock, and that clock's now; `null` when it is not there. */
  stat(key: string): Promise<{ readonly storedAt: number; readonly now: number; readonly bytes: number } | null>;
  put(key: string, body: Uint8Array): Promise<void>;
  /** Removes every object and unfinished upload; gives their number. */
  empty(): Promise<number>;
}

/** What becomes of one resource of a stack. */
export interface StackChange {
  /** Its id in the template. */
  readonly logicalId: string;
  /** `AWS::EKS::Cluster`, … */
  readonly resourceType: string;
  /** What becomes of it. */
  readonly action: "add" | "update" | "replace" | "remove";
}

/** A stack against what is deployed. */
export interface StackDiff {
  /** Its name. */
  readonly stack: string;
  /** Is the stack deployed now? */
  readonly exists: boolean;
  /** Sorted by logical id; none: it is as it should be. */
  readonly changes: readonly StackChange[];
}

/** What a port gets for work that takes long: where its story goes, and what ends it. */
export interface Task {
  /** Id of the step that the story belongs to. */
  readonly id: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** CloudFormation, as the CDK toolkit drives it, over an assembly folder that `infra/synth.ts` wrote. */
export interface StackPort {
  bootstrapped(): Promise<boolean>;
  bootstrap(task: Task): Promise<void>;
  diff(assembly: string, task: Task): Promise<readonly StackDiff[]>;
  /** Deploys the stacks in their order; says for each whether anything changed, and its outputs. */
  deploy(assembly: string, task: Task): Promise<
    readonly { readonly stack: string; readonly changed: boolean; readonly outputs: Readonly<Record<string, string>> }[]
  >;
  /** Deletes a stack and waits; `false` when it was not there. */
  destroy(stack: string, task: Task): Promise<boolean>;
  /** `null` when there is no such stack. */
  outputs(stack: string): Promise<Readonly<Record<string, string>> | null>;
}

/** Something that a cluster left in the account: found by its tags, or by a name that only it can have. */
export interface Leftover {
  readonly kind: LeftoverKind;
  readonly id: string;
}

/** What Karpenter or EKS may have left behind when a cluster goes. */
export interface LeftoversPort {
  /** The kinds that `find` looks for. */
  readonly kinds: readonly LeftoverKind[];
  find(cluster: string): Promise<readonly Leftover[]>;
  /** Disks of claims, by the tags of their StorageClass: somebody's data, which outlives its cluster. */
  disks(cluster: string): Promise<readonly Leftover[]>;
  remove(leftover: Leftover): Promise<void>;
}

/** AWS's public parameters in SSM: the names under which it publishes machine images. Reads only. */
export interface ParametersPort {
  /** Those of the names that there are. */
  known(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Name → value, of those that there are. */
  values(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Names of all that lie below a path. */
  below(path: string): Promise<readonly string[]>;
}

/** Capacity that somebody reserved in EC2, or bought as a Capacity Block. */
export interface CapacityReservation {
  readonly id: string;
  /** Account that reserved it, and perhaps shares it. */
  readonly owner: string;
  /** `active`, `scheduled`, `payment-pending`, `expired`, … */
  readonly state: string;
  readonly instanceType: string;
  /** `Linux/UNIX`, … */
  readonly platform: string;
  /** The account's own name of the zone. */
  readonly zone: string;
  readonly zoneId: string;
  readonly block: boolean;
  /** Is it taken by whatever runs in the account and fits, or by those that name it? */
  readonly open: boolean;
  readonly instances: number;
  /** Of those not taken now. */
  readonly free: number;
  /** ms; `null`: it has none. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
}

/** Capacity reservations that the account has, or that are shared with it. Reads only. */
export interface CapacityPort {
  /** Those of the ids that there are. */
  reservations(ids: readonly string[]): Promise<readonly CapacityReservation[]>;
  /** Those that carry all of the tags; of one owner, if one is named. */
  tagged(tags: Readonly<Record<string, string>>, owner: string | null): Promise<readonly CapacityReservation[]>;
}

/** A placement group, as far as pools ask for it. */
export interface PlacementGroup {
  /** `available`, or on its way. */
  readonly state: string;
  /** `cluster`, `spread` or `partition`. */
  readonly strategy: string;
}

/** Placement groups that unitune did not create. Reads only. */
export interface PlacementPort {
  /** `null` when the account has none of the name or id. */
  group(selector: { readonly name: string } | { readonly id: string }): Promise<PlacementGroup | null>;
}

/** A key of KMS, as far as volumes ask for it. */
export interface EncryptionKey {
  /** `Enabled`, `Disabled`, `PendingDeletion`, … */
  readonly state: string;
  /** EBS takes no other. */
  readonly symmetric: boolean;
}

/** Who may do what with a key, besides its policy. */
export interface KeyGrant {
  /** ARN, or the name of a service. */
  readonly grantee: string;
  readonly operations: readonly string[];
}

/** Keys of KMS that unitune did not create. Reads only. */
export interface KeysPort {
  /** `null` when it is not there. */
  key(arn: string): Promise<EncryptionKey | null>;
  /** The key's policy, as JSON. */
  policy(arn: string): Promise<string>;
  grants(arn: string): Promise<readonly KeyGrant[]>;
}

/** An IAM action on resources. */
export interface Permission {
  /** `ecr:PutImage`. */
  readonly action: string;
  /** ARNs or patterns of them; `*` for all. */
  readonly resources: readonly string[];
  /** Condition keys, each with the value that it must have: what a policy may ask, and what is true of our calls. */
  readonly when?: Readonly<Record<string, string>> | undefined;
}

/** What IAM says of one action on one resource. `unsure`: a policy looks at what only the call itself would tell. */
export interface Decision {
  readonly action: string;
  readonly resource: string;
  readonly decision: "allowed" | "denied" | "unsure";
}

/** IAM's simulation of a principal's policies: no call is made. */
export interface PermissionsPort {
  /** Fails when the simulation itself is denied, or knows no such user or role. */
  simulate(principalArn: string, permissions: readonly Permission[]): Promise<readonly Decision[]>;
}

/** Time, for waits: tests hand in one of their own. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** All of them, as an operation has them. */
export interface Ports {
  readonly identity: IdentityPort;
  readonly stacks: StackPort;
  readonly eks: EksPort;
  readonly registry: RegistryPort;
  readonly leftovers: LeftoversPort;
  readonly network: NetworkPort;
  readonly parameters: ParametersPort;
  readonly keys: KeysPort;
  readonly capacity: CapacityPort;
  readonly placement: PlacementPort;
  readonly permissions: PermissionsPort;
  readonly clock: Clock;
  contexts(bucket: string): ContextStorePort;
  kube(cluster: ClusterInfo): Promise<KubePort>;
  /** Ends connections; nothing is asked afterwards. */
  close(): Promise<void>;
}

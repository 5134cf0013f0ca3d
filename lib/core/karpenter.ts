/** Karpenter's objects: the fields of its CRDs that unitune sets or reads. Karpenter publishes no TypeScript types. */
import type { Reported } from "./conditions.ts";

export interface NodePool {
  readonly spec: {
    readonly template: {
      readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly nodeClassRef: { readonly group: string; readonly kind: string; readonly name: string };
        readonly requirements: readonly Requirement[];
        readonly taints?: readonly NodeTaint[];
        /** `720h`, or `Never`. */
        readonly expireAfter?: string;
        readonly terminationGracePeriod?: string;
      };
    };
    /** Resource → quantity; `nodes` limits their number. */
    readonly limits?: Readonly<Record<string, string>>;
    /** Only for a pool of a fixed size. */
    readonly replicas?: number;
    readonly weight?: number;
    readonly disruption?: Disruption;
  };
  readonly status?: Reported;
}

/** What the instances of a pool must have. */
export interface Requirement {
  /** A label of nodes. */
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt";
  readonly values?: readonly string[];
}

interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

/** When Karpenter may disrupt nodes that are still in use. */
interface Disruption {
  readonly consolidationPolicy: "WhenEmpty" | "WhenEmptyOrUnderutilized";
  /** `1m`, or `Never`. */
  readonly consolidateAfter: string;
  readonly budgets?: readonly {
    /** How many at once: a number or a percentage. */
    readonly nodes: string;
    readonly reasons?: readonly string[];
    readonly schedule?: string;
    readonly duration?: string;
  }[];
}

export interface EC2NodeClass {
  readonly spec: {
    readonly amiSelectorTerms: readonly { readonly alias: string }[];
    /** The nodes' role; Karpenter creates its instance profile. */
    readonly role?: string;
    /** In place of the role: an existing instance profile. */
    readonly instanceProfile?: string;
    readonly subnetSelectorTerms: readonly SelectorTerm[];
    readonly securityGroupSelectorTerms: readonly SelectorTerm[];
    readonly capacityReservationSelectorTerms?: readonly ReservationTerm[];
    readonly placementGroupSelector?: { readonly name?: string; readonly id?: string };
    readonly networkInterfaces?: readonly NetworkInterface[];
    readonly blockDeviceMappings: readonly BlockDevice[];
    readonly metadataOptions: {
      readonly httpEndpoint: "enabled" | "disabled";
      readonly httpProtocolIPv6: "enabled" | "disabled";
      readonly httpPutResponseHopLimit: number;
      readonly httpTokens: "required" | "optional";
    };
    readonly tags: Readonly<Record<string, string>>;
    readonly userData?: string;
    readonly instanceStorePolicy?: "RAID0";
  };
  readonly status?: Reported & {
    /** Those that its selectors found. */
    readonly subnets?: readonly { readonly id: string; readonly zone: string; readonly zoneID: string }[];
  };
}

/** Selects resources in AWS by id, or by all of the tags. */
interface SelectorTerm {
  readonly id?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface ReservationTerm extends SelectorTerm {
  /** The account that reserved it. */
  readonly ownerID?: string;
}

interface NetworkInterface {
  readonly networkCardIndex: number;
  readonly deviceIndex: number;
  readonly interfaceType: "interface" | "efa-only";
}

export interface BlockDevice {
  readonly deviceName: string;
  readonly ebs: {
    readonly volumeSize?: string;
    readonly volumeType: string;
    readonly encrypted: boolean;
    readonly deleteOnTermination: boolean;
    /** MiB/s. */
    readonly throughput?: number;
    readonly iops?: number;
    readonly kmsKeyID?: string;
  };
}

/** An instance that is to become a node. */
export interface NodeClaim {
  readonly status?: Reported & {
    /** `aws:///us-west-2a/i-0123456789abcdef0`. */
    readonly providerID?: string;
    readonly nodeName?: string;
  };
}

/** How long pods may hold a node of the pool; `undefined`: without an end. */
export function graceOf({ spec }: NodePool): string | undefined {
  return spec.template.spec.terminationGracePeriod;
}

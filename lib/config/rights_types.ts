/** AWS permissions and storage of pods, as the other rooms see them. */

/** What the pods of a ServiceAccount may do in AWS. */
export interface Rights {
  /** Namespace of the ServiceAccount. */
  readonly namespace: string;
  /** Name of the ServiceAccount. */
  readonly serviceAccount: string;
  /** ARNs, or names of policies managed by AWS, with their path. */
  readonly policies: readonly string[];
  /** Sorted by name. */
  readonly buckets: readonly BucketRight[];
  /** ARNs of the KMS keys of the buckets. */
  readonly kmsKeys: readonly string[];
}

/** A bucket that pods may read, or read and write. */
export interface BucketRight {
  /** Its name. */
  readonly name: string;
  /** Whether pods may also write and delete objects. */
  readonly write: boolean;
}

/** What pods mount. */
export interface Storage {
  /** Whether there is a StorageClass for EBS. */
  readonly ebs: boolean;
  /** Sorted by name. */
  readonly volumes: readonly Volume[];
}

/** An existing bucket or file system, and where it can be claimed. */
export type Volume =
  & {
    /** Name of the volume and of its claims. */
    readonly name: string;
    /** Namespaces with a claim. */
    readonly namespaces: readonly string[];
  }
  & (
    | { readonly kind: "bucket"; readonly bucket: string; readonly region: string; readonly kmsKey: string | null }
    | { readonly kind: "efs"; readonly id: string }
    | { readonly kind: "fsx"; readonly id: string; readonly mountName: string; readonly dnsName: string }
  );

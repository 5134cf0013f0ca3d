/** Rights in AWS and what pods mount, as the other rooms see them. */

/** What the pods of a ServiceAccount may do in AWS. */
export interface Rights {
  /** Of the ServiceAccount. */
  readonly namespace: string;
  /** Its name. */
  readonly serviceAccount: string;
  /** ARNs, or names of AWS's own policies with their path. */
  readonly policies: readonly string[];
  /** Sorted by name. */
  readonly buckets: readonly BucketRight[];
  /** ARNs of the KMS keys of the buckets. */
  readonly kmsKeys: readonly string[];
}

/** A bucket that may be read, or read and written. */
export interface BucketRight {
  /** Its name. */
  readonly name: string;
  /** May objects be written and deleted? */
  readonly write: boolean;
}

/** What pods mount. */
export interface Storage {
  /** Is there a StorageClass for EBS? */
  readonly ebs: boolean;
  /** Sorted by name. */
  readonly volumes: readonly Volume[];
}

/** A bucket or a file system that exists, and where it can be claimed. */
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

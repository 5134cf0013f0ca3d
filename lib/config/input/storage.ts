/** Storage to train with, as the user writes it. */

/**
 * What pods mount. Each volume is a PersistentVolume and, in each of its namespaces, a claim of the volume's name:
 * `persistentVolumeClaim: { claimName: "data" }` in a pod is all. Removing one from here removes those two objects, and
 * none of its data.
 */
export interface StorageInput {
  /** Disks for claims: the EBS CSI driver, and StorageClass `gp3` as the cluster's default: encrypted (by `ebsKey`, if that is set), made in the zone of the first pod, growing when its claim does, deleted with its claim. Default: `false`. Example: `true`. */
  readonly ebs?: boolean;
  /** Buckets that exist, as read-only folders, by volume: Mountpoint for S3, and a role that reads these buckets alone. Default: none. Example: `{ data: { bucket: "acme-data" } }`. */
  readonly buckets?: Readonly<Record<string, BucketVolumeInput>>;
  /** EFS file systems that exist, by volume. Their mount targets must be in the cluster's VPC and let its nodes in on port 2049. Default: none. Example: `{ home: { id: "fs-0123456789abcdef0" } }`. */
  readonly efs?: Readonly<Record<string, EfsVolumeInput>>;
  /** FSx for Lustre file systems that exist, by volume. They must let the cluster's nodes in on ports 988 and 1018 to 1023. Bottlerocket has the Lustre client; a pool with AL2023 needs it installed. Default: none. Example: `{ scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } }`. */
  readonly fsx?: Readonly<Record<string, FsxVolumeInput>>;
}

/** Where a volume can be claimed. */
export interface VolumeFields {
  /** Namespaces with a claim of the volume's name; those that are missing are created, and stay. Default: `["default"]`. Example: `["training", "evaluation"]`. */
  readonly namespaces?: readonly string[];
}

/** A bucket as a read-only folder. */
export interface BucketVolumeInput extends VolumeFields {
  /** The bucket's name. Example: `"acme-data"`. */
  readonly bucket: string;
  /** Its region. Default: the cluster's. Example: `"us-east-1"`. */
  readonly region?: string;
  /** ARN of the KMS key that it is encrypted by. Default: none, as with S3's own encryption. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
  readonly kmsKey?: `arn:${string}:kms:${string}`;
}

/** An EFS file system. */
export interface EfsVolumeInput extends VolumeFields {
  /** Its id. Example: `"fs-0123456789abcdef0"`. */
  readonly id: `fs-${string}`;
}

/** An FSx for Lustre file system. */
export interface FsxVolumeInput extends VolumeFields {
  /** Its id. Example: `"fs-0123456789abcdef0"`. */
  readonly id: `fs-${string}`;
  /** Its mount name: `aws fsx describe-file-systems` tells it. Example: `"abcdef01"`. */
  readonly mountName: string;
  /** Its DNS name. Default: `<id>.fsx.<region>.amazonaws.com`. Example: `"fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com"`. */
  readonly dnsName?: string;
}

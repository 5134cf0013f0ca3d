/** Storage that pods mount, as the user writes it. */

/**
 * Storage that pods mount. Each volume becomes a PersistentVolume and, in each of its namespaces, a claim with the
 * volume's name; a pod mounts it with `persistentVolumeClaim: { claimName: "data" }`. When a volume is removed from the
 * config, unitune deletes these objects but none of the data.
 */
export interface StorageInput {
  /** Whether claims can create disks: installs the EBS CSI driver and the StorageClass `gp3` as the cluster's default. Disks are encrypted (with `ebsKey`, if set), created in the zone of the first pod, expanded with their claim and deleted with it. Default: `false`. Example: `true`. */
  readonly ebs?: boolean;
  /** Existing buckets as read-only folders, by volume name. Installs Mountpoint for S3 with a role that can read only these buckets. Default: none. Example: `{ data: { bucket: "acme-data" } }`. */
  readonly buckets?: Readonly<Record<string, BucketVolumeInput>>;
  /** Existing EFS file systems, by volume name. Their mount targets must be in the cluster's VPC and accept its nodes on port 2049. Default: none. Example: `{ home: { id: "fs-0123456789abcdef0" } }`. */
  readonly efs?: Readonly<Record<string, EfsVolumeInput>>;
  /** Existing FSx for Lustre file systems, by volume name. They must accept the cluster's nodes on ports 988 and 1018 to 1023. Bottlerocket includes the Lustre client; on pools with AL2023 you must install it. Default: none. Example: `{ scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } }`. */
  readonly fsx?: Readonly<Record<string, FsxVolumeInput>>;
}

/** Where a volume can be claimed. */
export interface VolumeFields {
  /** Namespaces that get a claim with the volume's name. Missing namespaces are created, and never deleted. Default: `["default"]`. Example: `["training", "evaluation"]`. */
  readonly namespaces?: readonly string[];
}

/** A bucket as a read-only folder. */
export interface BucketVolumeInput extends VolumeFields {
  /** The bucket's name. Example: `"acme-data"`. */
  readonly bucket: string;
  /** Its region. Default: the cluster's. Example: `"us-east-1"`. */
  readonly region?: string;
  /** ARN of the KMS key that encrypts the bucket; not needed for S3's own encryption. Default: none. Example: `"arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"`. */
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
  /** Its mount name, which `aws fsx describe-file-systems` shows. Example: `"abcdef01"`. */
  readonly mountName: string;
  /** Its DNS name. Default: `<id>.fsx.<region>.amazonaws.com`. Example: `"fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com"`. */
  readonly dnsName?: string;
}

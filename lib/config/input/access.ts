/** AWS permissions of ServiceAccounts, as the user writes them. */

/** A bucket that pods may read: its name or its ARN; or an object, which can also allow writing. */
export type BucketAccessInput = string | {
  /** Its name, or its ARN. Example: `"acme-checkpoints"`. */
  readonly name: string;
  /** Whether pods may also write and delete objects. Default: `false`, read only. Example: `true`. */
  readonly write?: boolean;
};

/** What the pods of one ServiceAccount may do in AWS, through a role of its own. At least one field is required. */
export interface AccessInput {
  /** Buckets that the pods may read, or read and write, at most 20. Default: none. Example: `["acme-data", { name: "acme-checkpoints", write: true }]`. */
  readonly buckets?: readonly BucketAccessInput[];
  /** ARNs of the KMS keys that encrypt those buckets, at most 10; not needed for S3's own encryption. Default: none. Example: `["arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"]`. */
  readonly kmsKeys?: readonly `arn:${string}:kms:${string}`[];
  /** ARNs of additional IAM policies, at most 10. Default: none. Example: `["arn:aws:iam::aws:policy/AmazonBedrockReadOnly"]`. */
  readonly policies?: readonly `arn:${string}:iam::${string}`[];
}

/** Permissions by `"<namespace>/<serviceAccount>"`. */
export type AccessInputs = { readonly [account: `${string}/${string}`]: AccessInput };

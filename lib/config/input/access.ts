/** Rights of ServiceAccounts in AWS, as the user writes them. */

/** A bucket that pods reach: its name or ARN to read it, or with the choice to write. */
export type BucketAccessInput = string | {
  /** Its name, or its ARN. Example: `"acme-checkpoints"`. */
  readonly name: string;
  /** Objects may be written and deleted, too. Default: `false`: they are read. Example: `true`. */
  readonly write?: boolean;
};

/** What the pods of one ServiceAccount may do in AWS, by a role of its own; at least one of these. */
export interface AccessInput {
  /** Buckets whose objects they read, or read and write, at most 20. Default: none. Example: `["acme-data", { name: "acme-checkpoints", write: true }]`. */
  readonly buckets?: readonly BucketAccessInput[];
  /** ARNs of the KMS keys that those buckets are encrypted by, at most 10; not needed for S3's own encryption. Default: none. Example: `["arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef"]`. */
  readonly kmsKeys?: readonly `arn:${string}:kms:${string}`[];
  /** ARNs of further IAM policies, at most 10. Default: none. Example: `["arn:aws:iam::aws:policy/AmazonBedrockReadOnly"]`. */
  readonly policies?: readonly `arn:${string}:iam::${string}`[];
}

/** Rights by `"<namespace>/<serviceAccount>"`. */
export type AccessInputs = { readonly [account: `${string}/${string}`]: AccessInput };

/** The form of AWS's ids and names, for checking configs, for `init`, and for reading AWS's answers. */

/** A form, and its description. */
export interface Spelling {
  readonly pattern: RegExp;
  /** Completes "must be …". */
  readonly rule: string;
}

const ACCOUNT_DIGITS = "[0-9]{12}";
/** Geography, partition, direction and number: `us-west-2`, `us-gov-east-1`, `eusc-de-east-1`. */
const REGION_NAME = "[a-z]{2,4}(?:-(?:gov|iso[a-z]?|de))?-(?:central|(?:north|south)(?:east|west)?|east|west)-[1-9]";
const ZONE_ID = "[a-z]{2,6}[0-9]-az[0-9]{1,2}";

/** Ids of EC2 resources have 17 hex digits; those created before 2016 have 8. */
function resource(prefix: string, what: string): Spelling {
  return {
    pattern: new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`),
    rule: `the id of ${what}, like ${prefix}-0123456789abcdef0`,
  };
}

export const ACCOUNT: Spelling = {
  pattern: new RegExp(`^${ACCOUNT_DIGITS}$`),
  rule: "an AWS account of 12 digits, with quotes",
};

export const REGION: Spelling = { pattern: new RegExp(`^${REGION_NAME}$`), rule: "an AWS region, like us-west-2" };

export const VPC: Spelling = resource("vpc", "a VPC");
export const SUBNET: Spelling = resource("subnet", "a subnet");
export const FILE_SYSTEM: Spelling = resource("fs", "a file system");
export const CAPACITY_RESERVATION: Spelling = resource("cr", "a capacity reservation");
export const PLACEMENT_GROUP: Spelling = resource("pg", "a placement group");

export const ZONE: Spelling = {
  pattern: new RegExp(`^${ZONE_ID}$`),
  rule: "the id of an availability zone, like usw2-az1",
};

/** The name of a zone in an account: the region and a letter. */
export const ZONE_NAME: RegExp = new RegExp(`^${REGION_NAME}[a-z]$`);

export const ZONE_OR_NAME: Spelling = {
  pattern: new RegExp(`^(?:${REGION_NAME}[a-z]|${ZONE_ID})$`),
  rule: "a zone, like us-west-2a, or a zone's id, like usw2-az1",
};

/** ARNs of AWS managed policies have `aws` in place of the account. */
export const POLICY_ARN: Spelling = {
  pattern: new RegExp(`^arn:aws[a-z-]*:iam::(?:${ACCOUNT_DIGITS}|aws):policy/[\\w+=,.@/-]+$`),
  rule: "the ARN of an IAM policy",
};

export const PRINCIPAL_ARN: Spelling = {
  pattern: new RegExp(`^arn:aws[a-z-]*:iam::${ACCOUNT_DIGITS}:(?:role|user)/[\\w+=,.@/-]+$`),
  rule: "the ARN of an IAM role or user",
};

export const KEY_ARN: Spelling = {
  pattern: new RegExp(`^arn:aws[a-z-]*:kms:[a-z0-9-]+:${ACCOUNT_DIGITS}:key/[0-9a-z-]{8,64}$`),
  rule: "the ARN of a KMS key",
};

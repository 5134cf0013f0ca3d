/** Can nodes have volumes that are encrypted by the user's own key? From what KMS says of it. */
import type { Judged } from "../core/findings.ts";
import type { EncryptionKey, KeyGrant } from "../core/ports.ts";

export interface KeyFacts {
  readonly arn: string;
  readonly account: string;
  readonly partition: string;
  /** `undefined`: it could not be read, nothing is concluded from it; `null`: there is no such key. */
  readonly key: EncryptionKey | null | undefined;
  /** JSON; `null`: it could not be read. */
  readonly policy: string | null;
  readonly grants: readonly KeyGrant[] | null;
}

const PATH = "ebsKey";
/** What launching an instance does with the key of its volumes: "Required KMS key policy" of Auto Scaling's guide. */
const OPERATIONS = [
  ...["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"],
];

export function ebsKeyFindings(facts: KeyFacts): Judged[] {
  const { arn, key } = facts;
  const error = (message: string, hint: string): Judged[] => [{ severity: "error", path: PATH, message, hint }];
  if (key === null) return error(`must be a key that exists: KMS has no ${arn}`, "look at the region and the id");
  if (key && key.state !== "Enabled") {
    return error(`must be enabled, or no node can have a volume: ${arn} is ${key.state}`, "enable it, or name another");
  }
  if (key && !key.symmetric) {
    return error(`must be symmetric, as EBS takes no other: ${arn} is not`, "create one of the spec SYMMETRIC_DEFAULT");
  }
  return [...systemNodes(facts), ...karpenterNodes(facts)];
}

/** The role's own policy, which AWS keeps, knows no key of a customer: the key itself has to name it. */
function systemNodes({ arn, account, partition, policy, grants }: KeyFacts): Judged[] {
  if (policy === null || grants === null) return [];
  const role =
    `arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`;
  const granted = grants.some(({ grantee, operations }) => grantee === role && operations.includes("CreateGrant"));
  if (granted || mayGrant(policy, (principal) => principal === "*" || principal === role)) return [];
  return [{
    severity: "error",
    path: PATH,
    message: `must be usable by AWSServiceRoleForAutoScaling, which launches the system nodes: neither the policy of ` +
      `${arn} nor a grant names it`,
    hint: `aws kms create-grant --key-id ${arn} --grantee-principal ${role} --operations ${OPERATIONS.join(" ")}`,
  }];
}

/** Karpenter's role has a policy for the key; whether policies count is said by the key's own. */
function karpenterNodes({ arn, account, partition, policy }: KeyFacts): Judged[] {
  const root = `arn:${partition}:iam::${account}:root`;
  if (policy === null || mayGrant(policy, (principal) => ["*", root, account].includes(principal))) return [];
  return [{
    severity: "warning",
    path: PATH,
    message:
      `is perhaps not usable by Karpenter: the policy of ${arn} leaves nothing to the IAM policies of account ${account}`,
    hint: `let its policy allow ${OPERATIONS.map((operation) => `kms:${operation}`).join(", ")} to ${root}`,
  }];
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
}

/** Does a statement allow `kms:CreateGrant` to such a principal? Its conditions are not judged. */
function mayGrant(policy: string, isMeant: (principal: string) => boolean): boolean {
  const { Statement = [] } = parsed(policy);
  return listOf<Statement>(Statement).some(({ Effect, Principal, Action }) => {
    const principals = typeof Principal === "string"
      ? [Principal]
      : listOf((Principal as { AWS?: unknown } | null)?.AWS);
    const actions = listOf(Action).map(String);
    return Effect === "Allow" && actions.some(namesCreateGrant) && principals.map(String).some(isMeant);
  });
}

function parsed(policy: string): { readonly Statement?: unknown } {
  try {
    return JSON.parse(policy) ?? {};
  } catch {
    return {};
  }
}

function listOf<T>(value: unknown): readonly T[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value as T];
}

/** `kms:*`, `*`, `kms:Create*`. */
function namesCreateGrant(pattern: string): boolean {
  const [start] = pattern.toLowerCase().split("*");
  return pattern.includes("*") ? "kms:creategrant".startsWith(start!) : pattern.toLowerCase() === "kms:creategrant";
}

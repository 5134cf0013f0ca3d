/** Can nodes have volumes that are encrypted with the user's own key? Judges what KMS returned about it. */
import type { Judged } from "../core/findings.ts";
import type { EncryptionKey, KeyGrant } from "../core/ports.ts";

export interface KeyFacts {
  readonly arn: string;
  readonly account: string;
  readonly partition: string;
  /** `undefined`: it could not be read, so nothing is concluded; `null`: the key does not exist. */
  readonly key: EncryptionKey | null | undefined;
  /** JSON; `null`: it could not be read. */
  readonly policy: string | null;
  readonly grants: readonly KeyGrant[] | null;
}

const PATH = "ebsKey";
/** Operations with the key when an instance launches: "Required KMS key policy" in the EC2 Auto Scaling user guide. */
const OPERATIONS = [
  ...["CreateGrant", "Decrypt", "DescribeKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo"],
];

export function ebsKeyFindings(facts: KeyFacts): Judged[] {
  const { arn, key } = facts;
  const error = (message: string, hint: string): Judged[] => [{ severity: "error", path: PATH, message, hint }];
  if (key === null) return error(`must be a key that exists: KMS has no ${arn}`, "check the region and the id");
  if (key && key.state !== "Enabled") {
    return error(`must be enabled, or nodes cannot have volumes: ${arn} is ${key.state}`, "enable it, or name another");
  }
  if (key && !key.symmetric) {
    return error(
      `must be symmetric, as EBS accepts no other: ${arn} is not`,
      "create one with the spec SYMMETRIC_DEFAULT",
    );
  }
  return [...systemNodes(facts), ...karpenterNodes(facts)];
}

/** AWS maintains the policy of this role, which names no customer key: so the key must name the role. */
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

/** Karpenter's role has a policy for the key, which counts only if the key's policy allows IAM policies. */
function karpenterNodes({ arn, account, partition, policy }: KeyFacts): Judged[] {
  const root = `arn:${partition}:iam::${account}:root`;
  if (policy === null || mayGrant(policy, (principal) => ["*", root, account].includes(principal))) return [];
  return [{
    severity: "warning",
    path: PATH,
    message: `may not be usable by Karpenter: the policy of ${arn} does not enable IAM policies of account ${account}`,
    hint: `allow ${OPERATIONS.map((operation) => `kms:${operation}`).join(", ")} to ${root} in its policy`,
  }];
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
}

/** Does a statement allow `kms:CreateGrant` to such a principal? Conditions are ignored. */
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

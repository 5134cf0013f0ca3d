/** The schema of AWS permissions: of ServiceAccounts, and of the roles of add-ons. */
import * as z from "zod";
import { KEY_ARN, POLICY_ARN } from "../../core/facts/ids.ts";
import { flag, leaf, spelt, text } from "../fields.ts";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ACCOUNT = new RegExp(`^${LABEL}/${LABEL}(?:\\.${LABEL})*$`);

/** A valid name of a Kubernetes namespace. */
export const namespaceName = text(
  new RegExp(`^${LABEL}$`),
  "the name of a namespace: lower-case letters, digits and hyphens, at most 63 characters",
);

/** A ServiceAccount with its namespace. */
export const accountName = text(
  ACCOUNT,
  "a ServiceAccount with its namespace, like training/trainer",
  (found) => ACCOUNT.test(`default/${found}`) ? `write "default/${found}" if it is in namespace default` : undefined,
);

/** ARNs of IAM policies for one role: IAM's default quota is ten. */
export function policyArns() {
  return z.array(spelt(
    POLICY_ARN,
    (found) =>
      /^[\w-]+$/.test(String(found))
        ? `policies managed by AWS have ARNs like "arn:aws:iam::aws:policy/${found}"`
        : undefined,
  )).max(10);
}

/** The ARN of a key, not of an alias: an alias can later point to another key than the one that encrypted the data. */
export const kmsKey = () =>
  spelt(
    KEY_ARN,
    (found) =>
      String(found).includes(":alias/")
        ? "use the ARN of the key itself: an alias can be moved to another key"
        : undefined,
  );

const NAME = "(?!xn--)[a-z0-9](?:[a-z0-9.-]{1,61}[a-z0-9])";

/** A general-purpose bucket. */
export const bucketName = text(
  new RegExp(`^${NAME}$`),
  "the name of a bucket: lower-case letters, digits, dots and hyphens, 3 to 63 characters",
  (found) => {
    const [, name] = /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)([^/]+)\/?$/.exec(String(found)) ?? [];
    return name && `write ${JSON.stringify(name)}`;
  },
);

const bucket = text(
  new RegExp(`^(?:arn:aws[a-z-]*:s3:::)?${NAME}$`),
  "the name or the ARN of a bucket, like acme-data",
  wholeBucket,
);

function wholeBucket(found: unknown): string | undefined {
  if (typeof found !== "string") return undefined;
  const [, name, rest] = /^(?:s3:\/\/|arn:aws[a-z-]*:s3:::)?([^/]+)(\/.*)?$/.exec(found) ?? [];
  if (name === undefined || name === found) return undefined;
  return `write ${JSON.stringify(name)}${rest ? ": permissions are for whole buckets" : ""}`;
}

export const access = z.record(
  accountName,
  z.strictObject({
    buckets: z.array(leaf(
      z.union([bucket, z.strictObject({ name: bucket, write: flag().optional() })]),
      "the name or the ARN of a bucket, like acme-data, or { name, write: true }",
      wholeBucket,
    )).max(20).optional(),
    kmsKeys: z.array(kmsKey()).max(10).optional(),
    policies: policyArns().optional(),
  }),
).optional();

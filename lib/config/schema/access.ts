/** The schema of rights in AWS: of ServiceAccounts, and of the roles of add-ons. */
import * as z from "zod";
import { KEY_ARN, POLICY_ARN } from "../../core/facts/ids.ts";
import { flag, leaf, spelt, text } from "../fields.ts";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ACCOUNT = new RegExp(`^${LABEL}/${LABEL}(?:\\.${LABEL})*$`);

/** A name that Kubernetes takes for a namespace. */
export const namespaceName = text(
  new RegExp(`^${LABEL}$`),
  "the name of a namespace: lower-case letters, digits and hyphens, at most 63 characters",
);

/** A ServiceAccount with its namespace. */
export const accountName = text(
  ACCOUNT,
  "a ServiceAccount with its namespace, like training/trainer",
  (found) => ACCOUNT.test(`default/${found}`) ? `write "default/${found}", if it is in namespace default` : undefined,
);

/** ARNs of IAM policies for one role: IAM attaches ten, unless asked for more. */
export function policyArns() {
  return z.array(spelt(
    POLICY_ARN,
    (found) => /^[\w-]+$/.test(String(found)) ? `one of AWS's own is "arn:aws:iam::aws:policy/${found}"` : undefined,
  )).max(10);
}

/** An alias may move to another key, under what is encrypted by the first. */
export const kmsKey = () =>
  spelt(
    KEY_ARN,
    (found) => String(found).includes(":alias/") ? "name the key itself: an alias may move" : undefined,
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
  return `write ${JSON.stringify(name)}${rest ? ": rights are to whole buckets" : ""}`;
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

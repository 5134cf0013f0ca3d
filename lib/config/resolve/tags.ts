/** AWS tags in a config: those for every resource, and those that select existing resources. */
import * as z from "zod";
import { MOST_TAGS, OWN_TAGS, reservedTag } from "../../core/facts/tags.ts";
import { leaf } from "../fields.ts";
import { type Issue, show } from "../issues.ts";

const TEXT = "letters, digits, spaces and _.:/=+-@";
const KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
// CloudFormation, which tags its stacks, accepts no empty value; EKS accepts none that starts with aws:.
const VALUE = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/iu;

const key = leaf(
  z.string().regex(KEY).refine((key) => reservedTag(key) === null),
  `${TEXT}, at most 128 characters, and not a reserved name`,
  (found) => {
    const reserved = reservedTag(String(found));
    return reserved ? `${reserved.what} is reserved: ${reserved.reason}` : undefined;
  },
);
const value = leaf(z.string().regex(VALUE), `${TEXT}, not starting with aws:, 1 to 256 characters`);

/** Tags for every resource. */
export const tags = z.record(key, value);

/** Tags that select existing resources, including `aws:` tags. */
export const selectorTags = z.record(
  leaf(z.string().regex(KEY), `${TEXT}, at most 128 characters`),
  leaf(z.string().regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@*]{1,256}$/u), `${TEXT}, 1 to 256 characters, or "*" for any`),
);

/** Rules between the tags of a config. */
export function tagIssues(tags: readonly string[]): Issue[] {
  const most = MOST_TAGS - OWN_TAGS, path = ["tags"];
  const issues: Issue[] = tags.flatMap((tag, at) => {
    const same = tags.slice(0, at).find((other) => other.toLowerCase() === tag.toLowerCase());
    if (same === undefined) return [];
    const message = `must differ from ${
      show(same)
    } in more than upper and lower case, as IAM treats them as the same tag`;
    return [{ code: "CONFLICT", path: [...path, tag], message }];
  });
  if (tags.length <= most) return issues;
  const message = `must have at most ${most} tags, as AWS allows ${MOST_TAGS} and unitune, Karpenter and EKS add ` +
    `some of their own: found ${tags.length}`;
  return [...issues, { code: "INVALID_VALUE", path, message }];
}

/** Tags of AWS, as a config holds them: those that are put on everything, and those that something is found by. */
import * as z from "zod";
import { MOST_TAGS, OWN_TAGS, reservedTag } from "../../core/facts/tags.ts";
import { leaf } from "../fields.ts";
import { type Issue, show } from "../issues.ts";

const TEXT = "letters, digits, spaces and _.:/=+-@";
const KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
// Every service takes an empty value but CloudFormation, which tags its stacks; EKS takes none that begins with aws:.
const VALUE = /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/iu;

const key = leaf(
  z.string().regex(KEY).refine((key) => reservedTag(key) === null),
  `${TEXT}, at most 128 characters, and no reserved name`,
  (found) => {
    const reserved = reservedTag(String(found));
    return reserved ? `${reserved.what} is reserved: ${reserved.reason}` : undefined;
  },
);
const value = leaf(z.string().regex(VALUE), `${TEXT}, not starting with aws:, 1 to 256 characters`);

/** Tags that are put on things. */
export const tags = z.record(key, value);

/** Tags that things are found by: whoever put them there, `aws:` tags too. */
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
    const message = `must differ from ${show(same)} by more than capitals, as IAM takes them for one`;
    return [{ code: "CONFLICT", path: [...path, tag], message }];
  });
  if (tags.length <= most) return issues;
  const message =
    `must hold at most ${most} tags, as AWS allows ${MOST_TAGS} and some are unitune's, Karpenter's and ` +
    `EKS's own: found ${tags.length}`;
  return [...issues, { code: "INVALID_VALUE", path, message }];
}

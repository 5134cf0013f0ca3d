/**
 * Texts that a template would replace by something else: CloudFormation reads `{{resolve:secretsmanager:…}}` anywhere
 * in a template and puts the secret there, which a tag or a description then shows to everybody. The CDK does the same
 * with the marks of its own tokens.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
 */
import type { Issue, Path } from "../issues.ts";

const REFERENCES = [
  { pattern: /\{\{\s*resolve:/i, what: "a reference of CloudFormation", form: "{{resolve:…}}" },
  { pattern: /[$#]\{Token\[/i, what: "a token of the CDK", form: "${Token[…]}" },
];

/** Every text of the config, whatever becomes of it, and every name of a field. */
export function referenceIssues(value: unknown, path: Path = []): Issue[] {
  if (typeof value === "string") return issuesOf(value, path, "must not contain");
  if (Array.isArray(value)) return value.flatMap((item, at) => referenceIssues(item, [...path, at]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    ...issuesOf(key, [...path, key], "its name must not contain"),
    ...referenceIssues(item, [...path, key]),
  ]);
}

function issuesOf(text: string, path: Path, rule: string): Issue[] {
  return REFERENCES.filter(({ pattern }) => pattern.test(text)).map(({ what, form }) => {
    const message = `${rule} ${what} (${form}), which a template would replace by what it refers to`;
    return { code: "INVALID_VALUE", path, message };
  });
}

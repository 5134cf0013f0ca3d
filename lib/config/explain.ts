/** From zod's issues to ours: a message is made of the leaf's rule and of what was found there. */
import { z } from "zod";
import { type Rule, RULES } from "./fields.ts";
import { didYouMean, type Issue, type Path, type PathPart, show } from "./issues.ts";

/** The data, if the value keeps its schema; every mistake in it, if not. `path` says where the value stands. */
export function check<S extends z.ZodType>(schema: S, value: unknown, path: Path): Checked<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { data: result.data, issues: [] };
  const issues = result.error.issues.flatMap((issue) => explain(issue, schema, value, path));
  const seen = new Set<string>();
  return {
    data: undefined,
    issues: issues.filter((issue) => {
      const key = JSON.stringify([issue.path, issue.message]);
      return !seen.has(key) && seen.add(key);
    }),
  };
}

export interface Checked<T> {
  readonly data: T | undefined;
  readonly issues: readonly Issue[];
}

type ZodIssue = z.core.$ZodIssue;

function explain(issue: ZodIssue, schema: z.ZodType, value: unknown, path: Path): Issue[] {
  const inner = issue.path as PathPart[];
  const found = valueAt(value, inner), at = [...path, ...inner];
  const node = nodeAt(schema, issue.code === "invalid_key" ? inner.slice(0, -1) : inner);
  if (issue.code === "unrecognized_keys") {
    const known = node instanceof z.ZodObject ? Object.keys(node.shape).filter((key) => key !== "$") : [];
    return issue.keys.map((key) => unknownField([...at, key], key, known));
  }
  if (issue.code === "invalid_union" && node instanceof z.ZodUnion && typeof found === "object" && found !== null) {
    const option = node.options.findIndex((one) => unwrap(one as z.ZodType) instanceof z.ZodObject);
    const branch = node.options[option] as z.ZodType | undefined;
    if (branch) return (issue.errors[option] ?? []).flatMap((one) => explain(one, branch, found, at));
  }
  if (issue.code === "invalid_key" && node instanceof z.ZodRecord) {
    const rule = RULES.get(node.keyType as z.ZodString);
    const key = inner.at(-1);
    return [{ code: "INVALID_NAME", path: at, message: `its name must be ${rule?.rule}: found ${show(key)}` }];
  }
  return [wrong(at, node && RULES.get(node), issue, found)];
}

function wrong(path: Path, rule: Rule | undefined, issue: ZodIssue, found: unknown): Issue {
  const must = rule?.rule ?? shapeOf(issue);
  if (found === undefined) {
    return { code: "MISSING_FIELD", path, message: `is missing: must be ${must}`, hint: rule?.hint?.(found) };
  }
  return { code: "INVALID_VALUE", path, message: `must be ${must}: found ${show(found)}`, hint: rule?.hint?.(found) };
}

function shapeOf(issue: ZodIssue): string {
  if (issue.code === "too_small") return `a list of at least ${issue.minimum}`;
  if (issue.code === "too_big") return `at most ${issue.maximum}`;
  if (issue.code !== "invalid_type") return issue.message;
  return issue.expected === "array"
    ? "a list"
    : issue.expected === "object" || issue.expected === "record"
    ? "an object"
    : `a ${issue.expected}`;
}

export function unknownField(path: Path, key: string, known: readonly string[]): Issue {
  return {
    code: "UNKNOWN_FIELD",
    path,
    message: `is not a field: allowed are ${known.join(", ")}`,
    hint: didYouMean(key, known),
  };
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function nodeAt(schema: z.ZodType, path: readonly PathPart[]): z.ZodType | undefined {
  let node = unwrap(schema);
  for (const part of path) {
    if (node instanceof z.ZodObject) node = unwrap(node.shape[part]);
    else if (node instanceof z.ZodArray) node = unwrap(node.element as z.ZodType);
    else if (node instanceof z.ZodRecord) node = unwrap(node.valueType as z.ZodType);
    else return undefined;
  }
  return node;
}

function valueAt(value: unknown, path: readonly PathPart[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<PathPart, unknown> | null | undefined)?.[part], value);
}

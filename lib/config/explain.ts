/** Turns zod's issues into ours: a message consists of the leaf's rule and the value that was found. */
import { entryOf } from "../core/tables.ts";
import * as z from "zod";
import { type Rule, RULES } from "./fields.ts";
import { didYouMean, formatPath, type Issue, type Path, type PathPart, show } from "./issues.ts";

interface Checked<T> {
  /** `undefined` when there are issues. */
  readonly data: T | undefined;
  /** The fields that are valid on their own, absent ones too: rules between fields are checked in the same run. */
  readonly partial: Partial<T>;
  readonly issues: readonly Issue[];
}

/** The data if the value matches its schema, otherwise every mistake in it. `path` is the place of the value. */
export function check<S extends z.ZodType>(schema: S, value: unknown, path: Path): Checked<z.output<S>> {
  const result = schema.safeParse(value);
  const partial = soundFields(schema, value) as Partial<z.output<S>>;
  if (result.success) return { data: result.data, partial, issues: [] };
  const issues = result.error.issues.flatMap((issue) => explain(issue, schema, value, path));
  const seen = new Set<string>();
  return {
    data: undefined,
    partial,
    issues: issues.filter((issue) => {
      const key = JSON.stringify([issue.path, issue.message]);
      return !seen.has(key) && seen.add(key);
    }),
  };
}

function soundFields(schema: z.ZodType, value: unknown): Readonly<Record<string, unknown>> {
  const node = unwrap(schema);
  if (!(node instanceof z.ZodObject) || typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(node.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
      const result = field.safeParse((value as Readonly<Record<string, unknown>>)[key]);
      return result.success ? [[key, result.data]] : [];
    }),
  );
}

type ZodIssue = z.core.$ZodIssue;

function explain(issue: ZodIssue, schema: z.ZodType, value: unknown, path: Path): Issue[] {
  const inner = issue.path as PathPart[];
  const found = valueAt(value, inner), at = [...path, ...inner];
  const node = nodeAt(schema, issue.code === "invalid_key" ? inner.slice(0, -1) : inner);
  if (issue.code === "unrecognized_keys") {
    const shape = node instanceof z.ZodUnion ? objectOption(node) : node;
    const known = shape instanceof z.ZodObject ? Object.keys(shape.shape).filter((key) => !key.startsWith("$")) : [];
    return issue.keys.map((key) => unknownField([...at, key], key, known));
  }
  if (issue.code === "invalid_union" && node instanceof z.ZodUnion && typeof found === "object" && found !== null) {
    const shape = Array.isArray(found) ? z.ZodArray : z.ZodObject;
    const option = node.options.findIndex((one) => unwrap(one as z.ZodType) instanceof shape);
    const branch = node.options[option] as z.ZodType | undefined;
    if (branch) return (issue.errors[option] ?? []).flatMap((one) => explain(one, branch, found, at));
  }
  if (issue.code === "invalid_key" && node instanceof z.ZodRecord) {
    const rule = RULES.get(node.keyType as z.ZodString);
    const key = inner.at(-1);
    const message = `its name must be ${rule?.rule}: found ${show(key)}`;
    return [{ code: "INVALID_NAME", path: at, message, hint: rule?.hint?.(key) }];
  }
  return [wrong(at, node && RULES.get(node), issue, found)];
}

function wrong(path: Path, rule: Rule | undefined, issue: ZodIssue, found: unknown): Issue {
  const must = rule?.rule ?? shapeOf(issue);
  // Hints expect texts and numbers: an object may not even convert to text.
  const hint = rule?.hint?.(typeof found === "object" ? null : found);
  if (found === undefined) {
    return { code: "MISSING_FIELD", path, message: `is missing: must be ${must}`, hint };
  }
  const shown = rule?.hidden ? `a ${typeof found}, which is not shown` : show(found);
  return { code: "INVALID_VALUE", path, message: `must be ${must}: found ${shown}`, hint };
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

/** Fields of earlier releases, by their path, and what replaces them. */
const REPLACED: Readonly<Record<string, string>> = {
  "builder.rootless": 'write isolation: "rootless" for true, isolation: "privileged" for false, or leave both out',
};

export function unknownField(path: Path, key: string, known: readonly string[]): Issue {
  return {
    code: "UNKNOWN_FIELD",
    path,
    message: `is not one of the fields: ${known.join(", ")}`,
    hint: entryOf(REPLACED, formatPath(path)) ?? didYouMean(key, known),
  };
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function nodeAt(schema: z.ZodType, path: readonly PathPart[]): z.ZodType | undefined {
  let node = unwrap(schema);
  if (node instanceof z.ZodUnion && path.length > 0) node = objectOption(node) ?? node;
  for (const [at, part] of path.entries()) {
    if (node instanceof z.ZodObject) node = unwrap(node.shape[part]);
    else if (node instanceof z.ZodArray) node = unwrap(node.element as z.ZodType);
    else if (node instanceof z.ZodRecord) node = unwrap(node.valueType as z.ZodType);
    else return undefined;
    // Only the option that is an object can contain the rest of the path.
    if (node instanceof z.ZodUnion && at < path.length - 1) node = objectOption(node) ?? node;
  }
  return node;
}

function objectOption(union: z.ZodUnion): z.ZodType | undefined {
  return union.options.map((option) => unwrap(option as z.ZodType)).find((option) => option instanceof z.ZodObject);
}

function valueAt(value: unknown, path: readonly PathPart[]): unknown {
  return path.reduce<unknown>((at, part) => (at as Record<PathPart, unknown> | null | undefined)?.[part], value);
}

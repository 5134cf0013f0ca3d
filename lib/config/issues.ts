/** A mistake in a config: one type for the schema, the rules between fields, the files and the syntax. */
import { nearest } from "../core/spelling.ts";
import type { Place } from "./types.ts";

export type PathPart = string | number;
export type Path = readonly PathPart[];

/** What each code of a mistake means; the reference is generated from it. */
export const ISSUES = {
  UNKNOWN_FIELD: "A field that does not exist.",
  MISSING_FIELD: "A field that is required.",
  INVALID_VALUE: "A value that its field does not accept.",
  INVALID_NAME: "A name that AWS or Kubernetes would not accept.",
  UNKNOWN_REFERENCE: "A reference to something that the config does not contain.",
  CONFLICT: "Two values that exclude each other.",
  CYCLE: "Images that need each other in a cycle.",
  PATH: "A file or folder that is missing or outside the folders that the config may use.",
  SYNTAX: "A file that is not TypeScript with types that can be stripped.",
  IMPORT: "An import that is not allowed in a config, or a name that the module does not export.",
  EVALUATION: "A file that threw, did not finish, or exported something other than plain data.",
} as const;

type IssueCode = keyof typeof ISSUES;

export interface Issue {
  readonly code: IssueCode;
  /** Path in the config object; empty for the whole object. */
  readonly path: Path;
  /** The rule and what was found; no final period. */
  readonly message: string;
  /** What to do next. */
  readonly hint?: string | undefined;
  /** Place in a file, if it is known without searching for the path. */
  readonly place?: Place | undefined;
  /** The flag that the value comes from: then the mistake is in no file. */
  readonly flag?: string | undefined;
}

const PLAIN_KEY = /^[A-Za-z_][\w-]*$/;

/** `pools.train.capacity[1]`. */
export function formatPath(path: Path): string {
  return path.map((part, at) => {
    if (typeof part === "number") return `[${part}]`;
    if (!PLAIN_KEY.test(part)) return `[${JSON.stringify(part)}]`;
    return at === 0 ? part : `.${part}`;
  }).join("");
}

/** `unitune.config.ts:12:5  pools.train.maxGpu  is not one of the fields: … — hint`. `place.file` is shown as it is. */
export function formatIssue(issue: Issue, place: Place): string {
  const where = `${place.file}:${place.line}:${place.column}`;
  const parts = [...issue.flag ? [issue.flag] : [where, formatPath(issue.path)], issue.message].filter((part) => part);
  return parts.join("  ") + (issue.hint ? ` — ${issue.hint}` : "");
}

/** A value as shown in an error message. */
export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const maker = (value as { readonly $?: unknown }).$;
    return typeof maker === "string" ? `${maker}({ … })` : "an object";
  }
  const text = JSON.stringify(value).replaceAll('","', '", "');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** `"a", "b" or "c"`. */
export function oneOf(values: readonly string[]): string {
  const shown = values.map((value) => JSON.stringify(value));
  const last = shown.pop() ?? "nothing";
  return shown.length === 0 ? last : `${shown.join(", ")} or ${last}`;
}

/** A hint, if one of the candidates is close to the value. */
export function didYouMean(found: unknown, candidates: readonly string[]): string | undefined {
  if (typeof found !== "string") return undefined;
  const word = nearest(found, candidates);
  return word === undefined ? undefined : suggestion(word);
}

function suggestion(word: PathPart | undefined): string {
  return `did you mean ${JSON.stringify(word)}?`;
}

/** A field that is missing because it was misspelt counts as one mistake, not two. */
export function withoutMisspelt(issues: readonly Issue[]): readonly Issue[] {
  const where = (path: Path, hint: string | undefined) => JSON.stringify([path.slice(0, -1), hint]);
  const misspelt = issues.filter(({ code }) => code === "UNKNOWN_FIELD").map(({ path, hint }) => where(path, hint));
  return issues.filter(({ code, path }) =>
    code !== "MISSING_FIELD" || !misspelt.includes(where(path, suggestion(path.at(-1))))
  );
}

/** What a check found before anything is created: plan shows it, and an error refuses the run. */
import type { CheckCode } from "./error_codes.ts";
import type { FilePlace, Mistake } from "./errors.ts";

/** Something that a check found. */
export interface Finding {
  /** The code of the check, and of its refusal. */
  readonly code: CheckCode;
  /** An error refuses; a warning is probably a problem; a note informs, or says what could not be checked. */
  readonly severity: "error" | "warning" | "note";
  /** `network.privateSubnets[1]`; empty: it is about the whole config. */
  readonly path: string;
  /** What was found. */
  readonly message: string;
  /** The next step; empty: none. */
  readonly hint: string;
  /** Where it is, if it is in a file other than the config: line and column are counted from 1. */
  readonly place?: FilePlace | undefined;
}

/** A finding whose code and severity its check adds. */
export type Problem = Pick<Finding, "path" | "message" | "hint">;

/** A finding whose code its check adds. */
export type Judged = Omit<Finding, "code">;

/** Findings with one code. */
export function coded(code: CheckCode, found: readonly Judged[]): Finding[] {
  return found.map((one) => ({ code, ...one }));
}

/** Findings with one code that refuse the run. */
export function errors(code: CheckCode, problems: readonly Problem[]): Finding[] {
  return coded(code, problems.map((problem) => ({ severity: "error", ...problem })));
}

/** A finding without a path in the config. */
export function note(code: CheckCode, message: string): Finding {
  return { code, severity: "note", path: "", message, hint: "" };
}

/** In one line: place, path, message, next step. */
export function lineOf({ place, path, message, hint }: Problem & Pick<Finding, "place">): string {
  const where = place ? `${place.file}:${place.line}:${place.column}` : "";
  return [where, path, message].filter((part) => part).join("  ") + (hint && ` — ${hint}`);
}

/** As a mistake of the error that refuses. */
export function mistakeOf({ code, message, path, hint, place }: Finding): Mistake {
  return { code, message, path: path || undefined, hint: hint || undefined, place };
}

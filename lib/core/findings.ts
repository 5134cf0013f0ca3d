/** What a check found out before anything is created: shown by plan, and a refusal where it is an error. */
import type { CheckCode } from "./error_codes.ts";

export interface Finding {
  /** Of the check: what a refusal is called. */
  readonly code: CheckCode;
  /** An error refuses; a warning will probably hurt; a note says what is worth knowing, or what could not be checked. */
  readonly severity: "error" | "warning" | "note";
  /** `network.privateSubnets[1]`; empty: of the whole config. */
  readonly path: string;
  readonly message: string;
  /** The next step; empty: there is none to take. */
  readonly hint: string;
}

/** A finding of a check whose code and severity are clear from where it stands. */
export type Problem = Pick<Finding, "path" | "message" | "hint">;

/** A finding of a check whose code is clear from where it stands. */
export type Judged = Omit<Finding, "code">;

/** Findings of one code. */
export function coded(code: CheckCode, found: readonly Judged[]): Finding[] {
  return found.map((one) => ({ code, ...one }));
}

/** Findings of one code that refuse. */
export function errors(code: CheckCode, problems: readonly Problem[]): Finding[] {
  return coded(code, problems.map((problem) => ({ severity: "error", ...problem })));
}

/** A finding without a place in the config. */
export function note(code: CheckCode, message: string): Finding {
  return { code, severity: "note", path: "", message, hint: "" };
}

/** In one line: place, message, next step. */
export function lineOf({ path, message, hint }: Problem): string {
  return `${path && `${path}  `}${message}${hint && ` — ${hint}`}`;
}

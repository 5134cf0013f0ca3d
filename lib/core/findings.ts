/** What a check found out before anything is created: shown by plan, and a refusal where it is an error. */

export interface Finding {
  /** Of the check: what a refusal is called. */
  readonly code: string;
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
export function coded(code: string, found: readonly Judged[]): Finding[] {
  return found.map((one) => ({ code, ...one }));
}

/** Findings of one code that refuse. */
export function errors(code: string, problems: readonly Problem[]): Finding[] {
  return coded(code, problems.map((problem) => ({ severity: "error", ...problem })));
}

/** A finding without a place in the config. */
export function note(code: string, message: string): Finding {
  return { code, severity: "note", path: "", message, hint: "" };
}

/** In one line: place, message, next step. */
export function lineOf({ path, message, hint }: Problem): string {
  return `${path && `${path}  `}${message}${hint && ` — ${hint}`}`;
}

/** Why something waits, and how a person is told. */
import type { JobOperation } from "./job.ts";

/** Why something waits, for a person, and the next step. */
export interface Why {
  readonly text: string;
  /** What to do about it; empty: nothing but to wait. */
  readonly hint: string;
  /** It is on its way: the hint counts only when that takes too long. */
  readonly passing?: true;
}

/** What a person can do something about is a warning, which stays on the screen. */
export function tell({ text, hint, passing }: Why, { emit, id }: Pick<JobOperation, "emit" | "id">): void {
  if (hint && !passing) emit({ type: "warning", id, message: `${text} — ${hint}` });
  else emit({ type: "progress", id, message: text });
}

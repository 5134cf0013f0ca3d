/** Why something waits, and how it is reported. */
import type { JobOperation } from "./job.ts";

/** Why something waits, in words for the user, and the next step. */
export interface Why {
  readonly text: string;
  /** What to do about it; empty if the user can only wait. */
  readonly hint: string;
  /** It should pass by itself: the hint counts only if that takes too long. */
  readonly passing?: true;
}

/** Emits a warning, which stays on the screen, if the user can do something about it. */
export function reportWait({ text, hint, passing }: Why, { emit, id }: Pick<JobOperation, "emit" | "id">): void {
  if (hint && !passing) emit({ type: "warning", id, message: `${text} — ${hint}` });
  else emit({ type: "progress", id, message: text });
}

/** What the checks before anything is made have in common: reads that may be denied, and a refusal with all findings. */
import { EXIT, isUnituneError, UnituneError } from "../core/errors.ts";
import type { Finding } from "../plan/network.ts";

/** For reads that only make the answers better: what may not be read is a note, and stops nothing. */
export class Reader {
  readonly #notes: string[];

  /** Notes are put at the end of `notes`. */
  constructor(notes: string[]) {
    this.#notes = notes;
  }

  /** What the request gives; `null`, and a note of what that leaves open, if AWS denies the action. */
  async read<T>(action: string, what: string, request: () => Promise<T>): Promise<T | null> {
    try {
      return await request();
    } catch (error) {
      if (!isUnituneError(error) || error.code !== "AWS_DENIED") throw error;
      this.#notes.push(`not checked without ${action}: ${what}`);
      return null;
    }
  }
}

/** An error with a line for each finding, at the path of the first. */
export function refusal(code: string, message: string, findings: readonly Finding[]): UnituneError {
  return new UnituneError(code, message, {
    path: findings[0]!.path,
    lines: findings.map(({ path, message, hint }) => `${path}  ${message} — ${hint}`),
    exit: EXIT.aws,
  });
}

/** Reads that only make a plan's answers better: what may not be read is a note, and stops nothing. */
import { isUnituneError } from "../core/errors.ts";

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

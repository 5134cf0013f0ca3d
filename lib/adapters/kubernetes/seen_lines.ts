/**
 * Which lines of a log were given already. The server resumes a log at whole seconds only, and lines of the two
 * outputs may come out of order by moments: the lines of the last two seconds are remembered, each with its count.
 */
export class SeenLines {
  #newest = -Infinity;
  /** Second → line (with its time) → how often it was given. */
  readonly #seconds = new Map<number, Map<string, number>>();
  /** Lines that the current request will repeat. */
  #repeated = new Map<string, number>();

  /** Before each request: from where to read on, as RFC 3339; `undefined` for the start. */
  resume(): string | undefined {
    this.#repeated = new Map();
    for (const lines of this.#seconds.values()) {
      for (const [line, count] of lines) this.#repeated.set(line, (this.#repeated.get(line) ?? 0) + count);
    }
    if (this.#newest === -Infinity) return undefined;
    return new Date((this.#newest - 1) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  }

  isNew(stamp: string, line: string): boolean {
    const left = this.#repeated.get(line) ?? 0;
    if (left > 0) {
      this.#repeated.set(line, left - 1);
      return false;
    }
    this.#remember(Math.floor(Date.parse(stamp) / 1000), line);
    return true;
  }

  #remember(second: number, line: string): void {
    if (second > this.#newest) {
      this.#newest = second;
      for (const old of this.#seconds.keys()) if (old < second - 1) this.#seconds.delete(old);
    }
    const lines = this.#seconds.get(second) ?? new Map<string, number>();
    lines.set(line, (lines.get(line) ?? 0) + 1);
    this.#seconds.set(second, lines);
  }
}

/**
 * Remembers which lines of a log were already returned. The server resumes a log only at whole seconds, and lines of
 * the two outputs may be slightly out of order, so the lines of the last two seconds are kept, each with its count.
 */
export class SeenLines {
  #newest = -Infinity;
  /** Second → line (with its time) → how often it was returned. */
  readonly #seconds = new Map<number, Map<string, number>>();
  /** Lines that the current request will repeat. */
  #repeated = new Map<string, number>();

  /** Call it before each request. Returns the time to resume from, as RFC 3339; `undefined` for the start. */
  resume(): string | undefined {
    this.#repeated = new Map();
    for (const lines of this.#seconds.values()) {
      for (const [line, count] of lines) this.#repeated.set(line, (this.#repeated.get(line) ?? 0) + count);
    }
    if (this.#newest === -Infinity) return undefined;
    return new Date((this.#newest - 1) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  }

  /**
   * Whether the log no longer begins where it was left, by the first line of a request: the node has begun a new file
   * since, and a request reads only that one (ReadLogs of k8s.io/cri-client). An open request goes on over files.
   */
  isGap(line: string): boolean {
    return this.#repeated.size > 0 && !this.#repeated.has(line);
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

/** Values that somebody waits for. */
export class Queue<T> {
  readonly #values: T[] = [];
  #ended = false;
  #wake = Promise.withResolvers<void>();

  push(...values: T[]): void {
    this.#values.push(...values);
    this.#wake.resolve();
  }

  /** What was pushed by now. */
  now(): readonly T[] {
    return [...this.#values];
  }

  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  /** All values from the first on, until the end or the signal. */
  async *read(signal: AbortSignal): AsyncGenerator<T> {
    const wake = () => this.#wake.resolve();
    signal.addEventListener("abort", wake);
    try {
      for (let next = 0; !signal.aborted;) {
        if (next < this.#values.length) {
          yield this.#values[next++]!;
          continue;
        }
        if (this.#ended) return;
        this.#wake = Promise.withResolvers();
        await this.#wake.promise;
      }
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }
}

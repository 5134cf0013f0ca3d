/** Lets other work have a turn during long work that blocks: signals, the terminal, requests. */

/** How long the work goes on before it gives a turn, in milliseconds. */
const TURN = 20;

export class Turns {
  #since = performance.now();

  /** Gives a turn if it is time for one. */
  async give(): Promise<void> {
    if (!this.areDue()) return;
    await new Promise((resolve) => setTimeout(resolve));
    this.#since = performance.now();
  }

  /** Whether it is time: asking costs less than waiting for nothing. */
  areDue(): boolean {
    return performance.now() - this.#since > TURN;
  }
}

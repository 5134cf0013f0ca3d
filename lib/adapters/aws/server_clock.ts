/** Compares this machine's clock with AWS's: a signature that is minutes off is refused. */

/** AWS accepts five minutes. */
const TOLD_MS = 4 * 60_000;

export class ServerClock {
  /** How many milliseconds AWS's clock is ahead. */
  aheadMs = 0;
  readonly #warn: (message: string) => void;
  #told = false;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  /** Takes the `date` of an answer that was just received. */
  see(date: string | null | undefined, now = Date.now()): void {
    const server = Date.parse(date ?? "");
    if (Number.isNaN(server)) return;
    this.aheadMs = server - now;
    if (this.#told || Math.abs(this.aheadMs) < TOLD_MS) return;
    this.#told = true;
    const minutes = Math.round(Math.abs(this.aheadMs) / 60_000), direction = this.aheadMs > 0 ? "behind" : "ahead of";
    this.#warn(`this machine's clock is ${minutes} min ${direction} AWS's: set it, as signatures depend on it`);
  }
}

/** Tells how far reading or sending is: at most once a second, and at the end if it told anything before. */
import type { Emit, TransferEvent } from "../../core/events.ts";

interface Amount {
  readonly items: number;
  readonly bytes: number;
}

const EVERY = 1000;

export class Progress {
  readonly #fixed: Pick<TransferEvent, "id" | "what" | "total" | "totalBytes">;
  readonly #emit: Emit | undefined;
  readonly #began = performance.now();
  #told = this.#began;
  #done = 0;
  #bytes = 0;

  /** `id`: of the step that it is about; none, if it is about several. */
  constructor(what: TransferEvent["what"], { items, bytes }: Amount, emit: Emit | undefined, id?: string) {
    this.#fixed = { id, what, total: items, totalBytes: bytes };
    this.#emit = emit;
  }

  add({ items, bytes }: Amount): void {
    this.#done += items;
    this.#bytes += bytes;
    const now = performance.now(), ended = this.#done === this.#fixed.total && this.#told > this.#began;
    if (!this.#emit || (now - this.#told < EVERY && !ended)) return;
    this.#told = now;
    const seconds = (now - this.#began) / 1000, bytesPerSecond = Math.round(this.#bytes / seconds);
    const left = this.#fixed.totalBytes - this.#bytes;
    const secondsLeft = bytesPerSecond > 0 ? Math.ceil(left / bytesPerSecond) : null;
    this.#emit({
      type: "transfer",
      ...this.#fixed,
      done: this.#done,
      bytes: this.#bytes,
      bytesPerSecond,
      seconds,
      secondsLeft,
    });
  }
}

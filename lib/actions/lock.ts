/** One apply or destroy at a time: the lock of a run, taken when there is a bucket to hold it. */
import { hasCode, messageOf } from "../core/errors.ts";
import type { HeldLock } from "../core/ports.ts";
import type { Operation } from "./operation.ts";

export class RunLock {
  readonly #operation: Operation;
  readonly #command: "apply" | "destroy";
  #held: HeldLock | null = null;
  readonly #lost = new AbortController();

  constructor(operation: Operation, command: "apply" | "destroy") {
    this.#operation = operation;
    this.#command = command;
  }

  /** Ends the run: on an interrupt, and when another run has taken over the lock. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#operation.signal, this.#lost.signal]);
  }

  /** Throws if another run holds it. Before the first bootstrap there is no bucket: call it again after that. */
  async take(): Promise<void> {
    if (this.#held) return;
    const { ports, config: { name }, signal, emit, host } = this.#operation,
      warn = (message: string) => {
        emit({ type: "warning", message });
      };
    try {
      const holder = `${this.#command} by ${host}`;
      this.#held = await ports.lock.acquire({ name, holder, signal, warn });
    } catch (error) {
      if (!hasCode(error, "AWS_DENIED")) throw error;
      warn(`two runs at the same time are not kept apart: ${messageOf(error)}`);
    }
    this.#held?.lost.addEventListener("abort", () => {
      warn("another run has taken over the lock: stopping");
      this.#lost.abort(this.#held?.lost.reason);
    }, { once: true });
  }

  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.release().catch((error) => {
      const message = `Cannot free the lock, which is stale after two minutes: ${messageOf(error)}`;
      this.#operation.emit({ type: "warning", message });
    });
  }
}

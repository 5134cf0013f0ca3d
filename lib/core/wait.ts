import { UnituneError } from "./errors.ts";
import type { Clock } from "./ports.ts";

export interface WaitOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutSeconds: number;
  /** What it waits for, as the message says it: `NodeClaims to go`. */
  readonly what: string;
  readonly hint?: string | undefined;
  /** What the error shows below its message: what it still waits for. */
  readonly lines?: (() => readonly string[]) | undefined;
  readonly everyMilliseconds?: number | undefined;
}

/** Asks until the answer is yes. Errors of the question are rethrown: an API error is never "not ready". */
export async function waitUntil(question: () => Promise<boolean>, options: WaitOptions): Promise<void> {
  const deadline = options.clock.now() + options.timeoutSeconds * 1000;
  while (!(await question())) {
    options.signal.throwIfAborted();
    if (options.clock.now() >= deadline) {
      throw new UnituneError(
        "TIMEOUT",
        `Gave up waiting for ${options.what}: ${options.timeoutSeconds} seconds passed`,
        { hint: options.hint, lines: options.lines?.() },
      );
    }
    await options.clock.sleep(options.everyMilliseconds ?? 1000, options.signal);
  }
}

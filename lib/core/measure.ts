/** Measures parts of a run that are no steps, for traces: see the event `measure`. */
import type { Emit, Measured } from "./events.ts";

interface Measuring<T> {
  readonly emit?: Emit | undefined;
  /** In milliseconds. */
  readonly now: () => number;
  /** Has work that did not throw failed all the same? */
  readonly hasFailed?: (result: T) => boolean;
}

/** Does the work, and emits how long it took, however it ended. */
export async function measured<T>(
  about: Measured,
  { emit, now, hasFailed = () => false }: Measuring<T>,
  work: () => Promise<T>,
): Promise<T> {
  const started = now();
  const tell = (failed: boolean) => emit?.({ type: "measure", ...about, failed, seconds: (now() - started) / 1000 });
  try {
    const result = await work();
    tell(hasFailed(result));
    return result;
  } catch (error) {
    tell(true);
    throw error;
  }
}

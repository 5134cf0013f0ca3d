/**
 * Runs changes in the order that `after` gives, as parallel as it allows.
 * A failure stops nothing that runs and skips only what comes after it, by name and reason.
 */
import type { Emit, EndState } from "../core/events.ts";
import { messageOf } from "../core/errors.ts";
import type { Clock } from "../core/ports.ts";
import type { StepResult } from "./types.ts";

export interface Step {
  readonly id: string;
  readonly after: readonly string[];
  readonly title: string;
  /** It only waits: others need not wait for its end. */
  readonly idle?: boolean | undefined;
}

export interface Outcome {
  readonly state: "done" | "unchanged";
  readonly detail?: string | undefined;
}

export interface RunOptions {
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Steps at the same time. */
  readonly concurrency: number;
}

export async function runSteps<S extends Step>(
  steps: readonly S[],
  perform: (step: S) => Promise<Outcome>,
  options: RunOptions,
): Promise<StepResult[]> {
  const results = new Map<string, StepResult>();
  const waiting = new Set(steps);
  const running = new Map<string, Promise<void>>();
  const busy = new Set<string>();
  const settle = (step: S, state: EndState, started: number, detail?: string, error?: unknown): void => {
    const seconds = (options.clock.now() - started) / 1000;
    results.set(step.id, { id: step.id, state, seconds, detail, error });
    options.emit({ type: "end", id: step.id, state, seconds, detail });
  };
  const start = async (step: S): Promise<void> => {
    const started = options.clock.now();
    options.emit({ type: "start", id: step.id, title: step.title });
    try {
      const { state, detail } = await perform(step);
      settle(step, state, started, detail);
    } catch (error) {
      settle(step, options.signal.aborted ? "cancelled" : "failed", started, messageOf(error), error);
    }
  };
  while (waiting.size > 0 || running.size > 0) {
    for (const step of [...waiting]) {
      const blocker = step.after.map((id) => results.get(id)).find((result) => result && !isGood(result.state));
      if (options.signal.aborted || blocker) {
        waiting.delete(step);
        const why = options.signal.aborted ? "interrupted" : `${blocker?.id} ${blocker?.state}`;
        settle(step, options.signal.aborted ? "cancelled" : "skipped", options.clock.now(), why);
      } else if ((step.idle || busy.size < options.concurrency) && step.after.every((id) => results.has(id))) {
        waiting.delete(step);
        if (!step.idle) busy.add(step.id);
        const end = () => (busy.delete(step.id), running.delete(step.id));
        running.set(step.id, start(step).finally(end));
      }
    }
    if (running.size > 0) await Promise.race(running.values());
    else if (waiting.size > 0 && ![...waiting].some((step) => step.after.every((id) => results.has(id)))) {
      throw new Error(`Cannot order steps: ${[...waiting].map(({ id }) => id).join(", ")} wait for each other`);
    }
  }
  return steps.map((step) => results.get(step.id)!);
}

function isGood(state: EndState): boolean {
  return state === "done" || state === "unchanged";
}

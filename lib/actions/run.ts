/**
 * Runs steps in the order that `after` gives, as parallel as that order and the limits of their kinds allow.
 * A failure stops no running step. It skips only the steps that depend on it, and each names the reason.
 */
import type { Emit, EndState } from "../core/events.ts";
import { messageOf } from "../core/errors.ts";
import type { Clock, Task } from "../core/ports.ts";
import type { StepResult } from "./report.ts";

/** A step as data: a plan holds only such steps. */
export interface Step {
  readonly kind: string;
  readonly id: string;
  /** Ids of the steps that must be done first. */
  readonly after: readonly string[];
}

/**
 * The result of a step that did not throw. One that failed has done enough for the steps after it, which run; one that
 * was only started, or was skipped, has not.
 */
export type Outcome =
  | { readonly state: "done" | "unchanged"; readonly detail?: string | undefined }
  | { readonly state: "started" | "skipped"; readonly detail: string }
  | { readonly state: "failed"; readonly error: unknown; readonly detail?: undefined };

export const DONE: Outcome = { state: "done" };
export const UNCHANGED: Outcome = { state: "unchanged" };

/** Everything that is specific to a kind of step. */
export interface StepKind<S extends Step, C> {
  readonly title: (step: S) => string;
  readonly perform: (step: S, context: C, task: Task) => Promise<Outcome>;
  /** How many steps of the kind may run at the same time; no limit by default. */
  readonly limit?: number;
}

/** Title and dispatch of a verb's steps, in one place: a kind without an entry is a compile error. */
export type StepKinds<S extends Step, C> = { readonly [K in S["kind"]]: StepKind<Extract<S, { readonly kind: K }>, C> };

interface RunOptions<S> {
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Whether a step has nothing to do. It is then reported as unchanged when its turn comes. */
  readonly isSettled?: (step: S) => boolean;
}

export function titleOf<S extends Step, C>(kinds: StepKinds<S, C>, step: S): string {
  return kindOf(kinds, step).title(step);
}

/** The table's entry for a step's kind. The type of the table guarantees that the two match. */
function kindOf<S extends Step, C>(kinds: StepKinds<S, C>, step: S): StepKind<S, C> {
  return kinds[step.kind as S["kind"]] as unknown as StepKind<S, C>;
}

/** Returns the result of every step, in order. Throws only if steps wait for each other. */
export async function runSteps<S extends Step, C>(
  steps: readonly S[],
  kinds: StepKinds<S, C>,
  context: C,
  options: RunOptions<S>,
): Promise<StepResult[]> {
  return await new StepRun(steps, kinds, context, options).run();
}

class StepRun<S extends Step, C> {
  readonly #steps: readonly S[];
  readonly #kinds: StepKinds<S, C>;
  readonly #context: C;
  readonly #options: RunOptions<S>;
  readonly #results = new Map<string, StepResult>();
  /** Ids of steps that failed and are no reason to skip others. */
  readonly #usable = new Set<string>();
  /** Ids of steps that are done as far as this run goes, and go on elsewhere. */
  readonly #started = new Set<string>();
  readonly #waiting: Set<S>;
  readonly #running = new Map<S, Promise<void>>();

  constructor(steps: readonly S[], kinds: StepKinds<S, C>, context: C, options: RunOptions<S>) {
    this.#steps = steps;
    this.#kinds = kinds;
    this.#context = context;
    this.#options = options;
    this.#waiting = new Set(steps);
  }

  async run(): Promise<StepResult[]> {
    while (this.#waiting.size > 0 || this.#running.size > 0) {
      for (const step of [...this.#waiting]) this.#advance(step);
      if (this.#running.size > 0) await Promise.race(this.#running.values());
      else this.#refuseCycle();
    }
    return this.#steps.map((step) => this.#results.get(step.id)!);
  }

  /** Starts a waiting step, skips it, or lets it wait. */
  #advance(step: S): void {
    const { signal, clock } = this.#options;
    const blocker = step.after.map((id) => this.#results.get(id)).find((result) => {
      return result && (this.#started.has(result.id) || !isGood(result.state) && !this.#usable.has(result.id));
    });
    if (signal.aborted || blocker) {
      this.#waiting.delete(step);
      const state = this.#started.has(blocker?.id ?? "") ? "has not ended yet" : blocker?.state;
      const why = signal.aborted ? "interrupted" : `${blocker?.id} ${state}`;
      this.#settle(step, signal.aborted ? "cancelled" : "skipped", clock.now(), why);
    } else if (step.after.every((id) => this.#results.has(id)) && this.#hasRoom(step)) {
      this.#waiting.delete(step);
      this.#running.set(step, this.#perform(step).finally(() => this.#running.delete(step)));
    }
  }

  #hasRoom({ kind }: S): boolean {
    const { limit = Infinity } = this.#kinds[kind as S["kind"]];
    return [...this.#running.keys()].filter((other) => other.kind === kind).length < limit;
  }

  async #perform(step: S): Promise<void> {
    const { clock, emit, signal } = this.#options, started = clock.now(), kind = kindOf(this.#kinds, step);
    emit({ type: "start", id: step.id, title: kind.title(step) });
    try {
      const settled = this.#options.isSettled?.(step) ?? false;
      const task = { id: step.id, emit, signal };
      const outcome = settled ? UNCHANGED : await kind.perform(step, this.#context, task);
      if (outcome.state === "started") this.#started.add(step.id);
      if (outcome.state !== "failed") {
        return this.#settle(step, outcome.state === "started" ? "done" : outcome.state, started, outcome.detail);
      }
      this.#usable.add(step.id);
      throw outcome.error;
    } catch (error) {
      this.#settle(step, signal.aborted ? "cancelled" : "failed", started, messageOf(error), error);
    }
  }

  #settle({ id }: S, state: EndState, started: number, detail?: string, error?: unknown): void {
    const seconds = (this.#options.clock.now() - started) / 1000;
    this.#results.set(id, { id, state, at: started, seconds, detail, error });
    this.#options.emit({ type: "end", id, state, seconds, detail });
  }

  #refuseCycle(): void {
    const stuck = [...this.#waiting].filter((step) => !step.after.every((id) => this.#results.has(id)));
    if (stuck.length < this.#waiting.size || stuck.length === 0) return;
    throw new Error(`Cannot order steps: ${stuck.map(({ id }) => id).join(", ")} wait for each other`);
  }
}

function isGood(state: EndState): boolean {
  return state === "done" || state === "unchanged";
}

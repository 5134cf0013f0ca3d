/**
 * Matches a path against a sequence of steps in time proportional to the length of both, as Go's regular expressions
 * do: all ways to match advance together, one character at a time. JavaScript's own would try them one by one, which
 * takes exponential time for patterns like `*a*a*a*a*b`.
 */

/** A character; with `star` any number of them. */
export interface Char {
  readonly kind: "char";
  readonly accepts: (code: number) => boolean;
  readonly star: boolean;
}

export type Step =
  | Char
  /** May jump to a later step. */
  | { readonly kind: "skip"; readonly to: number }
  /** Holds between two characters; `-1` stands for the start or the end. */
  | { readonly kind: "between"; readonly holds: (before: number, after: number) => boolean };

const NONE = -1;

/** Which steps may come next, and where each character leads, as far as it was asked. */
interface State {
  readonly at: readonly number[];
  readonly next: Map<number, State>;
}

/** How many steps and ways are remembered; without a limit, memory would grow with what is matched. */
const MOST_KEPT = 20_000;

/** Whether the steps match a whole text. */
export function matcherOf(steps: readonly Step[]): (text: string) => boolean {
  return steps.some(({ kind }) => kind === "between") ? matchBetween(steps) : matchRemembered(steps);
}

/** What holds between characters depends on both of them, so nothing is remembered. */
function matchBetween(steps: readonly Step[]): (text: string) => boolean {
  return (text) => {
    const codes = Array.from(text, (char) => char.codePointAt(0)!);
    let at: readonly number[] = [0];
    for (let index = 0; index <= codes.length; index++) {
      const code = codes[index] ?? NONE, open = reached(steps, at, codes[index - 1] ?? NONE, code);
      if (index === codes.length) return open.includes(steps.length);
      at = advance(steps, open, code);
    }
    return false;
  };
}

function matchRemembered(steps: readonly Step[]): (text: string) => boolean {
  const memory = new Memory(steps);
  return (text) => {
    let state = memory.first;
    for (const char of text) {
      state = memory.after(state, char.codePointAt(0)!);
      if (state.at.length === 0) return false;
    }
    return state.at.includes(steps.length);
  };
}

class Memory {
  readonly #steps: readonly Step[];
  #states = new Map<string, State>();
  #first: State | undefined;
  #kept = 0;

  constructor(steps: readonly Step[]) {
    this.#steps = steps;
  }

  get first(): State {
    return this.#first ??= this.#state([0]);
  }

  after(state: State, code: number): State {
    const known = state.next.get(code);
    if (known) return known;
    const next = this.#state(advance(this.#steps, state.at, code));
    state.next.set(code, next);
    this.#kept++;
    return next;
  }

  #state(from: readonly number[]): State {
    const at = reached(this.#steps, from, NONE, NONE), key = at.join(), known = this.#states.get(key);
    if (known) return known;
    if (this.#kept > MOST_KEPT) {
      this.#states = new Map();
      this.#first = undefined;
      this.#kept = 0;
    }
    const state: State = { at, next: new Map() };
    this.#states.set(key, state);
    this.#kept += at.length;
    return state;
  }
}

/** Steps that are possible after the character, in order. */
function advance(steps: readonly Step[], at: readonly number[], code: number): number[] {
  const next: number[] = [];
  for (const index of at) {
    const step = steps[index];
    if (step?.kind !== "char" || !step.accepts(code)) continue;
    const to = step.star ? index : index + 1;
    if (next.at(-1) !== to) next.push(to);
  }
  return next;
}

/** The steps with everything that can be reached without a character, in order. */
function reached(steps: readonly Step[], from: readonly number[], before: number, after: number): number[] {
  const isOpen = new Uint8Array(steps.length + 1), found: number[] = [];
  for (const index of from) isOpen[index] = 1;
  // Every way leads forward, so one pass finds all.
  for (let index = from[0] ?? steps.length + 1; index <= steps.length; index++) {
    if (!isOpen[index]) continue;
    found.push(index);
    const step = steps[index];
    if (step?.kind === "skip") isOpen[step.to] = 1;
    if (step?.kind === "skip" || (step?.kind === "char" && step.star)) isOpen[index + 1] = 1;
    if (step?.kind === "between" && step.holds(before, after)) isOpen[index + 1] = 1;
  }
  return found;
}

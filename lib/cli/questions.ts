/** Questions whose answers are checked when they are given: a wrong one is explained, and asked for again. */
import { type Choice, UnituneError } from "../mod.ts";
import { END_OF_INPUT } from "../core/events.ts";
import type { Terminal } from "./terminal.ts";

/** What is wrong with an answer. */
interface Wrong {
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface Question<Answer> {
  /** The flag that answers it. */
  readonly flag: string;
  readonly text: string;
  /** The answer of Enter, as it would be typed. */
  readonly otherwise: string;
  /** Answers that have a number. */
  readonly choices?: readonly Choice[];
  readonly read: (typed: string) => Answer;
  /** `null`: the answer is good. */
  readonly wrong: (answer: Answer) => Wrong | null;
}

/** Thrown by Ctrl-D. */
export class Cancelled extends Error {}

export class Questions {
  readonly #terminal: Terminal;
  /** `--yes` */
  readonly #silent: boolean;

  constructor(terminal: Terminal, silent: boolean) {
    this.#terminal = terminal;
    this.#silent = silent;
  }

  async ask<Answer>({ flag, text, otherwise, choices = [], read, wrong }: Question<Answer>): Promise<Answer> {
    if (this.#silent) return read(otherwise);
    const { host, signal } = this.#terminal, width = String(choices.length).length;
    const known = Math.max(0, ...choices.map(({ value }) => value.length));
    const list = () =>
      choices.forEach(({ value, about }, at) => {
        this.#terminal.say(
          `  ${String(at + 1).padStart(width)}  ${value.padEnd(about ? known : 0)}  ${about}`.trimEnd(),
        );
      });
    if (host.ask && choices.length > 0 && choices.length <= LONGEST_LIST) list();
    for (;;) {
      const typed = await host.ask?.(`${text}${otherwise === "" ? "" : ` [${otherwise}]`}`) ?? null;
      signal.throwIfAborted();
      if (typed === END_OF_INPUT) throw new Cancelled();
      if (typed === null) {
        throw new UnituneError("NO_TERMINAL", `Cannot ask "${text}" as there is no terminal`, {
          hint: `Add ${flag}, or --yes to use every default`,
        });
      }
      if (typed === "?" && choices.length > 0) list();
      else {
        const answer = read(numbered(typed || otherwise, choices)), found = wrong(answer);
        if (!found) return answer;
        this.#terminal.say(`  ${found.message}${found.hint ? ` — ${found.hint}` : ""}`);
      }
    }
  }
}

/** Longer lists are shown when somebody types `?`. */
const LONGEST_LIST = 20;

/** Numbers of the list become what they stand for. */
function numbered(typed: string, choices: readonly Choice[]): string {
  return typed.replaceAll(/(?<![^\s,])\d+(?![^\s,])/g, (number) => choices[Number(number) - 1]?.value ?? number);
}

/** The two hosts: one for people at a terminal (or reading a log), and one for programs that read NDJSON. */
import { END_OF_INPUT, type EventBody, type Host } from "../../core/events.ts";
import { mapText, safeJson } from "../../core/text.ts";
import { plainLines } from "./plain.ts";
import { Screen, terminalSize } from "./screen.ts";
import { clean, painter } from "./style.ts";
import { UsualTimes } from "./usual.ts";

/** Where answers are read from. */
export interface Input {
  /** Whether a person types there. */
  isTerminal(): boolean;
  /** Returns the number of bytes, or `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** Options of `terminalHost`. */
export interface TerminalHostOptions {
  /** Default: writes to stderr. */
  readonly write?: ((text: string) => void) | undefined;
  /** Whether it is a terminal, on which questions can be asked. Default: whether stderr is one. */
  readonly isTerminal?: boolean | undefined;
  /** Whether its last lines can be redrawn. Default: on a terminal. */
  readonly live?: boolean | undefined;
  /** Default: on a terminal, unless NO_COLOR is set. */
  readonly color?: boolean | undefined;
  /** Also show debug events. Default: `false`. */
  readonly verbose?: boolean | undefined;
  /** Default: stdin. */
  readonly input?: Input | undefined;
  /** Ends a pending question, which then counts as a no. */
  readonly signal?: AbortSignal | undefined;
  /** Number of columns. Default: the terminal's. */
  readonly width?: (() => number) | undefined;
  /** Number of rows. Default: the terminal's. */
  readonly height?: (() => number) | undefined;
  /**
   * Remember how long steps took, in the user's folder for caches, and show it when they run again. Default: `false`.
   */
  readonly remember?: boolean | undefined;
}

function writeToStderr(text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
}

/** A host for people. A terminal shows running steps at the bottom; elsewhere each event is a line. */
export function terminalHost(options: TerminalHostOptions = {}): Host {
  const { write = writeToStderr, isTerminal = Deno.stderr.isTerminal(), verbose = false } = options;
  const color = options.color ?? (isTerminal && !Deno.noColor);
  const paint = painter(color);
  const screen = options.live ?? isTerminal ? screenOf({ ...options, write, color, verbose }) : null;
  const show = (event: EventBody): void => {
    if (screen) return screen.show(event);
    for (const line of plainLines(event, { paint, verbose })) write(`${line}\n`);
  };
  const ask = async (question: string): Promise<string | null> => {
    const input = options.input ?? Deno.stdin;
    // Nobody would read a question that goes to a file.
    if (!isTerminal || !input.isTerminal()) return null;
    write(`${clean(question)} `);
    return await answer(input, options.signal);
  };
  return {
    // The only way in, so that no text of an event can send control characters to the terminal.
    emit: (event) => show(mapText(event, clean)),
    ask,
    confirm: async (question) => {
      const line = await ask(`${question} [y/N]`);
      return line === null ? null : !options.signal?.aborted && /^y(es)?$/i.test(line);
    },
  };
}

function screenOf(
  { write, color, verbose, width, height, remember }: TerminalHostOptions & {
    readonly write: (text: string) => void;
    readonly color: boolean;
    readonly verbose: boolean;
  },
): Screen {
  const size = () => ({ columns: width?.() ?? terminalSize().columns, rows: height?.() ?? terminalSize().rows });
  return new Screen({ write, color, verbose, size, usual: remember ? UsualTimes.ofUser() : null });
}

/** Options of `jsonHost`. */
export interface JsonHostOptions {
  /** Default: writes to stderr. */
  readonly write?: ((text: string) => void) | undefined;
  /** Also show debug events. Default: `false`. */
  readonly verbose?: boolean | undefined;
}

/** A host that writes NDJSON: each event is one line, with its texts unchanged. It answers no questions. */
export function jsonHost({ write = writeToStderr, verbose = false }: JsonHostOptions = {}): Host {
  return {
    emit: (event) => {
      if (event.level !== "debug" || verbose) write(`${safeJson(event)}\n`);
    },
    confirm: () => Promise.resolve(null),
  };
}

/** Reads one line. The terminal itself edits it: Backspace, Ctrl-U and Ctrl-W. */
async function answer(input: Input, signal: AbortSignal | undefined): Promise<string> {
  const aborted = new Promise<null>((resolve) => {
    if (signal?.aborted) resolve(null);
    signal?.addEventListener("abort", () => resolve(null), { once: true });
  });
  const buffer = new Uint8Array(256);
  let line = "";
  while (!line.includes("\n")) {
    const count = await Promise.race([input.read(buffer), aborted]);
    if (count === null && line === "" && !signal?.aborted) return END_OF_INPUT;
    if (count === null) break;
    line += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return line.trim();
}

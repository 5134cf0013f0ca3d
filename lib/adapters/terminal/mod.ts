/** The two hosts: one for people at a terminal (or reading a log), and one for programs that read NDJSON. */
import type { EventBody, Host } from "../../core/events.ts";
import { mapText, safeJson } from "../../core/text.ts";
import { plainLines } from "./plain.ts";
import { clean, painter } from "./style.ts";
import { EMPTY_VIEW, liveLines, showEvent, type View, type ViewOptions } from "./view.ts";

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
  /** Whether it is a terminal, whose last lines can be redrawn. Default: whether stderr is one. */
  readonly isTerminal?: boolean | undefined;
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
  const screen = isTerminal ? new Screen({ ...options, write, color, verbose }) : null;
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

const REDRAW_MS = 1000;

type ScreenOptions = TerminalHostOptions & {
  readonly write: (text: string) => void;
  readonly color: boolean;
  readonly verbose: boolean;
};

/** Keeps the lines of running steps at the bottom of the terminal. */
class Screen {
  readonly #options: ScreenOptions;
  #view: View = EMPTY_VIEW;
  #drawn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  show(event: EventBody): void {
    const { view, lines } = showEvent(this.#view, event, this.#viewOptions());
    this.#view = view;
    this.#draw(lines);
    if (view.size > 0) this.#tick();
    else this.#rest();
  }

  #draw(lines: readonly string[]): void {
    const width = this.#options.width?.() ?? columns();
    // The last column stays empty: some terminals start a new line after it.
    const live = liveLines(this.#view, width - 1, this.#viewOptions());
    const erase = this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[0J` : "";
    this.#drawn = live.length;
    this.#options.write(erase + [...lines, ...live].map((line) => `${line}\n`).join(""));
  }

  #tick(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#draw([]), REDRAW_MS);
    // A clock on the screen must not keep a script running.
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #viewOptions(): ViewOptions {
    return { paint: painter(this.#options.color), verbose: this.#options.verbose, now: Date.now() };
  }
}

function columns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

/** Reads one line. */
async function answer(input: Input, signal: AbortSignal | undefined): Promise<string> {
  const aborted = new Promise<null>((resolve) => {
    if (signal?.aborted) resolve(null);
    signal?.addEventListener("abort", () => resolve(null), { once: true });
  });
  const buffer = new Uint8Array(256);
  let line = "";
  while (!line.includes("\n")) {
    const count = await Promise.race([input.read(buffer), aborted]);
    if (count === null) break;
    line += new TextDecoder().decode(buffer.subarray(0, count));
  }
  return line.trim();
}

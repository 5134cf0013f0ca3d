/** Keeps the lines of running steps at the bottom of a terminal, whose size may change at any time. */
import type { EndState, EventBody } from "../../core/events.ts";
import { fit, painter } from "./style.ts";
import type { UsualTimes } from "./usual.ts";
import { EMPTY_VIEW, liveLines, showEvent, type View, type ViewOptions } from "./view.ts";

const REDRAW_MS = 1000;

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** What is assumed of a terminal that does not tell. */
const SIZE: Size = { columns: 80, rows: 24 };

/** The size of the terminal. One that has no size, as some of CI, says that it has 0 columns. */
export function terminalSize(): Size {
  try {
    const { columns, rows } = Deno.consoleSize();
    return { columns: columns || SIZE.columns, rows: rows || SIZE.rows };
  } catch {
    return SIZE;
  }
}

interface ScreenOptions {
  readonly write: (text: string) => void;
  readonly color: boolean;
  readonly verbose: boolean;
  readonly size: () => Size;
  /** How long steps took before; `null`: not remembered. */
  readonly usual: UsualTimes | null;
}

export class Screen {
  readonly #options: ScreenOptions;
  readonly #ended = new Map<EndState, number>();
  #view: View = EMPTY_VIEW;
  /** The number of columns of each line that is drawn. */
  #drawn: readonly number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  show(event: EventBody): void {
    if (event.type === "end") this.#count(event);
    const { view, lines } = showEvent(this.#view, event, this.#viewOptions());
    this.#view = view;
    this.#draw(lines);
    if (view.size > 0) this.#tick();
    else this.#rest();
  }

  #count({ id, state, seconds }: Extract<EventBody, { type: "end" }>): void {
    this.#ended.set(state, (this.#ended.get(state) ?? 0) + 1);
    const title = this.#view.get(id)?.title;
    if (state === "done" && title !== undefined) this.#options.usual?.note(title, seconds);
  }

  #draw(lines: readonly string[]): void {
    const { columns, rows } = this.#options.size();
    // A terminal that became narrower has wrapped what was drawn: a line is then on several rows.
    const up = this.#drawn.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / columns)), 0);
    const live = this.#live(columns, rows);
    this.#drawn = live.map((line) => columnsOf(line));
    const erase = up > 0 ? `\x1b[${up}A\x1b[0J` : "";
    this.#options.write(erase + [...lines, ...live].map((line) => `${line}\n`).join(""));
  }

  /** No more lines than the terminal has: what has scrolled out of it cannot be redrawn. */
  #live(columns: number, rows: number): string[] {
    // The last column stays empty: some terminals start a new line after it.
    const width = columns - 1, usual = (title: string) => this.#options.usual?.of(title);
    const lines = liveLines(this.#view, width, this.#viewOptions(), usual);
    const counts = [...this.#ended].map(([state, count]) => `${count} ${state}`);
    if (this.#view.size > 1) lines.push(fit([`${this.#view.size} running`, ...counts].join(", "), width));
    const most = Math.max(1, rows - 1);
    if (lines.length <= most) return lines;
    return [...lines.slice(0, most - 1), fit(`and ${lines.length - most + 1} lines more`, width)];
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

/** Colours take no columns. */
function columnsOf(line: string): number {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[\d+m/g, "").length;
}

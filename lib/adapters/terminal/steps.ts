/** The log of a BuildKit build (its plain progress), folded into one line a step. */

interface Step {
  readonly title: string;
  /** The last lines of its output: shown only when it fails. */
  readonly tail: readonly string[];
}

/** The steps that run, by BuildKit's number. */
export type Steps = ReadonlyMap<string, Step>;

interface Folded {
  readonly steps: Steps;
  /** Lines that stay on the screen. */
  readonly lines: readonly string[];
  /** What to show as going on now. */
  readonly now: string;
}

const TAIL = 20;
const NUMBERED = /^#(\d+) (.*)$/;
const END = /^(DONE ([\d.]+)s|CACHED|CANCELED|ERROR:? ?(.*))$/;
const TIMED = /^[\d.]+ (.*)$/;

export function foldLine(steps: Steps, line: string): Folded {
  const numbered = NUMBERED.exec(line);
  if (!numbered) return { steps, lines: line === "" ? [] : [line], now: line };
  const [, number, text] = numbered as unknown as [string, string, string];
  const step = steps.get(number);
  if (!step) return { steps: new Map(steps).set(number, { title: text, tail: [] }), lines: [], now: text };
  const end = END.exec(text);
  if (end) {
    const left = new Map(steps);
    left.delete(number);
    return { steps: left, lines: endLines(step, end), now: "" };
  }
  // BuildKit repeats a step's title, and writes `...`, when its output changes between steps.
  if (text === step.title || text === "...") return { steps, lines: [], now: step.title };
  const output = TIMED.exec(text)?.[1] ?? text;
  const tail = [...step.tail, output].slice(-TAIL);
  return { steps: new Map(steps).set(number, { ...step, tail }), lines: [], now: `${step.title}: ${output}` };
}

function endLines({ title, tail }: Step, [text, , seconds, reason]: RegExpExecArray): string[] {
  if (title.startsWith("[internal]") && !text.startsWith("ERROR")) return [];
  if (seconds !== undefined) return [`${title}  ${seconds} s`];
  if (!text.startsWith("ERROR")) return [`${title}  ${text.toLowerCase()}`];
  return [`${title}  failed`, ...tail.map((line) => `  | ${line}`), ...(reason ? [`  | ${reason}`] : [])];
}

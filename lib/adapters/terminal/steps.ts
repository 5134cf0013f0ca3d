/** Folds the log of a BuildKit build (its plain progress) into one line per step. */

import { readLine, splitLine, type StepLine } from "../../images/backends/buildkit/progress.ts";

interface Step {
  readonly title: string;
  /** The last lines of its output, shown only if it fails. */
  readonly tail: readonly string[];
}

/** The running steps, by BuildKit's number. */
export type Steps = ReadonlyMap<string, Step>;

interface Folded {
  readonly steps: Steps;
  /** Lines that stay on the screen. */
  readonly lines: readonly string[];
  /** What to show as the current activity. */
  readonly now: string;
}

const TAIL = 20;
export function foldLine(steps: Steps, line: string): Folded {
  const numbered = splitLine(line);
  if (!numbered) return { steps, lines: line === "" ? [] : [line], now: line };
  const { id, text } = numbered, step = steps.get(id);
  if (!step) return { steps: new Map(steps).set(id, { title: text, tail: [] }), lines: [], now: text };
  const read = readLine(line);
  if (read && ENDS.includes(read.state)) {
    const left = new Map(steps);
    left.delete(id);
    return { steps: left, lines: endLines(step, read), now: "" };
  }
  // BuildKit repeats a step's title, and writes `...`, when its output switches between steps.
  if (text === step.title || text === "...") return { steps, lines: [], now: step.title };
  const output = read?.state === "output" ? read.text : text;
  const tail = [...step.tail, output].slice(-TAIL);
  return { steps: new Map(steps).set(id, { ...step, tail }), lines: [], now: `${step.title}: ${output}` };
}

const ENDS: readonly StepLine["state"][] = ["done", "cached", "failed", "cancelled"];

function endLines({ title, tail }: Step, { state, text }: StepLine): string[] {
  if (title.startsWith("[internal]") && state !== "failed") return [];
  switch (state) {
    case "done":
      return [`${title}  ${text.replace(/s$/, " s")}`];
    case "failed":
      return [`${title}  failed`, ...tail.map((line) => `  | ${line}`), ...(text ? [`  | ${text}`] : [])];
    default:
      return [`${title}  ${state}`];
  }
}

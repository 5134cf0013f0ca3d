/** Folds the log of a BuildKit build (its plain progress) into one line per step. */

import { FAILURE, readLine, splitLine, type StepLine } from "../../images/backends/buildkit/progress.ts";

/** The titles of the running steps, by BuildKit's number. */
export type Steps = ReadonlyMap<string, string>;

interface Folded {
  readonly steps: Steps;
  /** Lines that stay on the screen. */
  readonly lines: readonly string[];
  /** What to show as the current activity. */
  readonly now: string;
}

/**
 * A failed step is one line, too, with BuildKit's reason: the build's error has the last lines of its output. So does
 * BuildKit's own summary of failures, which is left out.
 */
export function foldLine(steps: Steps, line: string): Folded {
  const numbered = splitLine(line);
  if (!numbered) return foldSummary(steps, line);
  const { id, text } = numbered, title = steps.get(id);
  if (title === undefined) return { steps: new Map(steps).set(id, text), lines: [], now: text };
  const read = readLine(line);
  if (read && ENDS.includes(read.state)) return { steps: without(steps, id), lines: endLines(title, read), now: "" };
  // BuildKit repeats a step's title, and writes `...`, when its output switches between steps.
  if (text === title || text === "...") return { steps, lines: [], now: title };
  return { steps, lines: [], now: `${title}: ${read?.state === "output" ? read.text : text}` };
}

const ENDS: readonly StepLine["state"][] = ["done", "cached", "failed", "cancelled"];

function endLines(title: string, { state, text }: StepLine): string[] {
  if (title.startsWith("[internal]") && state !== "failed") return [];
  switch (state) {
    case "done":
      return [`${title}  ${text.replace(/s$/, " s")}`];
    case "failed":
      // The image is whole without it.
      if (title.startsWith(FAILURE.export)) return [`${title}  left out`, ...(text ? [`  | ${text}`] : [])];
      return [`${title}  failed`, ...(text ? [`  | ${text}`] : [])];
    case "cached":
      return [`${title}  CACHED`];
    default:
      return [`${title}  ${state}`];
  }
}

/** Stands among the steps while lines are part of a summary. */
const SUMMARY = "summary", MARK = "------";

/** A line of no step: of a summary, which is between two marks, or of another program. */
function foldSummary(steps: Steps, line: string): Folded {
  if (line === MARK) {
    const inside = steps.has(SUMMARY);
    return { steps: inside ? without(steps, SUMMARY) : new Map(steps).set(SUMMARY, ""), lines: [], now: "" };
  }
  const left = line === "" || steps.has(SUMMARY) || line.startsWith(FAILURE.reason);
  return { steps, lines: left ? [] : [line], now: left ? "" : line };
}

function without(steps: Steps, key: string): Steps {
  return new Map([...steps].filter(([id]) => id !== key));
}

/** BuildKit's plain log: the progress of each step, and which step failed with which output. */

/** What one line says about a step; `id` is BuildKit's number of the step. */
export interface StepLine {
  readonly id: string;
  readonly state: "started" | "output" | "done" | "cached" | "failed" | "cancelled";
  /** The step's name when it started, its output, the seconds it took, or why it failed. */
  readonly text: string;
}

interface FailedStep {
  /** `[2/3] RUN make`, as the log names it; `null` when the log names no step. */
  readonly step: string | null;
  readonly output: readonly string[];
}

/** The one form of log that is read here: `buildctl` is asked for it. */
export const PROGRESS_FLAG = "--progress=plain";

/** How lines begin that tell of a failure; `build-job.yaml` looks for them with grep, in the container. */
export const FAILURE = { step: " > ", reason: "error: ", cache: "importing cache", export: "exporting cache" } as const;

const LINE = /^#(\d+) (.*)$/;
const STATES: readonly (readonly [RegExp, StepLine["state"]])[] = [
  [/^\d+\.\d+ ?(.*)$/, "output"],
  [/^DONE ?(.*)$/, "done"],
  [/^CACHED(.*)$/, "cached"],
  [/^ERROR: (.*)$/, "failed"],
  [/^CANCELED(.*)$/, "cancelled"],
  [/^(\[.*\].*|(?:ex|im)porting .*)$/, "started"],
];

/** BuildKit's number of a step and what the line says of it; `null` for a line of no step. */
export function splitLine(line: string): { readonly id: string; readonly text: string } | null {
  const [, id, text] = LINE.exec(line) ?? [];
  return id === undefined || text === undefined ? null : { id, text };
}

/** `null` for a line that says nothing about a step: transfers, blank lines, the summary of a failure. */
export function readLine(line: string): StepLine | null {
  const { id, text } = splitLine(line) ?? {};
  if (id === undefined || text === undefined) return null;
  for (const [pattern, state] of STATES) {
    const found = pattern.exec(text);
    if (found) return { id, state, text: found[1]! };
  }
  return null;
}

/**
 * The step that failed, with its last lines of output and the error, from a log or the end of one. Three places may name
 * the step: the summary of its output, its own lines, and the marked line of the Dockerfile. A cache that could not be
 * read does not make a build fail.
 */
export function failedStep(log: string, lines = 20): FailedStep {
  const all = log.split("\n");
  const read = all.map(readLine).filter((line) => line !== null);
  const { step, output } = summary(all) ?? failedLines(read) ?? marked(all, read) ?? { step: null, output: [] };
  const reason = all.findLast((line) => line.startsWith(FAILURE.reason))?.slice(FAILURE.reason.length);
  const said = output.slice(-lines);
  return { step, output: reason === undefined || said.at(-1) === reason ? said : [...said, reason] };
}

/** A cache that could not be read does not make a build fail. */
function isFailing(line: string): boolean {
  return line.startsWith(FAILURE.step) && line.endsWith(":") && !line.startsWith(FAILURE.step + FAILURE.cache);
}

/** The block ` > [2/3] RUN make:` … `------`; without output when the step wrote nothing. */
function summary(lines: readonly string[]): FailedStep | null {
  const at = lines.findLastIndex((line) => isFailing(line));
  if (at < 0) return null;
  const end = lines.indexOf("------", at);
  const output = lines.slice(at + 1, end < 0 ? lines.length : end).map((line) => line.replace(/^\d+\.\d+ /, ""));
  const told = output.filter((line) =>
    line.trim() !== "" && readLine(line) === null && !line.startsWith(FAILURE.reason)
  );
  return { step: lines[at]!.slice(FAILURE.step.length, -1), output: told };
}

function failedLines(read: readonly StepLine[]): FailedStep | null {
  const nameOf = (id: string) => read.find((line) => line.id === id && line.state === "started")?.text;
  const failed = read.findLast(({ id, state }) => state === "failed" && !nameOf(id)?.startsWith(FAILURE.cache));
  if (!failed) return null;
  const output = read.filter(({ id, state }) => id === failed.id && state === "output").map(({ text }) => text);
  return { step: nameOf(failed.id) ?? null, output: [...output, failed.text] };
}

/** `Dockerfile:2` and `2 | >>> COPY a /`, of a step that could not start. */
function marked(lines: readonly string[], read: readonly StepLine[]): FailedStep | null {
  const place = lines.findLastIndex((line) => /^\S+:\d+$/.test(line));
  const instruction = lines.slice(place + 1).map((line) => /^ +\d+ \| >>> (.*)$/.exec(line)?.[1]).find(Boolean);
  if (place < 0 || !instruction) return null;
  const step = read.find(({ state, text }) => state === "started" && text.endsWith(`] ${instruction}`))?.text;
  return { step: step ?? `${lines[place]} ${instruction}`, output: [] };
}

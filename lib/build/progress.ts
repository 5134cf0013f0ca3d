/** BuildKit's plain log, read for a person: which step failed, and what it said. */

export interface FailedStep {
  /** `[2/3] RUN make`, as the log names it; `null` when the log tells of no step. */
  readonly step: string | null;
  readonly output: readonly string[];
}

const STEP = /^#(\d+) (\[.*\].*)$/;
const OUTPUT = /^#(\d+) \d+\.\d+ (.*)$/;
const FAILED = /^#(\d+) ERROR: (.*)$/;

/** From the end of a log: the failing step with its last lines of output, or the error alone. */
export function failedStep(log: string, lines = 20): FailedStep {
  const names = new Map<string, string>(), outputs = new Map<string, string[]>();
  let failed: RegExpExecArray | null = null;
  let error = "";
  for (const line of log.split("\n")) {
    const step = STEP.exec(line), output = OUTPUT.exec(line);
    if (step) names.set(step[1]!, step[2]!);
    if (output) outputs.set(output[1]!, [...outputs.get(output[1]!) ?? [], output[2]!]);
    failed = FAILED.exec(line) ?? failed;
    const solved = /^(?:ERROR|error): (.*)$/.exec(line);
    if (solved) error = solved[1]!;
  }
  // The summary's heading (` > [2/3] RUN make:`) survives when the log's beginning was cut off.
  const heading = /^ > (\[.*\].*):$/m.exec(log)?.[1];
  const id = failed?.[1] ?? "";
  const step = names.get(id) ?? heading ?? null;
  const said = outputs.get(id) ?? [];
  const reason = error || (failed?.[2] ?? "");
  return { step, output: [...said.slice(-lines), ...(reason ? [reason] : [])] };
}

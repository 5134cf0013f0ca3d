/** Handles the findings of checks: errors end the run, all of them at once; the plan shows the rest. */
import type { Checked } from "../checks/mod.ts";
import { UnituneError } from "../core/errors.ts";
import { type Finding, lineOf, mistakeOf } from "../core/findings.ts";

/** Throws if there are errors; returns the other findings. */
export function refuseErrors(name: string, checked: readonly Checked[]): Finding[] {
  const refused = checked.map(({ check, findings }) => {
    return { check, found: findings.filter(({ severity }) => severity === "error") };
  }).filter(({ found }) => found.length > 0);
  const [first] = refused, found = refused.flatMap(({ found }) => found);
  if (!first) return checked.flatMap(({ findings }) => findings);
  const message = refused.length === 1
    ? first.check.refusal(name, found.length)
    : `Cannot go on with ${name} as ${found.length} problems were found`;
  throw new UnituneError(first.check.code, message, {
    path: found[0]!.path,
    lines: found.map(lineOf),
    mistakes: found.map(mistakeOf),
  });
}

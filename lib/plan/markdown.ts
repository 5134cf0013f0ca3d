/** A plan as Markdown, for a pull request. */
import { type Finding, lineOf } from "../core/findings.ts";
import { COLUMNS } from "./columns.ts";
import { describeCost, describeExposure, summary } from "./describe.ts";
import { describeChanges } from "./describe_changes.ts";
import type { Plan } from "./types.ts";

const ALERT: Record<Finding["severity"], string> = { error: "CAUTION", warning: "WARNING", note: "NOTE" };

/** The plan as GitHub shows it: summary, findings as alerts, changes in colour, cost. */
export function planMarkdown(plan: Plan): string {
  const { config: { name, region }, caller, findings, notes } = plan;
  const changes = describeChanges(plan, COLUMNS).map((line) => line.startsWith("~") ? `!${line.slice(1)}` : line);
  const account = caller ? ` (account ${caller.account}, as \`${caller.principalArn}\`)` : "";
  return [
    // Not "###", which CI runners could take for a command of theirs.
    `<h3>unitune plan for <code>${name}</code> in ${region}</h3>`,
    `**${summary(plan)}**${account}`,
    ...findings.map((finding) => `> [!${ALERT[finding.severity]}]\n> ${plain(lineOf(finding))}`),
    ...notes.map((note) => `> [!NOTE]\n> ${plain(note)}`),
    fenced(changes),
    fenced([...describeExposure(plan.config), ...describeCost(plan.config)], "text"),
  ].join("\n\n");
}

/** Text of a finding is not Markdown: angle brackets would vanish, and a mention would notify somebody. */
function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|@]/g, "\\$&").replaceAll("\n", "\n> ");
}

/** No line can end the block, as its fence is longer than any that stands in it. */
function fenced(lines: readonly string[], language = "diff"): string {
  const longest = Math.max(2, ...lines.join("\n").match(/`+/g)?.map(({ length }) => length) ?? []);
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence].join("\n");
}

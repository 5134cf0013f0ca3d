/**
 * The plan of a pull request, as Markdown for its comment. Ends with 1 when something would be removed or replaced.
 * `--offline` plans without an account.
 *
 * ```sh
 * deno run -A --unstable-worker-options examples/scripts/plan_check.ts [--offline] > plan.md
 * ```
 */
import { describePlan, isNoop, openProject, summary } from "unitune";

await using project = await openProject();
const plan = await project.plan({ offline: Deno.args.includes("--offline") });
console.log(`### unitune plan for \`${project.config.name}\`\n\n${summary(plan)}\n`);
if (!isNoop(plan)) console.log(["```", describePlan(plan), "```"].join("\n"));
const removed = plan.changes.some(({ kind }) => kind === "prune");
const replaced = plan.changes.some((change) =>
  change.kind === "stacks" &&
  change.diffs.some(({ changes }) => changes.some(({ action }) => action === "remove" || action === "replace"))
);
if (removed || replaced) Deno.exitCode = 1;

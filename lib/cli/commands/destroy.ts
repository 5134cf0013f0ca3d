import { type DestroyReport, EXIT, type ExitCode } from "../../mod.ts";
import { errorDocument, errorText, exitCodeOf } from "../errors.ts";
import type { Runner } from "../runner.ts";
import type { Terminal } from "../terminal.ts";

export function destroyCommand(runner: Runner): void {
  runner.command("destroy", "removes everything that apply made, in order, then proves that nothing is left")
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "print the steps and stop")
    .option("--delete-data", "remove repositories that hold images, and disks of claims, too")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        const plan = await project.planDestroy({ deleteData: options.deleteData }), { steps } = plan;
        const text = [`Removal of ${project.config.name} in ${project.config.region}, in order:`]
          .concat(steps.map(({ title }) => `- ${title}`)).join("\n");
        if (options.dryRun) {
          terminal.result(text, { steps });
          return EXIT.done;
        }
        terminal.say(`${text}\n`);
        if (!(await terminal.confirmed(`Remove ${project.config.name}?`, options.yes))) return EXIT.declined;
        return finishDestroy(terminal, await project.destroy(plan));
      })
    );
}

function finishDestroy(terminal: Terminal, report: DestroyReport): ExitCode {
  const failed = report.results.filter(({ state }) => state === "failed");
  const left = report.proof.flatMap(({ left }) => left);
  const text = [
    ...report.proof.map(({ what, left }) => left.length === 0 ? `gone: ${what}` : `LEFT: ${what}: ${left.join(", ")}`),
    ...report.kept.map((what) => `kept: ${what}`),
  ];
  terminal.result(text.join("\n"), {
    steps: report.results.map(({ id, state, seconds, error }) => {
      return { id, state, seconds, ...(error !== undefined && { error: errorDocument(error) }) };
    }),
    proof: report.proof,
    kept: report.kept,
  });
  for (const { error } of failed) terminal.error(errorText(error, false));
  if (failed[0]) return exitCodeOf(failed[0].error);
  return left.length > 0 ? EXIT.aws : EXIT.done;
}

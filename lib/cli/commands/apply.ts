import { Option } from "@commander-js/extra-typings";
import { type Stage, STAGES, UnituneError } from "../../mod.ts";
import { planAndRun } from "../report.ts";
import { type Runner, secretEnvOption } from "../runner.ts";

export function applyCommand(runner: Runner): void {
  runner.command("apply", "makes it so: bootstrap, stacks, Karpenter, pools, images")
    .option("-y, --yes", "do not ask")
    .addOption(secretEnvOption())
    .option("--dry-run", "print the plan and stop")
    .addOption(
      new Option("--only <stages>", `some stages, with commas between: ${STAGES.join(", ")}`).argParser(parseStages),
    )
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        return await planAndRun(project, terminal, await project.plan({ only: options.only }), options);
      })
    );
}

/** The original's name for the first two stages. */
export function configureCommand(runner: Runner): void {
  runner.command("configure", "apply --only infra,pools")
    .option("-y, --yes", "do not ask")
    .option("--dry-run", "print the plan and stop")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        return await planAndRun(project, terminal, await project.plan({ only: ["infra", "pools"] }), options);
      })
    );
}

function parseStages(text: string): Stage[] {
  return text.split(",").map((name) => {
    const stage = STAGES.find((stage) => stage === name.trim());
    if (stage) return stage;
    throw new UnituneError("USAGE", `Cannot apply --only ${text}: "${name}" is no stage`, {
      path: "--only",
      hint: `Stages are ${STAGES.join(", ")}`,
    });
  });
}

import { Option } from "@commander-js/extra-typings";
import { type Phase, PHASES, UnituneError } from "../../mod.ts";
import { planAndRun } from "../report.ts";
import { type Runner, secretEnvOption } from "../runner.ts";

export function applyCommand(runner: Runner): void {
  runner.command("apply", "create or update everything: bootstrap, stacks, Karpenter, pools, images")
    .option("-y, --yes", "apply without asking")
    .addOption(secretEnvOption())
    .option("--dry-run", "print the plan, and change nothing")
    .addOption(
      new Option("--only <phases>", `only these phases, comma-separated: ${PHASES.join(", ")}`).argParser(parsePhases),
    )
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        return await planAndRun(project, terminal, await project.plan({ only: options.only }), options);
      })
    );
}

/** Another name for the first two phases of apply. */
export function configureCommand(runner: Runner): void {
  runner.command("configure", "create or update the cluster without images: apply --only infra,pools")
    .option("-y, --yes", "apply without asking")
    .option("--dry-run", "print the plan, and change nothing")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        return await planAndRun(project, terminal, await project.plan({ only: ["infra", "pools"] }), options);
      })
    );
}

function parsePhases(text: string): Phase[] {
  return text.split(",").map((name) => {
    const phase = PHASES.find((phase) => phase === name.trim());
    if (phase) return phase;
    throw new UnituneError("USAGE", `Cannot apply --only ${text}: "${name}" is not a phase`, {
      path: "--only",
      hint: `Phases are ${PHASES.join(", ")}`,
    });
  });
}

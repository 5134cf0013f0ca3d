import { Option } from "@commander-js/extra-typings";
import { type Phase, PHASES, UnituneError } from "../../mod.ts";
import { readPlan } from "../plan_file.ts";
import { planAndRun } from "../report.ts";
import { type Runner, secretEnvOption } from "../runner.ts";

export function applyCommand(runner: Runner): void {
  runner.command("apply", "create or update everything: bootstrap, stacks, Karpenter, pools, images")
    .argument("[plan]", "a file that `unitune plan --out` wrote: applied without asking, if nothing has changed since")
    .option("-y, --yes", "apply without asking")
    .addOption(secretEnvOption())
    .option("--dry-run", "print the plan, and change nothing")
    .option("--html <file>", "also write a page that shows the plan, and then the run")
    .addOption(
      new Option("--only <phases>", `only these phases, comma-separated: ${PHASES.join(", ")}`).argParser(parsePhases),
    )
    .option("--revert-drift", "also change back what was changed in the stacks outside of CloudFormation")
    .action((file, options) =>
      runner.withProject(options, async (project, terminal) => {
        const { only, revertDrift } = options;
        requireInfra(only, revertDrift);
        if (file === undefined) {
          return await planAndRun(project, terminal, await project.plan({ only, revertDrift }), options);
        }
        if (only || revertDrift) throw notWithFile(only ? "--only" : "--revert-drift");
        // Who saved the plan has seen it.
        return await planAndRun(project, terminal, await project.resume(await readPlan(file)), {
          ...options,
          yes: true,
        });
      })
    );
}

function notWithFile(flag: string): UnituneError {
  return new UnituneError("USAGE", `Cannot change a saved plan with ${flag}`, {
    path: flag,
    hint: `Omit ${flag}, or omit the file`,
  });
}

function requireInfra(only: readonly Phase[] | undefined, revertDrift: boolean | undefined): void {
  if (!revertDrift || !only || only.includes("infra")) return;
  throw new UnituneError("USAGE", "Cannot revert drift without the phase infra, which deploys the stacks", {
    path: "--revert-drift",
    hint: "Add infra to --only, or omit it",
  });
}

/** Another name for the first two phases of apply. */
export function configureCommand(runner: Runner): void {
  runner.command("configure", "create or update the cluster without images: apply --only infra,pools")
    .option("-y, --yes", "apply without asking")
    .option("--dry-run", "print the plan, and change nothing")
    .option("--html <file>", "also write a page that shows the plan, and then the run")
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

import { describePlan, EXIT } from "../../mod.ts";
import { planDocument } from "../report.ts";
import type { Runner } from "../runner.ts";

export function planCommand(runner: Runner): void {
  runner.command("plan", "show one diff over stacks, cluster objects and images; change nothing")
    .option("--offline", "plan without an account, as if nothing were deployed")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        const plan = await project.plan({ offline: options.offline });
        terminal.result(describePlan(plan), planDocument(plan));
        return EXIT.done;
      })
    );
}

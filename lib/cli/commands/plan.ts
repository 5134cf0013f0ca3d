import {
  describePlan,
  EXIT,
  hasDrifted,
  isNoop,
  PHASES,
  planDocument,
  planMarkdown,
  planPage,
  UnituneError,
  writePage,
} from "../../mod.ts";
import { writePlan } from "../plan_file.ts";
import type { Runner } from "../runner.ts";

/** With `--detailed-exitcode`, as terraform has it. */
const CHANGES = 2;

export function planCommand(runner: Runner): void {
  runner.command("plan", "show one diff over stacks, cluster objects and images; change nothing")
    .option("--offline", "plan without an account, as if nothing were deployed")
    .option("--drift", "also look for what was changed in the stacks outside of CloudFormation; takes minutes")
    .option("--detailed-exitcode", "end with 2 if there are changes or drift, and with 0 if there are none")
    .option("--markdown", "print Markdown, for a pull request")
    .option("--html <file>", "also write a page that shows the plan, for any browser, without a network")
    .option("--out <file>", "also save the plan: `unitune apply <file>` runs it, unless something has changed since")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        if (options.offline && options.drift) {
          throw new UnituneError("USAGE", "Cannot look for drift offline: only AWS knows what was changed", {
            path: "--drift",
            hint: "Omit --offline",
          });
        }
        const plan = await project.plan({ offline: options.offline, drift: options.drift });
        if (options.out) await writePlan(options.out, plan, await project.save(plan, { only: PHASES }));
        const document = planDocument(plan);
        if (options.html) await writePage(options.html, await planPage(document));
        terminal.result(
          options.markdown ? planMarkdown(plan) : describePlan(plan, terminal.layout("stdout")),
          document,
        );
        return options.detailedExitcode && (!isNoop(plan) || hasDrifted(plan)) ? CHANGES : EXIT.done;
      })
    );
}

import { EXIT } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import { type Runner, secretEnvOption } from "../runner.ts";

export function logsCommand(runner: Runner): void {
  runner.command("logs", "print the log of an image's build, while it runs and for a while after its end")
    .argument("<image>", "name of the image")
    .addOption(secretEnvOption())
    .action((image, options) =>
      runner.withProject(options, async (project, terminal) => {
        const report = await project.logs(image, (line) => terminal.line(line));
        for (const { job, state } of report.jobs) terminal.say(`${job}  ${state}`);
        if (terminal.json) terminal.result("", { version, ...report });
        return EXIT.done;
      })
    );
}

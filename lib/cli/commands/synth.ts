import { EXIT } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

export function synthCommand(runner: Runner): void {
  runner.command("synth", "write everything as files, without an account")
    .requiredOption("--out <dir>", "the folder to write to")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        const files = await project.synth(options.out);
        terminal.result(files.join("\n"), { version, out: options.out, files });
        return EXIT.done;
      })
    );
}

import { dirname } from "node:path";
import { EXIT, writeTypes } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

export function typesCommand(runner: Runner): void {
  runner.command("types", "renew the editor types beside a config, after an upgrade of unitune")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        const written = await writeTypes(dirname(project.file));
        terminal.result(`wrote  ${written}`, { version, written: [written], kept: [], missing: [] });
        return EXIT.done;
      })
    );
}

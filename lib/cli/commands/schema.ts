import { configSchema, EXIT } from "../../mod.ts";
import type { Runner } from "../runner.ts";

export function schemaCommand(runner: Runner): void {
  runner.command("schema", "prints the JSON Schema of the config, for other tools")
    .action((options) =>
      runner.run(options, async (terminal) => {
        const schema = await configSchema();
        terminal.exact(JSON.stringify(schema, null, 2), schema);
        return EXIT.done;
      })
    );
}

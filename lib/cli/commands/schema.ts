import { Argument } from "@commander-js/extra-typings";
import { configSchema, EXIT } from "../../mod.ts";
import { DOCUMENT_KINDS } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

export function schemaCommand(runner: Runner): void {
  runner.command("schema", "print the JSON Schema of the config, or of a document that --json prints")
    .addArgument(new Argument("[document]", "the document (default: the config)").choices(DOCUMENT_KINDS))
    .action((document, options) =>
      runner.run(options, async (terminal) => {
        const documents = () => import("../documents/schema.ts");
        const schema = document ? (await documents()).documentSchema(document) : await configSchema();
        terminal.exact(JSON.stringify(schema, null, 2), schema);
        return EXIT.done;
      })
    );
}

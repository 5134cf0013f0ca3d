/** The program: arguments in, exit code out. Ctrl-C asks everything to stop; a second one ends at once. */
import { EXIT, runCli } from "./lib/cli/main.ts";

const controller = new AbortController();
Deno.addSignalListener("SIGINT", () => {
  if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
  controller.abort(new DOMException("interrupted", "AbortError"));
});

Deno.exit(await runCli(Deno.args, controller.signal));

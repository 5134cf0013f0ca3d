/**
 * The program: arguments in, exit code out. Ctrl-C asks everything to stop; a second one ends at once. Until there is
 * something to stop it ends the program as it ends any other: a config that loops holds the thread that would listen.
 */
import { EXIT, processWorld, runCli } from "./lib/cli/main.ts";

const controller = new AbortController();
const listen = () =>
  Deno.addSignalListener("SIGINT", () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    controller.abort(new DOMException("interrupted", "AbortError"));
  });

Deno.exit(await runCli(Deno.args, processWorld({ signal: controller.signal, listen })));

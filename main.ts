/**
 * The program: arguments in, exit code out. Ctrl-C asks all work to stop; a second one ends the program at once. While
 * the config is evaluated, Ctrl-C ends the program by default: an endless loop would block the thread that listens.
 */
import { EXIT, processWorld, runCli } from "./lib/cli/main.ts";

const controller = new AbortController();
const listen = () =>
  Deno.addSignalListener("SIGINT", () => {
    if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
    controller.abort(new DOMException("interrupted", "AbortError"));
  });

Deno.exit(await runCli(Deno.args, processWorld({ signal: controller.signal, listen })));

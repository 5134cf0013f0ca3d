/**
 * The program: arguments in, exit code out. Ctrl-C, SIGTERM and SIGHUP ask all work to stop; a second one ends the
 * program at once. While the config is evaluated, they end it by default: an endless loop would block the thread that
 * listens.
 */
import "./lib/cli/shell.ts"; // first: no other code has run yet
import { EXIT, processWorld, runCli } from "./lib/cli/main.ts";

/** Windows has no SIGTERM, and takes SIGHUP for the closing of its window. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

const controller = new AbortController();
const interrupt = () => {
  if (controller.signal.aborted) Deno.exit(EXIT.interrupted);
  controller.abort(new DOMException("interrupted", "AbortError"));
};
const listen = () => SIGNALS.forEach((signal) => Deno.addSignalListener(signal, interrupt));

export default runCli(Deno.args, processWorld({ signal: controller.signal, listen })).then((code) => Deno.exit(code));

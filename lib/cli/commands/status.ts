import { describeStatus, EXIT, statusPage, UnituneError, writePage } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import type { Runner } from "../runner.ts";

/** How often `--watch` looks. */
const EVERY_MS = 5000;

export function statusCommand(runner: Runner): void {
  runner.command("status", "show stacks, cluster, nodes and their cost, what waits, builds, and what was left behind")
    .option("-w, --watch", "look again every five seconds, until Ctrl-C")
    .option("--html <file>", "also write a page that shows it, for any browser, without a network")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        if (options.watch && terminal.json) {
          throw new UnituneError("USAGE", "Cannot watch with --json, which prints one document", {
            path: "--watch",
            hint: "Omit one of the two flags",
          });
        }
        for (;;) {
          const status = await project.status(), document = { version, ...status } as const;
          if (options.html) await writePage(options.html, await statusPage(document));
          terminal.result(describeStatus(status), document, options.watch);
          if (!options.watch) return EXIT.done;
          await pause(EVERY_MS, terminal.signal);
          if (terminal.signal.aborted) return EXIT.interrupted;
        }
      })
    );
}

/** Ends early on the signal. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

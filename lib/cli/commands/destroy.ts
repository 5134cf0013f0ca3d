import { type DestroyReport, EXIT, type ExitCode, type Guests } from "../../mod.ts";
import { DOCUMENT_VERSION as version } from "../documents/kinds.ts";
import { exitCodeOf } from "../errors.ts";
import { destroyDocument } from "../report.ts";
import type { Runner } from "../runner.ts";
import type { Terminal } from "../terminal.ts";

export function destroyCommand(runner: Runner): void {
  runner.command("destroy", "delete everything that apply created, in order, then prove that nothing is left")
    .option("-y, --yes", "delete without asking")
    .option("--dry-run", "print the steps, and delete nothing")
    .option("--delete-data", "also delete repositories that hold images, and disks of claims")
    .action((options) =>
      runner.withProject(options, async (project, terminal) => {
        const plan = await project.planDestroy({ deleteData: options.deleteData }), { steps } = plan;
        const text = [`Steps to destroy ${project.config.name} in ${project.config.region}:`]
          .concat(steps.map(({ title }) => `- ${title}`)).join("\n");
        if (options.dryRun) {
          terminal.result(text, { version, steps: steps.map(({ id, after, title }) => ({ id, after, title })) });
          return EXIT.done;
        }
        terminal.say(`${[text, ...guestLines(await project.findGuests(plan))].join("\n")}\n`);
        const { name, region } = project.config;
        const place = options.yes ? "" : `cluster ${name} in ${region}, account ${(await project.caller()).account}`;
        if (!(await terminal.typed(name, `Destroy ${place}?`, options.yes))) return EXIT.declined;
        return finishDestroy(terminal, name, await project.destroy(plan));
      })
    );
}

/** What unitune did not create and would delete: nobody should learn of it afterwards. */
function guestLines({ guests, trouble }: Guests): string[] {
  if (trouble !== null) {
    return [`Cannot look for load balancers, claims and pools of users: ${trouble}`];
  }
  if (guests.length === 0) return [];
  return [
    "Found in the cluster, not created by unitune:",
    ...guests.map(({ object, effect }) => `- ${object}: ${effect}`),
  ];
}

function finishDestroy(terminal: Terminal, name: string, report: DestroyReport): ExitCode {
  const failed = report.results.filter(({ state }) => state === "failed");
  const left = report.proof.flatMap(({ left }) => left);
  const text = [
    ...report.proof.map(({ what, left }) => left.length === 0 ? `gone: ${what}` : `LEFT: ${what}: ${left.join(", ")}`),
    ...report.kept.map((what) => `kept: ${what}`),
  ];
  if (report.results.some(({ state }) => state === "cancelled")) {
    text.push("Interrupted. Run the same command again to continue.");
  }
  if (wasNotDeployed(report)) text.unshift(`Nothing to destroy: ${name} is not deployed in this account and region.`);
  terminal.result(text.join("\n"), destroyDocument(report));
  for (const { error } of failed) terminal.failed(error);
  if (failed[0]) return exitCodeOf(failed[0].error);
  return left.length > 0 ? EXIT.aws : EXIT.done;
}

/** Did every step but the permission check find nothing to delete? */
function wasNotDeployed({ results }: DestroyReport): boolean {
  return results.every(({ id, state }) => state === "unchanged" || (id === "permissions" && state === "done"));
}

/** A report as text, as JSON and as an exit code. */
import {
  costOf,
  describePlan,
  type DestroyReport,
  EXIT,
  type ExitCode,
  isNoop,
  type Plan,
  type Report,
  type StepResult,
  type UnituneProject,
} from "../mod.ts";
import { lineOf } from "../core/findings.ts";
import { errorText, exitCodeOf, failureDocument } from "./errors.ts";
import { DOCUMENT_VERSION as version } from "./documents/kinds.ts";
import type { DocumentOf } from "./documents/types.ts";
import { nextCommands } from "./next.ts";
import type { Common, Terminal } from "./terminal.ts";

interface Going extends Common {
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export function planDocument(plan: Plan): DocumentOf<"plan"> {
  const { name, region } = plan.config;
  return {
    version,
    name,
    region,
    kubernetes: kubernetesDocument(plan),
    changed: !isNoop(plan),
    caller: plan.caller,
    changes: plan.changes,
    cost: costOf(plan.config),
    findings: plan.findings,
    notes: [...plan.findings.map(lineOf), ...plan.notes],
  };
}

/** The deployed version, the wanted one, and the steps between them; `null` if there is no cluster to upgrade. */
function kubernetesDocument({ changes, config }: Plan): DocumentOf<"plan">["kubernetes"] {
  const steps = changes.flatMap((change) =>
    (change.kind === "kubernetes" || change.kind === "stacks") && change.kubernetes ? [change.kubernetes] : []
  );
  if (steps.length === 0) return null;
  return { deployed: steps[0]!.from, wanted: config.cluster.version, steps: steps.map(({ to }) => to) };
}

/** Shows the plan, asks, and runs it: the work of apply and configure. */
export async function planAndRun(
  project: UnituneProject,
  terminal: Terminal,
  plan: Plan,
  going: Going,
): Promise<ExitCode> {
  if (going.dryRun) {
    terminal.result(describePlan(plan, terminal.layout("stdout")), planDocument(plan));
    return EXIT.done;
  }
  terminal.say(`${describePlan(plan, terminal.layout("stderr"))}\n`);
  if (isNoop(plan)) {
    return finish(terminal, await project.run(plan), "Nothing changed: everything matches the config.");
  }
  if (!(await terminal.confirmed(applyQuestion(plan), going.yes))) return EXIT.declined;
  const report = await project.run(plan), code = finish(terminal, report, "Done.");
  const [ref] = Object.values(report.images).flatMap(({ ref }) => ref ?? []).slice(-1);
  if (code === EXIT.done) terminal.say(`\n${nextCommands(going, plan, ref)}`);
  return code;
}

/** Names what would change, and whether this machine can see it through. */
function applyQuestion({ config: { name, region }, caller, findings }: Plan): string {
  const unreachable = findings.some(({ code, severity }) => code === "ENDPOINT" && severity === "warning");
  const place = `cluster ${name} in ${region}${caller ? `, account ${caller.account}` : ""}`;
  return unreachable
    ? `This machine may not reach the API server (see the warning). Apply these changes to ${place} all the same?`
    : `Apply these changes to ${place}?`;
}

/** Prints the result. Failures go to stderr, each with its next step. */
export function finish(terminal: Terminal, report: Report, success: string): ExitCode {
  const failed = report.results.filter(({ state }) => state === "failed");
  const skipped = report.results.filter(({ state }) => state === "skipped");
  const images = Object.entries(report.images).map(([name, image]) =>
    `${name}  ${image.state}  ${image.ref ?? image.because}`
  );
  const cancelled = report.results.some(({ state }) => state === "cancelled");
  const ok = failed.length === 0 && skipped.length === 0 && !cancelled;
  if (cancelled) images.push("Interrupted. Run the same command again to continue.");
  terminal.result([...images, ...(ok && success ? [success] : [])].join("\n"), reportDocument(report));
  for (const { error } of failed) terminal.error(errorText(error, false));
  const [first] = failed;
  if (first) return exitCodeOf(first.error);
  return cancelled ? EXIT.interrupted : ok ? EXIT.done : EXIT.failed;
}

function reportDocument({ results, images }: Report): DocumentOf<"report"> {
  return { version, steps: stepDocuments(results), images };
}

export function destroyDocument({ results, proof, kept }: DestroyReport): DocumentOf<"destroy"> {
  return { version, steps: stepDocuments(results), proof, kept };
}

function stepDocuments(results: readonly StepResult[]): DocumentOf<"report">["steps"] {
  return results.map(({ id, state, seconds, error }) => {
    return { id, state, seconds, ...(error !== undefined && { error: failureDocument(error) }) };
  });
}

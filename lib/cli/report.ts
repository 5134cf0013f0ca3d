/** A report as text, as JSON and as an exit code. */
import {
  describePlan,
  type DestroyReport,
  EXIT,
  type ExitCode,
  type ImageResult,
  isNoop,
  type Plan,
  planDocument,
  planPage,
  type Report,
  runPage,
  type StepResult,
  type UnituneProject,
  writePage,
} from "../mod.ts";
import { exitCodeOf, failureDocument } from "./errors.ts";
import { DOCUMENT_VERSION as version } from "./documents/kinds.ts";
import type { DocumentOf } from "./documents/types.ts";
import { nextCommands } from "./next.ts";
import type { Common, Terminal } from "./terminal.ts";

interface Going extends Common {
  readonly yes?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** The file for a page. */
  readonly html?: string | undefined;
}

/** Shows the plan, asks, and runs it: the work of apply and configure. */
export async function planAndRun(
  project: UnituneProject,
  terminal: Terminal,
  plan: Plan,
  going: Going,
): Promise<ExitCode> {
  const { html } = going, document = planDocument(plan);
  // Before the question, for whoever wants to look at it first.
  if (html !== undefined) await writePage(html, await planPage(document));
  if (going.dryRun) {
    terminal.result(describePlan(plan, terminal.layout("stdout")), document);
    return EXIT.done;
  }
  terminal.say(`${describePlan(plan, terminal.layout("stderr"))}\n`);
  const run = async (success: string) => {
    const report = await project.run(plan);
    if (html !== undefined) await writePage(html, await runPage(document, reportDocument(report)));
    return { report, code: finish(terminal, report, success) };
  };
  if (isNoop(plan)) return (await run("Nothing changed: everything matches the config.")).code;
  if (!(await terminal.confirmed(applyQuestion(plan), going.yes))) return EXIT.declined;
  const { report, code } = await run("Done.");
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
    `${name}  ${wordFor(image)}  ${image.ref ?? image.because}`
  );
  const cancelled = report.results.some(({ state }) => state === "cancelled");
  const ok = failed.length === 0 && skipped.length === 0 && !cancelled;
  if (cancelled) images.push("Interrupted. Run the same command again to continue.");
  terminal.result([...images, ...(ok && success ? [success] : [])].join("\n"), reportDocument(report));
  for (const { error } of failed) terminal.failed(error);
  const [first] = failed;
  if (first) return exitCodeOf(first.error);
  return cancelled ? EXIT.interrupted : ok ? EXIT.done : EXIT.failed;
}

/** An image that is skipped although it has a Job was started, and not waited for. */
function wordFor({ state, job }: ImageResult): string {
  return state === "skipped" && job !== null ? `started  ${job}` : state;
}

function reportDocument({ results, images }: Report): DocumentOf<"report"> {
  return { version, steps: stepDocuments(results), images };
}

export function destroyDocument({ results, proof, kept }: DestroyReport): DocumentOf<"destroy"> {
  return { version, steps: stepDocuments(results), proof, kept };
}

function stepDocuments(results: readonly StepResult[]): DocumentOf<"report">["steps"] {
  return results.map(({ id, state, at, seconds, error }) => {
    return { id, state, at, seconds, ...(error !== undefined && { error: failureDocument(error) }) };
  });
}

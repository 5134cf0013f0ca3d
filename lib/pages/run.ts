/** A run of a plan as a page: how it ended, when each step ran, the images; then the plan itself. */
import { formatBytes, formatSeconds } from "../core/units.ts";
import type { PlanDocument } from "../plan/document.ts";
import { titleOf } from "./changes.ts";
import { page } from "./document.ts";
import { type Html, markup } from "./html.ts";
import { code, list, notice, type Section, state, table, tableOr, toneOf } from "./parts.ts";
import { planSections } from "./plan.ts";

/** A failure, as reports have it. */
export interface RunFailure {
  /** Its code. */
  readonly code: string;
  /** What failed. */
  readonly message: string;
  /** Path in the config, or the resource. */
  readonly path?: string | undefined;
  /** The next step. */
  readonly hint?: string | undefined;
  /** Further lines of the message. */
  readonly lines?: readonly string[] | undefined;
}

/** How a step ended. */
export interface RunStep {
  /** Its id. */
  readonly id: string;
  /** `done`, `unchanged`, `failed`, `skipped` or `cancelled`. */
  readonly state: string;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
  /** How long it took. */
  readonly seconds: number;
  /** Why it failed. */
  readonly error?: RunFailure | undefined;
}

/** How an image ended. */
export interface RunImage {
  /** `built`, `reused`, `failed`, `skipped` or `cancelled`. */
  readonly state: string;
  /** Its reference by digest, if the registry holds it. */
  readonly ref: string | null;
  /** `sha256:…`, if the registry holds it. */
  readonly digest: string | null;
  /** How long it took. */
  readonly seconds: number;
  /** The build context, and how much of it was sent. */
  readonly context: { readonly digest: string; readonly bytes: number; readonly uploadedBytes: number };
  /** Names of the Jobs, comma-separated. */
  readonly job: string | null;
  /** Why it was built, reused or not. */
  readonly because: string;
}

/** The report of a run, as `apply --json` prints it. */
export interface RunDocument {
  /** Version of the document. */
  readonly version: number;
  /** The steps that were to run. */
  readonly steps: readonly RunStep[];
  /** The images, by name. */
  readonly images: Readonly<Record<string, RunImage>>;
}

/** The page of a run: one HTML document, which loads nothing. */
export function runPage(plan: PlanDocument, report: RunDocument): string {
  const states = new Map(report.steps.map(({ id, state }) => [id, state]));
  const sections: Section[] = [
    { id: "result", title: "Result", body: result(report.steps) },
    { id: "timeline", title: "Timeline", body: timeline(report.steps, namesOf(plan)) },
    { id: "built", title: "Images of this run", body: built(report) },
    ...planSections(plan, ({ id }) => states.get(id)),
  ];
  return page({
    title: `Apply of ${plan.name} in ${plan.region}`,
    summary: summaryOf(report.steps),
    sections,
    data: { plan, report },
  });
}

function namesOf({ changes }: PlanDocument): ReadonlyMap<string, string> {
  return new Map(changes.map((change) => [change.id, titleOf(change)]));
}

/** `12 done, 1 failed, 2 skipped.` */
function summaryOf(steps: readonly RunStep[]): string {
  const counts = new Map<string, number>();
  for (const { state } of steps) counts.set(state, (counts.get(state) ?? 0) + 1);
  return `${[...counts].map(([state, count]) => `${count} ${state}`).join(", ") || "No step ran"}.`;
}

function result(steps: readonly RunStep[]): Html {
  const [from, to] = span(steps), failed = steps.filter(({ error }) => error !== undefined);
  const took = steps.length === 0
    ? null
    : markup`<p>Began at ${time(from)}, ended at ${time(to)}, after ${formatSeconds((to - from) / 1000)}.</p>\n`;
  return markup`${took}${failed.map(({ id, error }) => failure(id, error!))}`;
}

function failure(id: string, { code, message, path = "", hint = "", lines = [] }: RunFailure): Html {
  return notice("failed", [id, code, path], message, list(lines), hint);
}

function time(at: number): Html {
  const text = new Date(at).toISOString();
  return markup`<time datetime="${text}">${text.slice(0, 19).replace("T", " ")} UTC</time>`;
}

/** The first start and the last end. */
function span(steps: readonly RunStep[]): readonly [number, number] {
  if (steps.length === 0) return [0, 0];
  return [Math.min(...steps.map(({ at }) => at)), Math.max(...steps.map(({ at, seconds }) => at + seconds * 1000))];
}

const BAR = { width: 320, height: 14 };

/** A bar from the start of a step to its end, on the time of the whole run. */
function bar({ at, seconds, state }: RunStep, [from, to]: readonly [number, number]): Html {
  const scale = BAR.width / Math.max(1, to - from), x = round((at - from) * scale);
  const width = Math.max(2, round(seconds * 1000 * scale));
  const size = markup`width="${BAR.width}" height="${BAR.height}"`;
  const rest = markup`x="${Math.min(x, BAR.width - 2)}" width="${width}" height="${BAR.height}"`;
  return markup`<svg aria-hidden="true" ${size} viewBox="0 0 ${BAR.width} ${BAR.height}">${[
    markup`<rect class="track" ${size}/>`,
    markup`<rect class="bar ${toneOf(state)}" ${rest}/>`,
  ]}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function timeline(steps: readonly RunStep[], names: ReadonlyMap<string, string>): Html {
  const whole = span(steps);
  return tableOr("No step ran.", {
    caption: "Steps by the time of their start",
    columns: ["Step", "State", "Began after", "Took", "Time"],
    numbers: ["Began after", "Took"],
    rows: steps.toSorted((a, b) => a.at - b.at).map((step) => [
      names.get(step.id) ?? step.id,
      state(step.state),
      formatSeconds((step.at - whole[0]) / 1000),
      formatSeconds(step.seconds),
      bar(step, whole),
    ]),
  });
}

function built({ images }: RunDocument): Html {
  const rows = Object.entries(images).map(([name, image]) => [
    name,
    state(image.state),
    image.because,
    formatBytes(image.context.bytes),
    formatBytes(image.context.uploadedBytes),
    formatSeconds(image.seconds),
    image.ref === null ? "" : code(image.ref),
    image.job ?? "",
  ]);
  return rows.length === 0 ? markup`` : table({
    caption: "Images, and how much of their contexts was sent",
    columns: ["Image", "State", "Why", "Context", "Sent", "Took", "Reference", "Jobs"],
    numbers: ["Context", "Sent", "Took"],
    rows,
  });
}

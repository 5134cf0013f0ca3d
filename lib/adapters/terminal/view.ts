/**
 * What a terminal shows of a run: events fold into a state, and the state becomes text. Pure, so it is testable without
 * a terminal. Finished lines scroll up; the running steps are redrawn below them.
 */
import { type EndState, type EventBody, isFailure } from "../../core/events.ts";
import { foldLine, type Steps } from "./steps.ts";
import { TRANSFER_TITLE, transferLine } from "./transfer.ts";
import { duration, fit, measureLine, type Paint } from "./style.ts";

interface Running {
  readonly title: string;
  /** When it started, in milliseconds. */
  readonly since: number;
  /** What it is doing now. */
  readonly now: string;
  readonly resources: number;
  readonly steps: Steps;
}

/** The running steps, by id, in the order of their start. */
export type View = ReadonlyMap<string, Running>;

export const EMPTY_VIEW: View = new Map();

export interface ViewOptions {
  readonly paint: Paint;
  readonly verbose: boolean;
  /** The current time, in milliseconds. */
  readonly now: number;
}

/** The state after an event, and the lines that it leaves on the screen. */
export function showEvent(view: View, event: EventBody, options: ViewOptions): { view: View; lines: string[] } {
  const { paint, verbose, now } = options;
  switch (event.type) {
    case "start":
      return { view: put(view, event.id, newRunning(event.title, now)), lines: [] };
    case "progress":
      return { view: note(view, event.id, { now: event.message }), lines: [] };
    case "transfer":
      return { view: showTransfer(view, event, now), lines: [] };
    case "resource":
      return showResource(view, event, options);
    case "log":
      return showLog(view, event, options);
    case "end":
      return showEnd(view, event, options);
    case "warning":
      return showWarning(view, event, options);
    case "measure":
      return { view, lines: verbose ? [paint("dim", measureLine(event))] : [] };
    case "debug":
      return { view, lines: verbose ? [paint("dim", event.message)] : [] };
    default:
      return event satisfies never;
  }
}

/**
 * The lines of the running steps: one each, with what it is doing now; below it, where the line has no room for that.
 * `usual`: how long a step of this title took before, in seconds.
 */
export function liveLines(
  view: View,
  width: number,
  { paint, now }: ViewOptions,
  usual: (title: string) => number | undefined = () => undefined,
): string[] {
  return [...view.values()].flatMap((running) => {
    const { title, since, now: activity } = running, before = usual(title);
    const expected = before === undefined ? "" : ` (usually ${duration(before)})`;
    const head = fit(`${title}  ${duration((now - since) / 1000)}${expected}`, width), room = width - head.length - 2;
    if (activity === "") return [head];
    if (room >= Math.min(activity.length, ROOM)) return [`${head}  ${paint("dim", fit(activity, room))}`];
    return width > 8 ? [head, `  ${paint("dim", fit(activity, width - 2))}`] : [head];
  });
}

/** Columns in which the end of a line may say what a step is doing, cut if it is longer. */
const ROOM = 40;

type Event<T extends EventBody["type"]> = Extract<EventBody, { type: T }>;

function showResource(view: View, event: Event<"resource">, { paint, verbose }: ViewOptions) {
  const done = /_COMPLETE$/.test(event.status) ? 1 : 0;
  const resources = (view.get(event.id)?.resources ?? 0) + done;
  const counted = resources > 0 ? `${resources} resources done, ` : "";
  const next = note(view, event.id, {
    resources,
    now: `${counted}${event.status} ${event.resourceType} ${event.logicalId}`,
  });
  const line = `  ${event.status}  ${event.logicalId} (${event.resourceType})${
    event.reason ? `: ${event.reason}` : ""
  }`;
  if (isFailure(event)) return { view: next, lines: [paint("red", line)] };
  return { view: next, lines: verbose ? [paint("dim", line)] : [] };
}

/** A transfer that is about several steps is a step of its own, while it lasts. */
function showTransfer(view: View, event: Event<"transfer">, now: number): View {
  const line = transferLine(event);
  if (event.id !== undefined) return note(view, event.id, { now: line });
  const rest = new Map(view);
  rest.delete(TRANSFER_TITLE);
  if (event.done === event.total) return rest;
  const running = view.get(TRANSFER_TITLE) ?? newRunning(TRANSFER_TITLE, now - event.seconds * 1000);
  return put(rest, TRANSFER_TITLE, { ...running, now: line });
}

/** A warning stays on the screen with the title of its step, and becomes the step's current activity. */
function showWarning(view: View, { id, message }: Event<"warning">, { paint }: ViewOptions) {
  const about = id === undefined ? undefined : view.get(id)?.title;
  const line = `${paint("yellow", "warning")}  ${about ? `${about}: ` : ""}${message}`;
  return { view: id === undefined ? view : note(view, id, { now: message }), lines: [line] };
}

function showLog(view: View, event: Event<"log">, { paint, verbose, now }: ViewOptions) {
  const running = view.get(event.id) ?? newRunning(event.id, now);
  const name = event.id.replace(/^build:/, "");
  const folded = foldLine(running.steps, event.line);
  const lines = verbose ? [event.line].filter((line) => line !== "") : folded.lines;
  return {
    view: note(view, event.id, { steps: folded.steps, now: folded.now || running.now }),
    lines: lines.map((line) => `  ${paint("dim", name)}  ${line}`),
  };
}

function showEnd(view: View, event: Event<"end">, { paint }: ViewOptions) {
  const title = view.get(event.id)?.title ?? event.id;
  const next = new Map(view);
  next.delete(event.id);
  const took = event.state === "skipped" ? "" : `  ${duration(event.seconds)}`;
  const detail = event.detail ? `  ${paint("dim", event.detail)}` : "";
  return { view: next, lines: [`${paint(STYLES[event.state], event.state.padEnd(9))}  ${title}${took}${detail}`] };
}

const STYLES = {
  done: "green",
  unchanged: "dim",
  failed: "red",
  skipped: "yellow",
  cancelled: "yellow",
} as const satisfies Record<EndState, string>;

function newRunning(title: string, since: number): Running {
  return { title, since, now: "", resources: 0, steps: new Map() };
}

/** A step that does not run is not drawn, because no event would end it. */
function note(view: View, id: string, change: Partial<Running>): View {
  const running = view.get(id);
  return running ? put(view, id, { ...running, ...change }) : view;
}

function put(view: View, id: string, running: Running): View {
  return new Map(view).set(id, running);
}

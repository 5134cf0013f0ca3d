/**
 * What happens during a run, as typed events: library code emits them through the emitter, which adds time and level; a
 * host renders them (terminal, NDJSON, a test's array). Events carry data, never colour; `id` is the id of the change
 * that they are about.
 */

/** An event as it is emitted; the emitter adds the {@linkcode EventStamp}. */
export type EventBody =
  /** A change begins. */
  | { readonly type: "start"; readonly id: string; readonly title: string }
  /** Something happened during a change: one line for a person. */
  | { readonly type: "progress"; readonly id: string; readonly message: string }
  /** How far the reading or sending of build contexts is; without `id` it is about several images. */
  | {
    readonly type: "transfer";
    readonly id?: string | undefined;
    readonly what: "files" | "segments";
    readonly done: number;
    readonly total: number;
    readonly bytes: number;
    readonly totalBytes: number;
    readonly bytesPerSecond: number;
    readonly seconds: number;
    readonly secondsLeft: number | null;
  }
  /** A resource of a stack reached a state, as CloudFormation reports it. */
  | {
    readonly type: "resource";
    readonly id: string;
    readonly logicalId: string;
    readonly resourceType: string;
    readonly status: string;
    readonly reason?: string | undefined;
  }
  /** A line that a container of a Job wrote. */
  | { readonly type: "log"; readonly id: string; readonly line: string; readonly source: LogSource }
  /** A change ended. */
  | {
    readonly type: "end";
    readonly id: string;
    readonly state: EndState;
    readonly seconds: number;
    readonly detail?: string | undefined;
  }
  /** Something that a person should know or do; without `id` it is not about a single change. */
  | { readonly type: "warning"; readonly id?: string | undefined; readonly message: string }
  /** A part of the run that is no step has ended; without `id` it is about no step. Only shown with `-v`. */
  | {
    readonly type: "measure";
    readonly id?: string | undefined;
    readonly what: "config" | "synthesis" | "upload" | "job";
    readonly name: string;
    readonly failed: boolean;
    readonly seconds: number;
  }
  /** Only shown with `-v`. */
  | { readonly type: "debug"; readonly message: string };

/** An event about the reading or sending of build contexts. */
export type TransferEvent = Extract<EventBody, { type: "transfer" }>;

/** What is measured. */
export type Measured = Pick<Extract<EventBody, { type: "measure" }>, "id" | "what" | "name">;

/** What the emitter adds to every event. */
export interface EventStamp {
  /** When unitune emitted it, in milliseconds since 1970. */
  readonly at: number;
  /** How much it matters. */
  readonly level: Level;
}

/** An event as a host receives it; with `--json` each is one line of NDJSON with exactly these fields. */
export type UnituneEvent = EventBody & EventStamp;

/** How much an event matters, from least to most. */
export type Level = "debug" | "info" | "warning" | "error";

/** Where a line of a log comes from. */
export interface LogSource {
  /** Name of the pod. */
  readonly pod: string;
  /** Name of the container in it. */
  readonly container: string;
}

/** How a step ended. */
export type EndState = "done" | "unchanged" | "failed" | "skipped" | "cancelled";

/** Takes an event. */
export type Emit = (event: EventBody) => void;

/** Receives the events, and answers questions. */
export interface Host {
  /** Receives each event, in order. */
  readonly emit: (event: UnituneEvent) => void;
  /** Asks a yes-or-no question; `null` when nobody can answer (no terminal). */
  confirm(question: string): Promise<boolean | null>;
  /**
   * Asks for a line of text; `null` when nobody can answer, `END_OF_INPUT` when Ctrl-D ended the input. Without it,
   * nobody can answer.
   */
  ask?(question: string): Promise<string | null>;
}

/** What Ctrl-D sends: the answer of somebody who gives none. */
export const END_OF_INPUT = "\x04";

interface EventKind {
  readonly level: Level;
  /** Level of an event that reports a failure; default: `level`. */
  readonly failure?: Level;
  /** What it means, as a sentence. */
  readonly meaning: string;
}

/** Every type of event: its level and its meaning. The reference is generated from this. */
export const EVENTS: Readonly<Record<EventBody["type"], EventKind>> = {
  start: { level: "info", meaning: "A change begins." },
  progress: { level: "info", meaning: "Something happened during a change." },
  transfer: {
    level: "info",
    meaning: "Files of build contexts are read, or segments of one are sent: how many, how fast, how long still.",
  },
  resource: {
    level: "info",
    failure: "error",
    meaning: "A resource of a stack reached a state, as CloudFormation reports it.",
  },
  log: { level: "info", meaning: "A container of a Job (a build, or Helm) wrote a line." },
  end: { level: "info", failure: "error", meaning: "A change ended." },
  warning: { level: "warning", meaning: "Something that a person should know or do." },
  measure: {
    level: "debug",
    meaning: "A part of the run has ended: evaluating the config, synthesizing stacks, an upload, a Job.",
  },
  debug: { level: "debug", meaning: "Details that only -v shows." },
};

export function levelOf(event: EventBody): Level {
  const { level, failure = level } = EVENTS[event.type];
  return isFailure(event) ? failure : level;
}

/** Did a change or a resource fail? */
export function isFailure(event: EventBody): boolean {
  return event.type === "end"
    ? event.state === "failed"
    : event.type === "resource" && event.status.endsWith("_FAILED");
}

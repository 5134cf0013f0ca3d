/**
 * The story of a run, as typed events: library code emits, a host renders (terminal, NDJSON, a test's array).
 * Events carry data, never colour; `id` is that of the change they tell about.
 */
export type UnituneEvent =
  /** A change begins. */
  | { readonly type: "start"; readonly id: string; readonly title: string }
  /** Something happened inside a change: one line for a person. */
  | { readonly type: "progress"; readonly id: string; readonly message: string }
  /** A resource of a stack reached a state, as CloudFormation reports it. */
  | {
    readonly type: "resource";
    readonly id: string;
    readonly logicalId: string;
    readonly resourceType: string;
    readonly status: string;
    readonly reason?: string | undefined;
  }
  /** A line of a build's log. */
  | { readonly type: "log"; readonly id: string; readonly line: string }
  /** A change ended. */
  | {
    readonly type: "end";
    readonly id: string;
    readonly state: EndState;
    readonly seconds: number;
    readonly detail?: string | undefined;
  }
  | { readonly type: "warning"; readonly id?: string | undefined; readonly message: string }
  /** Only shown with `-v`. */
  | { readonly type: "debug"; readonly message: string };

/** How a step ended. */
export type EndState = "done" | "unchanged" | "failed" | "skipped" | "cancelled";

/** Takes an event. */
export type Emit = (event: UnituneEvent) => void;

/** Where the story goes, and who answers a question. */
export interface Host {
  /** Takes each event, in order. */
  readonly emit: Emit;
  /** Asks for a yes; `null` when nobody can answer (no terminal). */
  confirm(question: string): Promise<boolean | null>;
  /** Asks for a line of text; `null` when nobody can answer. Without it, nobody can. */
  ask?(question: string): Promise<string | null>;
}

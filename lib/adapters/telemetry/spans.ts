/** Events of a run → spans, in the JSON of OTLP. Pure but for the random ids, which are an argument. */
import type { UnituneEvent } from "../../core/events.ts";

/** A span as OTLP's JSON has it. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  /** Internal. */
  readonly kind: 1;
  /** Nanoseconds since 1970. */
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  /** 1: ok, 2: an error. */
  readonly status: { readonly code: 1 | 2; readonly message?: string };
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

/** The trace that a run is part of. */
interface TraceParent {
  readonly traceId: string;
  readonly spanId: string;
}

/** `00-<trace>-<span>-<flags>`: W3C's `traceparent`, as programs that start others pass it on. */
export function traceParentOf(text: string | undefined): TraceParent | null {
  const [, traceId, spanId] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(text ?? "") ?? [];
  return traceId && spanId && !/^0+$/.test(traceId) && !/^0+$/.test(spanId) ? { traceId, spanId } : null;
}

interface Started {
  readonly spanId: string;
  readonly title: string;
  readonly at: number;
}

/** How a run ended. */
export interface RunEnd {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The exit code of the command. */
  readonly exitCode: number;
  /** Code of the error that ended it. */
  readonly error?: string | undefined;
}

/** The spans of a run: one for all of it, one in it for each step, and one for each part that was measured. */
export class SpanRecorder {
  readonly #trace: TraceParent;
  readonly #parent: string | undefined;
  readonly #name: string;
  readonly #began: number;
  readonly #newId: () => string;
  readonly #started = new Map<string, Started>();
  /** Ids of spans of steps, also of those that ended: what was measured in them is told at its end. */
  readonly #ids = new Map<string, string>();
  readonly #spans: Span[] = [];

  /** `newId`: 16 random hex digits at each call. */
  constructor(name: string, began: number, newId: () => string, parent: TraceParent | null) {
    this.#trace = { traceId: parent?.traceId ?? newId() + newId(), spanId: newId() };
    this.#parent = parent?.spanId;
    this.#name = name;
    this.#began = began;
    this.#newId = newId;
  }

  record(event: UnituneEvent): void {
    switch (event.type) {
      case "start": {
        const spanId = this.#newId();
        this.#ids.set(event.id, spanId);
        this.#started.set(event.id, { spanId, title: event.title, at: event.at });
        return;
      }
      case "end":
        return this.#end(event.id, event.at, event.state);
      case "measure": {
        const parent = (event.id === undefined ? undefined : this.#ids.get(event.id)) ?? this.#trace.spanId;
        const attributes = { "unitune.part": event.what, "unitune.name": event.name };
        const [from, to] = [event.at - event.seconds * 1000, event.at];
        this.#add({
          spanId: this.#newId(),
          parent,
          name: `${event.what} ${event.name}`,
          from,
          to,
          attributes,
          failed: event.failed,
        });
        return;
      }
    }
  }

  /** A step that never began has no span: it took no time. */
  #end(id: string, at: number, state: string): void {
    const started = this.#started.get(id);
    if (!started) return;
    this.#started.delete(id);
    const attributes = { "unitune.step": id, "unitune.state": state };
    const { spanId, title, at: from } = started, parent = this.#trace.spanId;
    this.#add({ spanId, parent, name: title, from, to: at, attributes, failed: state === "failed" });
  }

  /** All spans, once the run has ended. Steps that did not end were cut. */
  finish({ at, exitCode, error }: RunEnd): readonly Span[] {
    for (const id of [...this.#started.keys()]) this.#end(id, at, "cut");
    const attributes = { "unitune.exit_code": exitCode, ...error !== undefined && { "error.type": error } };
    const { spanId } = this.#trace, failed = error !== undefined;
    this.#add({ spanId, parent: this.#parent, name: this.#name, from: this.#began, to: at, attributes, failed });
    return this.#spans;
  }

  #add({ spanId, parent, name, from, to, attributes, failed }: {
    readonly spanId: string;
    readonly parent: string | undefined;
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly attributes: Readonly<Record<string, string | number>>;
    readonly failed: boolean;
  }): void {
    this.#spans.push({
      traceId: this.#trace.traceId,
      spanId,
      ...parent !== undefined && { parentSpanId: parent },
      name,
      kind: 1,
      startTimeUnixNano: nanoseconds(from),
      endTimeUnixNano: nanoseconds(to),
      attributes: attributesOf(attributes),
      status: { code: failed ? 2 : 1 },
    });
  }
}

/** OTLP's JSON has 64-bit numbers as text. */
function nanoseconds(at: number): string {
  return `${BigInt(Math.round(at * 1000)) * 1000n}`;
}

export function attributesOf(values: Readonly<Record<string, string | number>>): Attribute[] {
  return Object.entries(values).map(([key, value]) => {
    return { key, value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value } };
  });
}

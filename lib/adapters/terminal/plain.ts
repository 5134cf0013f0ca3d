/** Shows events where there is no terminal (a file, a CI log): each event has its own lines, and nothing is redrawn. */
import { type EventBody, isFailure } from "../../core/events.ts";
import { duration, measureLine, type Paint } from "./style.ts";
import { TRANSFER_TITLE, transferLine } from "./transfer.ts";

export function plainLines(event: EventBody, options: { paint: Paint; verbose: boolean }): string[] {
  const { paint, verbose } = options;
  switch (event.type) {
    case "start":
      return [`${event.id}: ${event.title}`];
    case "progress":
      return [`${event.id}: ${event.message}`];
    case "transfer":
      // A line every quarter of a minute, and the last one.
      return event.seconds % 15 < 1 || event.done === event.total
        ? [`${event.id ?? TRANSFER_TITLE}: ${transferLine(event)}`]
        : [];
    case "resource": {
      const { id, status, resourceType, logicalId, reason } = event;
      if (!verbose && status.endsWith("_IN_PROGRESS")) return [];
      const line = `${id}: ${status} ${resourceType} ${logicalId}${reason ? `: ${reason}` : ""}`;
      return [isFailure(event) ? paint("red", line) : line];
    }
    case "log":
      return [`${event.id} | ${event.line}`];
    case "end": {
      const took = event.state === "skipped" ? "" : ` in ${duration(event.seconds)}`;
      const line = `${event.id}: ${event.state}${took}${event.detail ? `, ${event.detail}` : ""}`;
      return [isFailure(event) ? paint("red", line) : line];
    }
    case "warning":
      return [`${paint("yellow", "warning:")} ${event.id ? `${event.id}: ` : ""}${event.message}`];
    case "measure":
      return verbose ? [measureLine(event)] : [];
    case "debug":
      return verbose ? [event.message] : [];
    default:
      return event satisfies never;
  }
}

/** The story where there is no terminal (a file, a CI log): each event as lines of its own, nothing ever redrawn. */
import type { UnituneEvent } from "../../core/events.ts";
import { clean, duration, type Paint } from "./style.ts";
import { isFailure } from "./view.ts";

export function plainLines(event: UnituneEvent, options: { paint: Paint; verbose: boolean }): string[] {
  const { paint, verbose } = options;
  switch (event.type) {
    case "start":
      return [`${event.id}: ${clean(event.title)}`];
    case "progress":
      return [`${event.id}: ${clean(event.message)}`];
    case "resource": {
      const { id, status, resourceType, logicalId, reason } = event;
      if (!verbose && status.endsWith("_IN_PROGRESS")) return [];
      const line = `${id}: ${status} ${resourceType} ${logicalId}${reason ? `: ${clean(reason)}` : ""}`;
      return [isFailure(status) ? paint("red", line) : line];
    }
    case "log":
      return [`${event.id} | ${clean(event.line)}`];
    case "end": {
      const took = event.state === "skipped" ? "" : ` in ${duration(event.seconds)}`;
      const line = `${event.id}: ${event.state}${took}${event.detail ? `, ${clean(event.detail)}` : ""}`;
      return [event.state === "failed" ? paint("red", line) : line];
    }
    case "warning":
      return [`${paint("yellow", "warning:")} ${event.id ? `${event.id}: ` : ""}${clean(event.message)}`];
    case "debug":
      return verbose ? [clean(event.message)] : [];
    default:
      return event satisfies never;
  }
}

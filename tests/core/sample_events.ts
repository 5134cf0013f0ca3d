/** One event of each type, with a text in every field that takes one. */
import type { EventBody } from "../../lib/core/events.ts";

export function eventsWith(text: string): Readonly<Record<EventBody["type"], EventBody>> {
  const id = text;
  return {
    start: { type: "start", id, title: text },
    progress: { type: "progress", id, message: text },
    transfer: {
      type: "transfer",
      id,
      what: "files",
      done: 1,
      total: 2,
      bytes: 10,
      totalBytes: 20,
      bytesPerSecond: 5,
      seconds: 2,
      secondsLeft: 2,
    },
    resource: { type: "resource", id, logicalId: text, resourceType: text, status: text, reason: text },
    log: { type: "log", id, line: text, source: { pod: text, container: text } },
    end: { type: "end", id, state: "done", seconds: 1, detail: text },
    warning: { type: "warning", id, message: text },
    measure: { type: "measure", id, what: "upload", name: text, failed: false, seconds: 1 },
    debug: { type: "debug", message: text },
  };
}

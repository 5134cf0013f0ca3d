/** Lays text out in the columns of a terminal. */
import type { FieldChange } from "../core/fields.ts";

/** Without a terminal. */
export const COLUMNS = 120;
/** In narrower terminals, text is no easier to read when it is broken. */
const NARROWEST = 60;
const UNSET = "(not set)";

/** The line, broken at spaces; what follows is indented by four more. */
export function wrapped(line: string, columns: number): string[] {
  const width = Math.max(columns, NARROWEST);
  if (line.length <= width) return [line];
  const [indent = ""] = /^ */.exec(line) ?? [], at = line.lastIndexOf(" ", width);
  // A word that is longer than a line stays whole.
  const end = at > indent.length + 2 ? at : line.indexOf(" ", width);
  if (end < 0) return [line];
  const rest = line.slice(end).trimStart(), hang = indent.length > 6 ? indent : `${indent}    `;
  return [line.slice(0, end).trimEnd(), ...wrapped(hang + rest, columns)];
}

/** `path: old → new`, in one line or, if they are long, in three with parts of the values. */
export function fieldLines({ path, before, after, by, replaces }: FieldChange, columns: number, indent: string) {
  const notes = [...replaces ? ["replacement"] : [], ...by ? [`written by ${by}`] : []];
  const note = notes.length > 0 ? `  (${notes.join("; ")})` : "";
  const [old, now] = [oneLine(before), oneLine(after)], width = Math.max(columns, NARROWEST);
  const line = `${indent}${path}: ${old} → ${now}${note}`;
  if (line.length <= width) return [line];
  const moved = before && after ? movedItems(before, after) : null;
  if (moved) return wrapped(`${indent}${path}: ${moved}${note}`, columns);
  const room = width - indent.length - 4;
  return [
    ...wrapped(`${indent}${path}:${note}`, columns),
    `${indent}    ${excerpt(old, now, room)}`,
    `${indent}  → ${excerpt(now, old, room)}`,
  ];
}

/** Of two lists, as texts, what was added and what was taken away; `null`: they are none, or only in another order. */
function movedItems(before: string, after: string): string | null {
  const itemsOf = (text: string) => /^\[(.*)\]$/s.exec(text)?.[1]?.split(", ");
  const old = itemsOf(before), now = itemsOf(after);
  if (!old || !now) return null;
  const added = now.filter((item) => !old.includes(item)), gone = old.filter((item) => !now.includes(item));
  const moved = [...added.map((item) => `+ ${item}`), ...gone.map((item) => `- ${item}`)];
  return moved.length > 0 ? moved.join(", ") : null;
}

function oneLine(value: string | null): string {
  return value === null ? UNSET : value.replaceAll("\n", "\\n");
}

/** The part of a text in which it begins to differ from the other. */
function excerpt(text: string, other: string, room: number): string {
  if (text.length <= room) return text;
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  const start = same < room / 2 ? 0 : same - Math.floor(room / 4);
  const head = start > 0 ? "…" : "", tail = text.length - start > room - head.length ? "…" : "";
  return head + text.slice(start, start + room - head.length - tail.length) + tail;
}

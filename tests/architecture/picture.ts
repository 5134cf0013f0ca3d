/** The table of rooms as people read it in `docs/architecture.md`. */
import type { Room } from "./rooms.ts";

/** What everybody may import is in no arrow: the picture would be nothing else. */
const EVERYWHERE = "lib/core/";

/** A diagram of the arrows, and under it the table that they are drawn from. */
export function pictureOf(rooms: readonly Room[]): string {
  const arrows = rooms.flatMap((room) => [
    ...room.may.filter((to) => to !== EVERYWHERE).map((to) => arrow(room, to, rooms, "-->")),
    ...(room.types ?? []).map((to) => arrow(room, to, rooms, "-.->")),
  ]);
  const rows = rooms.map(({ at, may, types = [], pure }) => {
    const to = [...may.map(code), ...types.map((one) => `${code(one)} (types)`)];
    return [code(at), pure ? "yes" : "", to.join(", ") || "nothing"];
  });
  return [
    "```mermaid",
    "flowchart TD",
    ...new Set(arrows),
    "```",
    "",
    ...table([["Room", "Pure", "May import, besides itself"], ...rows]),
  ].join("\n");
}

/** Rows of Markdown, the first one above the line, padded as the formatter pads them. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  const [head, ...body] = rows.map(line);
  return [head!, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...body];
}

/** From a room to another, or to one file of it, which the arrow then names. */
function arrow(from: Room, to: string, rooms: readonly Room[], kind: "-->" | "-.->"): string {
  const room = rooms.filter(({ at }) => to.startsWith(at)).toSorted((a, b) => b.at.length - a.at.length)[0];
  const file = room ? to.slice(room.at.length) : "";
  return `  ${node(from.at)} ${kind}${file ? `|${file}|` : ""} ${node(room?.at ?? to)}`;
}

function node(at: string): string {
  return `${at.replaceAll(/[^a-z]/g, "_")}["${at.replace(/\/$/, "")}"]`;
}

function code(path: string): string {
  return `\`${path.replace(/\/$/, "")}\``;
}

/** Colours, and text that is safe to print: pure functions on strings. */
import type { EventBody } from "../../core/events.ts";
import { plainText } from "../../core/text.ts";
import { formatSeconds } from "../../core/units.ts";

export { formatSeconds as duration } from "../../core/units.ts";

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type Paint = (style: keyof typeof CODES, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => color ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
}

/**
 * Removes control characters from foreign text. Of a line that overwrites itself (`10%\r20%`), keeps what a person
 * would see in the end.
 */
export function clean(text: string): string {
  const lines = text.replace(/[\r\n]+$/, "").split(/\r*\n/);
  return plainText(lines.map((line) => line.split("\r").at(-1)!).join("\n"));
}

/** Puts the text on one line, cut to the terminal's width. */
export function fit(lines: string, width: number): string {
  const text = lines.replaceAll("\n", " ");
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** `upload of trainer: 2.5 s`. */
export function measureLine({ what, name, failed, seconds }: Extract<EventBody, { type: "measure" }>): string {
  return `${what} of ${name}: ${failed ? "failed after " : ""}${formatSeconds(seconds)}`;
}

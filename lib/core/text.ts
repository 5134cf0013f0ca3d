/** Makes foreign text (a config, a file name, a log, AWS, the cluster) safe for a terminal or a CI log. */

// deno-lint-ignore no-control-regex
const ESCAPES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[@-_]/g;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** They reverse the order of letters, so that a person reads something else than what is written. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** GitHub and Azure run a log line that begins with it as a command. */
const COMMAND = /^(\s*)(::|##)/;

/** One line without anything that would control a terminal or a CI runner. */
export function plainLine(line: string): string {
  const text = line.replace(ESCAPES, "").replaceAll("\t", "  ").replace(CONTROLS, "").replace(BIDI, "");
  return text.replace(COMMAND, (_, space: string, command: string) => `${space}${command[0]} ${command[1]}`);
}

/** The same for several lines. */
export function plainText(text: string): string {
  return text.split("\n").map(plainLine).join("\n");
}

/** The value with every string in it changed, at any depth; names of fields stay as they are. */
export function mapText<T>(value: T, change: (text: string) => string): T {
  return mapped(value, change) as T;
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)]));
}

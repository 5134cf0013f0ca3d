/** Text of others (a config, a file name, a log, AWS, the cluster) as a terminal or a CI log may show it. */

// deno-lint-ignore no-control-regex
const ESCAPES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[@-_]/g;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/** They turn the order of letters around, so that a person reads what is not there. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** What GitHub and Azure run when a log line begins with it. */
const COMMAND = /^(\s*)(::|##)/;

/** One line without what would steer a terminal or a CI runner. */
export function plainLine(line: string): string {
  const text = line.replace(ESCAPES, "").replaceAll("\t", "  ").replace(CONTROLS, "").replace(BIDI, "");
  return text.replace(COMMAND, (_, space: string, command: string) => `${space}${command[0]} ${command[1]}`);
}

/** The same of several lines. */
export function plainText(text: string): string {
  return text.split("\n").map(plainLine).join("\n");
}

/** The value with every text in it changed, however deep; names of fields stay. */
export function mapText<T>(value: T, change: (text: string) => string): T {
  return mapped(value, change) as T;
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)]));
}

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

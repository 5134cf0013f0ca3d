/** Makes foreign text (a config, a file name, a log, AWS, the cluster) safe for a terminal or a CI log. */

// deno-lint-ignore no-control-regex
const ESCAPES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|\x1b[@-_]/g;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
/**
 * Characters that nobody sees: marks that reverse the order of letters, so that a person reads something else than what
 * is written, and those that .NET, in which runners are written, skips when it looks for a command.
 */
const UNSEEN =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;
/** Joiners and selectors are parts of emoji and of some scripts. They stay, and hide no command. */
const KEPT = "[\\u200c\\u200d\\ufe00-\\ufe0f]*";
const LINE_SEPARATORS = /[\u2028\u2029]/g;
/** GitHub and Azure run a log line that begins with it as a command. */
const FIRST = new RegExp(`^((?:\\s|${KEPT.slice(0, -1)})*)(:${KEPT}:|#${KEPT}#)`);
/** They find `##[command]` and `##vso[command]` anywhere in a line. */
const ANYWHERE = new RegExp(`#(?=${KEPT}#(?:[a-z]|${KEPT.slice(0, -1)})*\\[)`, "gi");

/** One line without anything that would control a terminal or a CI runner. */
export function plainLine(line: string): string {
  const text = line.replace(ESCAPES, "").replaceAll("\t", "  ").replace(LINE_SEPARATORS, " ");
  return text.replace(CONTROLS, "").replace(UNSEEN, "")
    .replace(FIRST, (_, space: string, command: string) => `${space}${command[0]} ${command.at(-1)}`)
    .replace(ANYWHERE, "# ");
}

/** The same for several lines. */
export function plainText(text: string): string {
  return text.split("\n").map(plainLine).join("\n");
}

/** Whether a text, as it is, would control a terminal or a CI runner. Tabs do not. */
export function isSteering(text: string): boolean {
  return text.split("\n").some((line) => plainLine(line) !== line.replaceAll("\t", "  "));
}

/** The text with a mark in the place of each character that nobody sees, and that would change how the rest is read. */
export function visible(text: string): string {
  return text.replace(CONTROLS, "\ufffd").replace(UNSEEN, "\ufffd");
}

/** JSON of the value that controls neither: what would is escaped, so that a parser reads it as it was. */
export function safeJson(value: unknown, indent?: number): string {
  return escapeQuoted(JSON.stringify(value, null, indent));
}

/** For text in which such characters can only stand between double quotes, as in JSON. */
export function escapeQuoted(text: string): string {
  const escape = (found: string) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, "0")}`).join(
      "",
    );
  return [NOT_OF_JSON, UNSEEN, LINE_SEPARATORS, ANYWHERE].reduce(
    (escaped, each) => escaped.replace(each, escape),
    text,
  );
}

/** Controls that JSON leaves as they are. */
const NOT_OF_JSON = /[\x7f-\x9f]/g;

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

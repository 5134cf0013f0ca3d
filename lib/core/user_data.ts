/** User data of AL2023, which cloud-init and nodeadm read: a single text, or several MIME parts. */

export interface UserDataPart {
  /** Its `Content-Type`. */
  readonly type: string;
  readonly content: string;
}

export const SHELL_SCRIPT = 'text/x-shellscript; charset="us-ascii"';
export const NODE_CONFIG = "application/node.eks.aws";
const BOUNDARY = "//";

/** The parts of the text, recognised as Karpenter does; `null`: it begins like MIME but has no parts. */
export function userDataParts(text: string): UserDataPart[] | null {
  if (/^\s*(?:MIME-Version|Content-Type):/i.test(text)) return mimeParts(text);
  return [{ type: text.trimStart().startsWith("#!") ? SHELL_SCRIPT : NODE_CONFIG, content: text }];
}

function mimeParts(text: string): UserDataPart[] | null {
  const [head, body] = split(text.trimStart().replaceAll("\r\n", "\n"));
  const boundary = /boundary="?([^"\n;]+)"?/i.exec(head)?.[1]?.trim();
  if (!/^Content-Type:\s*multipart\//im.test(head) || !boundary) return null;
  // Text before the first boundary and after the last is not a part.
  const [, ...found] = `\n${body}`.split(`\n--${boundary}--`)[0]!.split(`\n--${boundary}\n`);
  const parts = found.map((part) => {
    const [fields, content] = split(part);
    return { type: /^Content-Type:\s*(.+)$/im.exec(fields)?.[1]?.trim() ?? "", content };
  }).filter(({ content }) => content.trim() !== "");
  return parts.length > 0 && parts.every(({ type }) => type !== "") ? parts : null;
}

/** Before and after the first empty line. */
function split(text: string): [string, string] {
  const at = text.search(/\n[ \t]*\n/);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at).replace(/^\n[ \t]*\n/, "")];
}

/** All parts as one text; a single part stays as it is, if Karpenter can recognise its type. */
export function userDataText(parts: readonly UserDataPart[]): string {
  const [only] = parts;
  if (parts.length === 1 && only && [SHELL_SCRIPT, NODE_CONFIG].includes(only.type)) return only.content;
  const written = parts.map(({ type, content }) => `--${BOUNDARY}\nContent-Type: ${type}\n\n${content.trimEnd()}\n`);
  const head = `MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="${BOUNDARY}"\n`;
  return [head, ...written].join("\n") + `\n--${BOUNDARY}--\n`;
}

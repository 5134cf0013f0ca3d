/** Keeps secret values out of logs and errors. */
import { Buffer } from "node:buffer";

export type Mask = (text: string) => string;

/** Masking shorter values would hide half of any log, and so reveal them. */
const SHORTEST = 4;
/** The shortest part of a line: shorter ones are often words of the log, too. */
const SHORTEST_TOKEN = 8;

/**
 * Masks exact values, each line of a value with several, a whole value in base64, and the tokens within a line: a
 * password in a URL, the parts of a netrc. Other forms that a build may turn a secret into (a hash, another encoding)
 * cannot be recognised.
 */
export function maskOf(values: readonly Uint8Array[]): Mask {
  const words = new Set(values.flatMap(wordsOf));
  if (words.size === 0) return (text) => text;
  // By their first characters, so that a secret of thousands of lines does not slow down a log.
  const byStart = new Map<string, string[]>();
  for (const word of [...words].sort((a, b) => b.length - a.length)) {
    const start = word.slice(0, SHORTEST), known = byStart.get(start);
    if (known) known.push(word);
    else byStart.set(start, [word]);
  }
  return (text) => masked(text, byStart);
}

/** Words that overlap are hidden as one. */
function masked(text: string, byStart: ReadonlyMap<string, readonly string[]>): string {
  let shown = "", from = 0, hiddenTo = -1;
  for (let at = 0; at + SHORTEST <= text.length; at++) {
    const word = byStart.get(text.slice(at, at + SHORTEST))?.find((word) => text.startsWith(word, at));
    if (word === undefined) continue;
    if (at >= hiddenTo) {
      shown += `${text.slice(from, at)}***`;
    }
    hiddenTo = Math.max(hiddenTo, at + word.length);
    from = hiddenTo;
  }
  return shown + text.slice(from);
}

function wordsOf(value: Uint8Array): string[] {
  const text = new TextDecoder().decode(value), lines = [text, ...text.split("\n")].map((line) => line.trim());
  // Only whole groups of three bytes: what follows the value would change the last characters.
  const base64 = Buffer.from(value.subarray(0, value.length - value.length % 3)).toString("base64");
  const whole = [...lines, ...lines.flatMap(passwordsOf), ...(base64.length >= 2 * SHORTEST ? [base64] : [])];
  const tokens = text.split("\n").flatMap(tokensOf).filter((token) => token.length >= SHORTEST_TOKEN);
  return [...whole.filter((word) => word.length >= SHORTEST), ...tokens];
}

/** `https://user:password@host`: the password, as it is written and as it is sent. */
function passwordsOf(line: string): string[] {
  return [...line.matchAll(/:\/\/(?:[^\s/@:]*:)?([^\s/@]+)@/g)].flatMap(([, password = ""]) => {
    try {
      return [password, decodeURIComponent(password)];
    } catch {
      return [password];
    }
  });
}

/** Names of fields, which a log is full of. `machine` of a netrc precedes a host. */
const FIELDS =
  /^(?:username|password|registry|_password|_authtoken|index-url|extra-index-url|aws_access_key_id|aws_secret_access_key|aws_session_token)$/i;

function tokensOf(line: string): string[] {
  const tokens = line.split(/[\s"'`,;=]+/).filter((token) => token !== "");
  return tokens.flatMap((token, at) => {
    if (tokens[at - 1] === "machine") return [];
    // A URL is not secret, but for its password.
    if (token.includes("://")) return [];
    return token.split(":").filter((part) => !part.startsWith("//") && !FIELDS.test(part));
  });
}

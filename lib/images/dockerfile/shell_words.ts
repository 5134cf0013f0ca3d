/** BuildKit's shell lexer (`frontend/dockerfile/shell`): quotes, escapes and `$variables` in a word of a Dockerfile. */
import { DockerfileError } from "./errors.ts";
import { isSpace } from "./space.ts";

type Lookup = (name: string) => string | undefined;

interface LexOptions {
  /** `\` or a backtick. */
  readonly escape: string;
  readonly rawQuotes?: boolean;
  readonly rawEscapes?: boolean;
  /** Whether quotes are plain characters. */
  readonly skipQuotes?: boolean;
  /** Whether variables without a value stay as they are. */
  readonly skipUnset?: boolean;
}

interface Lexed {
  readonly text: string;
  /** The text, split at spaces outside quotes. */
  readonly words: readonly string[];
  /** Variables that have no value. */
  readonly unmatched: ReadonlySet<string>;
}

/** Throws a `DockerfileError`. */
export function lex(source: string, lookup: Lookup, options: LexOptions): Lexed {
  const lexer = new Lexer(source, lookup, options);
  try {
    return { ...lexer.read(null, options.rawEscapes ?? false, false), unmatched: lexer.unmatched };
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    throw new DockerfileError(`failed to process ${JSON.stringify(source)}: ${error.message}`);
  }
}

/** The word that is being read. */
interface Buffer {
  word: string;
}

/** Splits into words as characters arrive. As in BuildKit, operands of `${…}` share the buffer of the whole. */
class Words {
  readonly all: string[] = [];
  readonly #buffer: Buffer;
  #inside = false;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
    buffer.word = "";
  }

  add(text: string): void {
    for (const char of text) {
      if (!isSpace(char)) this.addRaw(char);
      else if (this.#inside && this.#buffer.word !== "") {
        this.end();
        this.#inside = false;
      }
    }
  }

  addRaw(text: string): void {
    this.#buffer.word += text;
    this.#inside = true;
  }

  end(): string[] {
    if (this.#buffer.word !== "") this.all.push(this.#buffer.word);
    this.#buffer.word = "";
    return this.all;
  }
}

class Lexer {
  readonly unmatched = new Set<string>();
  readonly #chars: readonly string[];
  readonly #lookup: Lookup;
  readonly #options: LexOptions;
  readonly #buffer: Buffer = { word: "" };
  #at = 0;
  #rawEscapes: boolean;

  constructor(source: string, lookup: Lookup, options: LexOptions) {
    this.#chars = [...source];
    this.#lookup = lookup;
    this.#options = options;
    this.#rawEscapes = options.rawEscapes ?? false;
  }

  /** Up to `stop`, or to the end if it is `null`. `pattern`: escapes inside quotes stay, as the text is read again. */
  read(stop: string | null, rawEscapes: boolean, pattern: boolean): { text: string; words: string[] } {
    const before = this.#rawEscapes;
    this.#rawEscapes = rawEscapes;
    try {
      return this.#read(stop, pattern);
    } finally {
      this.#rawEscapes = before;
    }
  }

  #read(stop: string | null, pattern: boolean): { text: string; words: string[] } {
    const words = new Words(this.#buffer);
    let text = "";
    for (let char = this.#peek(); char !== undefined; char = this.#peek()) {
      if (char === stop) {
        this.#at++;
        return { text, words: words.end() };
      }
      const special = this.#special(char, pattern);
      if (special !== undefined) {
        text += special;
        if (char === "$") words.add(special);
        else words.addRaw(special);
        continue;
      }
      this.#at++;
      if (char !== this.#options.escape) {
        words.add(char);
        text += char;
        continue;
      }
      if (this.#rawEscapes) {
        words.addRaw(char);
        text += char;
      }
      const escaped = this.#next();
      if (escaped === undefined) break;
      words.addRaw(escaped);
      text += escaped;
    }
    if (stop !== null) {
      throw new DockerfileError(`unexpected end of statement while looking for matching ${stop}`);
    }
    return { text, words: words.end() };
  }

  #special(char: string, pattern: boolean): string | undefined {
    if (char === "$") return this.#dollar();
    if (char === "<") return this.#heredoc();
    if (this.#options.skipQuotes) return undefined;
    if (char === "'") return this.#singleQuoted(pattern);
    return char === '"' ? this.#doubleQuoted(pattern) : undefined;
  }

  #singleQuoted(pattern: boolean): string {
    const opening = this.#next()!, quote = this.#options.rawQuotes ? opening : "";
    let text = quote;
    for (;;) {
      const char = this.#next();
      if (char === undefined) {
        throw new DockerfileError("unexpected end of statement while looking for matching single-quote");
      }
      if (char === "'") return text + quote;
      text += pattern && char === this.#options.escape ? char + char : char;
    }
  }

  #doubleQuoted(pattern: boolean): string {
    const { escape, rawQuotes } = this.#options, opening = this.#next()!, quote = rawQuotes ? opening : "";
    let text = quote;
    for (;;) {
      const char = this.#peek();
      if (char === undefined) {
        throw new DockerfileError("unexpected end of statement while looking for matching double-quote");
      }
      if (char === "$") {
        text += this.#dollar();
        continue;
      }
      this.#at++;
      if (char === '"') return text + quote;
      if (char !== escape) {
        text += char;
        continue;
      }
      const following = this.#peek();
      if (following === undefined) continue;
      if (following === '"' || following === "$" || following === escape) {
        text += this.#rawEscapes ? char + following : following;
        this.#at++;
      } else text += this.#rawEscapes && (!rawQuotes || pattern) ? char + char : char;
    }
  }

  #dollar(): string {
    this.#at++;
    if (this.#peek() !== "{") {
      const name = this.#name();
      if (name === "") return "$";
      const value = this.#value(name);
      return value === undefined && this.#options.skipUnset ? `$${name}` : value ?? "";
    }
    this.#at++;
    const first = this.#peek();
    if (first === undefined) throw new DockerfileError("syntax error: missing '}'");
    if (first === "{" || first === "}" || first === ":") throw new DockerfileError("syntax error: bad substitution");
    return this.#braced(this.#name());
  }

  #braced(name: string): string {
    const { skipUnset } = this.#options, first = this.#next();
    if (first === "}") {
      const value = this.#value(name);
      return value === undefined && skipUnset ? `\${${name}}` : value ?? "";
    }
    if (first === "/") return this.#replaced(name);
    const nullIsUnset = first === ":", modifier = nullIsUnset ? this.#next() : first;
    const sign = `${nullIsUnset ? ":" : ""}${modifier ?? "\ufffd"}`;
    if (!nullIsUnset && !["+", "-", "?", "#", "%"].includes(modifier ?? "")) throw unsupported(sign);
    const trims = modifier === "#" || modifier === "%";
    if (nullIsUnset && trims) throw unsupported(sign);
    const word = this.#operand("}", trims, trims, "missing '}'");
    const value = this.#value(name);
    if (skipUnset && value === undefined) return `\${${name}${sign}${word}}`;
    const isUnset = value === undefined || nullIsUnset && value === "";
    switch (modifier) {
      case "-":
        return isUnset ? word : value;
      case "+":
        return isUnset ? "" : word;
      case "?":
        if (!isUnset) return value;
        throw new DockerfileError(
          `${name}: ${word || `is not allowed to be ${value === undefined ? "unset" : "empty"}`}`,
        );
      case "#":
      case "%":
        return trimmed(modifier, word, value ?? "");
      default:
        throw unsupported(sign);
    }
  }

  #replaced(name: string): string {
    const all = this.#peek() === "/";
    if (all) this.#at++;
    const pattern = this.#operand("/", true, true, "missing '/' in ${}");
    const replacement = this.#operand("}", true, false, "missing '}'");
    const value = this.#value(name);
    if (this.#options.skipUnset && value === undefined) return `\${${name}/${pattern}/${replacement}}`;
    const regexp = shellPattern(pattern, { greedy: true, anchored: false, all });
    // Go writes `$1` of a replacement as a group, of which a shell pattern has none: it becomes nothing.
    return (value ?? "").replace(regexp, () => all ? replacement.replace(/\$(?:\w+|\{\w+\})/g, "") : replacement);
  }

  #operand(stop: string, rawEscapes: boolean, pattern: boolean, missing: string): string {
    try {
      return this.read(stop, rawEscapes, pattern).text;
    } catch (error) {
      if (error instanceof DockerfileError && this.#peek() === undefined) {
        throw new DockerfileError(`syntax error: ${missing}`);
      }
      throw error;
    }
  }

  #value(name: string): string | undefined {
    const value = this.#lookup(name);
    if (value === undefined) this.unmatched.add(name);
    return value;
  }

  #name(): string {
    const first = this.#peek();
    if (first === undefined) return "";
    const part = /^\p{Nd}$/u.test(first) ? /^\p{Nd}$/u : /^[\p{L}\p{Nd}_]$/u;
    if (!part.test(first)) return "@*#?-$!".includes(first) ? this.#next()! : "";
    let name = "";
    for (let char = this.#peek(); char !== undefined && part.test(char); char = this.#peek()) {
      name += char;
      this.#at++;
    }
    return name;
  }

  #heredoc(): string {
    this.#at++;
    if (this.#peek() !== "<") return "<";
    this.#at++;
    let text = "<<";
    for (let char = this.#peek(); char === "\t" || char === "\r" || char === " "; char = this.#peek()) {
      text += char;
      this.#at++;
    }
    return text;
  }

  #peek(): string | undefined {
    return this.#chars[this.#at];
  }

  #next(): string | undefined {
    return this.#chars[this.#at++];
  }
}

function unsupported(sign: string): DockerfileError {
  return new DockerfileError(`unsupported modifier (${sign}) in substitution`);
}

/** `${name#word}` and `${name%word}`; a doubled sign takes as much as possible. */
function trimmed(sign: "#" | "%", word: string, value: string): string {
  const greedy = word.startsWith(sign), pattern = greedy ? word.slice(1) : word;
  // A regular expression does not find the shortest match at the end: both texts are reversed.
  if (sign === "%") return reversed(cutPrefix(reversedPattern(pattern), reversed(value), greedy));
  return cutPrefix(pattern, value, greedy);
}

function cutPrefix(pattern: string, value: string, greedy: boolean): string {
  const match = shellPattern(pattern, { greedy, anchored: true, all: false }).exec(value);
  return match ? value.slice(match[0].length) : value;
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

/** `a\*c` becomes `c\*a`. */
function reversedPattern(pattern: string): string {
  return (pattern.match(/\\[^]|[^]/gu) ?? []).reverse().join("");
}

function shellPattern(
  pattern: string,
  { greedy, anchored, all }: { greedy: boolean; anchored: boolean; all: boolean },
): RegExp {
  const chars = [...pattern];
  let source = anchored ? "^" : "";
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "*") source += greedy ? "[^\\n]*" : "[^\\n]*?";
    else if (char === "?") source += "[^\\n]";
    else if (char === "\\") {
      if (chars[at + 1] === "}" || chars[at + 1] === "/") continue;
      const escaped = chars[++at];
      if (escaped === undefined || !"*?\\".includes(escaped)) {
        throw new DockerfileError(
          `invalid pattern (${pattern}) in substitution: invalid escape '\\${escaped ?? "\ufffd"}'`,
        );
      }
      source += `\\${escaped}`;
    } else source += char.replace(/[[\]{}.+()|^$/]/, "\\$&");
  }
  return new RegExp(source, all ? "gu" : "u");
}

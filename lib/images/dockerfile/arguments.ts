/** What follows the name of an instruction: flags, and arguments in the form that the instruction takes. */
import { DockerfileError } from "./errors.ts";
import { isSpace, trim, trimLeft } from "./space.ts";

/** An instruction and its arguments. */
export interface Command {
  /** As written: `FROM`, `from`. */
  readonly name: string;
  readonly flags: readonly string[];
  readonly args: readonly string[];
  /** Were the arguments a JSON array? */
  readonly json: boolean;
}

type Arguments = Pick<Command, "args" | "json">;
type Reader = (rest: string, escape: string) => Arguments;

const BLANKS = /[\t\v\f\r ]+/;

const READERS: Readonly<Record<string, Reader>> = {
  add: jsonOrList,
  arg: (rest, escape) => plain(wordsOf(rest, escape)),
  cmd: jsonOrText,
  copy: jsonOrList,
  entrypoint: jsonOrText,
  env: (rest, escape) => plain(pairs("ENV", rest, escape)),
  expose: (rest) => plain(list(rest)),
  from: (rest) => plain(list(rest)),
  healthcheck,
  label: (rest, escape) => plain(pairs("LABEL", rest, escape)),
  maintainer: (rest) => plain(text(rest)),
  onbuild: nested,
  run: jsonOrText,
  shell: jsonOrText,
  stopsignal: (rest) => plain(text(rest)),
  user: (rest) => plain(text(rest)),
  volume: jsonOrList,
  workdir: (rest) => plain(text(rest)),
};

/** The names of all instructions, in upper case. */
export const INSTRUCTIONS: readonly string[] = Object.keys(READERS).map((name) => name.toUpperCase());

/** Throws a `DockerfileError`. */
export function commandOf(line: string, escape: string): Command {
  const { name, flags, rest } = split(line, escape);
  return { name, flags, ...(READERS[name.toLowerCase()]?.(rest, escape) ?? plain([])) };
}

function split(line: string, escape: string): { name: string; flags: string[]; rest: string } {
  const trimmed = trim(line), blank = BLANKS.exec(trimmed);
  if (!blank) return { name: trimmed, flags: [], rest: "" };
  // BuildKit takes each byte of a flag for a character.
  const { flags, rest } = takeFlags(bytesOf(trimmed.slice(blank.index + blank[0].length)), escape);
  return { name: trimmed.slice(0, blank.index), flags, rest: trim(textOf(rest)) };
}

/** The text's UTF-8, each byte as a character. */
function bytesOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

function textOf(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

/** Takes the words that begin with `--`, without their quotes; a word `--` ends them. */
function takeFlags(line: string, escape: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line[at]!)) at++;
    if (!line.startsWith("--", at)) return { flags, rest: line.slice(at) };
    let word = "", quote = "", quoted = false;
    for (; at < line.length && (quote !== "" || !isSpace(line[at]!)); at++) {
      const char = line[at]!;
      if (quote !== "" ? char === quote : char === "'" || char === '"') {
        quote = quote === "" ? char : "";
        quoted = true;
      } else if (char !== escape) word += char;
      else if (at + 1 < line.length) word += line[++at]!;
    }
    if (word === "--") return { flags, rest: line.slice(at) };
    if (quoted || word !== "") flags.push(word);
  }
}

function plain(args: readonly string[]): Arguments {
  return { args, json: false };
}

function text(rest: string): string[] {
  return rest === "" ? [] : [rest];
}

function list(rest: string): string[] {
  return rest === "" ? [] : rest.split(BLANKS);
}

function jsonOrText(rest: string): Arguments {
  return jsonList(rest) ?? plain(text(rest));
}

function jsonOrList(rest: string): Arguments {
  return jsonList(rest) ?? plain(list(rest));
}

/** `null`: not a JSON array, which then is plain text. */
function jsonList(rest: string): Arguments | null {
  if (!trimLeft(rest).startsWith("[")) return null;
  let value: unknown;
  try {
    value = JSON.parse(rest);
  } catch {
    return null;
  }
  if ((value as unknown[]).every((item) => typeof item === "string")) return { args: value as string[], json: true };
  throw new DockerfileError("when using JSON array syntax, arrays must be comprised of strings only");
}

function healthcheck(rest: string): Arguments {
  if (rest === "") return plain([]);
  const [type = ""] = /^\S+/.exec(rest) ?? [], { args, json } = jsonOrText(trimLeft(rest.slice(type.length)));
  return { args: [type, ...args], json };
}

function nested(rest: string, escape: string): Arguments {
  if (rest === "") return plain([]);
  const { name, args, json } = commandOf(rest, escape);
  return { args: [name, ...args], json };
}

/** Words with their quotes and escapes. */
function wordsOf(rest: string, escape: string): string[] {
  const chars = [...rest], words: string[] = [];
  let word = "", quote = "", quoted = false;
  const end = () => {
    if (quoted || word !== "") words.push(word);
    word = "";
    quoted = false;
  };
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (quote === "" && isSpace(char)) {
      end();
      continue;
    }
    if (quote !== "") quote = char === quote ? "" : quote;
    else if (char === "'" || char === '"') {
      quote = char;
      quoted = true;
    }
    if (char !== escape || quote === "'") word += char;
    else if (at + 1 < chars.length) word += char + chars[++at]!;
    else quote = "";
  }
  end();
  return words;
}

/** Names, values and `=`, in turn; an empty string in place of `=` for the old form `ENV name value`. */
function pairs(name: string, rest: string, escape: string): string[] {
  const words = wordsOf(rest, escape), [first] = words;
  if (first === undefined) return [];
  if (!first.includes("=")) {
    const blank = BLANKS.exec(rest);
    if (!blank) throw new DockerfileError(`${name} must have two arguments`);
    return [rest.slice(0, blank.index), rest.slice(blank.index + blank[0].length), ""];
  }
  return words.flatMap((word) => {
    const equals = word.indexOf("=");
    if (equals >= 0) return [word.slice(0, equals), word.slice(equals + 1), "="];
    throw new DockerfileError(
      `Syntax error - can't find = in ${JSON.stringify(word)}. Must be of the form: name=value`,
    );
  });
}

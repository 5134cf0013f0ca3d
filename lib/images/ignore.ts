/**
 * `.dockerignore` as BuildKit reads it: a port of moby/patternmatcher and its `ignorefile`. Folders are decided before
 * their contents, as in fsutil's walk: an exception for a folder does not restore a file that another pattern ignores.
 */
import { UnituneError } from "../core/errors.ts";
import { goRegExp } from "./go_regexp.ts";

/** Which patterns match a folder: passed on to its contents. */
export type Held = readonly boolean[];

export interface Ignore {
  /** Decides about `path`; `parent` is what matched its folder, `null` at the top. */
  decide(path: string, parent: Held | null): { readonly ignored: boolean; readonly held: Held };
  /** Whether an exception may apply to something in this ignored folder. */
  mayHold(folder: string): boolean;
}

interface Pattern {
  readonly text: string;
  readonly exception: boolean;
  readonly matches: (path: string) => boolean;
}

/** Go's `unicode.IsSpace`. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const GLOB_CHARS = /[*[\]?^\\]/;

/** The patterns of an ignore file's text. */
export function readIgnore(text: string): string[] {
  const patterns: string[] = [];
  for (const line of text.replace(/^\ufeff/, "").split("\n")) {
    if (line.startsWith("#")) continue;
    const pattern = trim(line);
    if (pattern === "") continue;
    const exception = pattern.startsWith("!");
    patterns.push((exception ? "!" : "") + fromRoot(exception ? trim(pattern.slice(1)) : pattern));
  }
  return patterns;
}

function fromRoot(pattern: string): string {
  if (pattern === "") return "";
  const cleaned = clean(pattern);
  return cleaned.length > 1 && cleaned.startsWith("/") ? cleaned.slice(1) : cleaned;
}

function trim(text: string): string {
  let start = 0, end = text.length;
  while (start < end && SPACE.test(text[start]!)) start++;
  while (end > start && SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** Go's `filepath.Clean`. */
function clean(path: string): string {
  const rooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push("..");
  }
  return (rooted ? "/" : "") + parts.join("/") || ".";
}

/** `file` is the ignore file's name, for errors. */
export function compileIgnore(patterns: readonly string[], file = ".dockerignore"): Ignore {
  const compiled = patterns.map((pattern) => compile(pattern, file));
  const exceptions = compiled.filter(({ exception }) => exception).map(({ text }) => text.replace(/\/\*\*$/, ""))
    .map((text) => text.replace(/\/\*$/, ""));
  const plain = !exceptions.some((text) => GLOB_CHARS.test(text));
  return {
    decide(path, parent) {
      const held: boolean[] = new Array(compiled.length).fill(false);
      let ignored = false;
      compiled.forEach((pattern, index) => {
        if (!parent?.[index] && (pattern.exception !== ignored || !pattern.matches(path))) return;
        held[index] = true;
        ignored = !pattern.exception;
      });
      return { ignored, held };
    },
    mayHold(folder) {
      if (!plain) return true;
      return exceptions.some((text) => `${text}/`.startsWith(`${folder}/`));
    },
  };
}

function compile(pattern: string, file: string): Pattern {
  const text = clean(trim(pattern));
  const exception = text.startsWith("!");
  const glob = exception ? text.slice(1) : text;
  try {
    if (glob === "") throw new SyntaxError("an exception must name a path");
    checkGlob(glob);
    return { text: glob, exception, matches: matcherOf(glob) };
  } catch (cause) {
    throw new UnituneError(
      "IGNORE_PATTERN",
      `Cannot read ${file} as each pattern must be valid for BuildKit: current value is ${JSON.stringify(pattern)}`,
      {
        path: file,
        hint: "A `[` opens a list of characters and needs a `]`; `\\[` is the character itself",
        cause,
      },
    );
  }
}

/** Throws when Go's `filepath.Match` rejects the pattern. */
function checkGlob(glob: string): void {
  const bad = () => new SyntaxError("syntax error in pattern");
  const chars = [...glob];
  let at = 0;
  const one = (): void => {
    if (at >= chars.length || chars[at] === "-" || chars[at] === "]") throw bad();
    at += chars[at] === "\\" ? 2 : 1;
    if (at > chars.length - 1) throw bad();
  };
  while (at < chars.length) {
    const char = chars[at++];
    if (char === "\\" && at++ >= chars.length) throw bad();
    if (char !== "[") continue;
    if (chars[at] === "^") at++;
    for (let count = 0; count === 0 || chars[at] !== "]"; count++) {
      one();
      if (chars[at] !== "-") continue;
      at++;
      one();
    }
    at++;
  }
}

function matcherOf(glob: string): (path: string) => boolean {
  const { kind, source } = translate(glob);
  switch (kind) {
    case "exact":
      return (path) => path === glob;
    case "prefix":
      return (path) => path.startsWith(glob.slice(0, -2));
    case "suffix": {
      const suffix = glob.slice(2);
      return (path) => path.endsWith(suffix) || (suffix.startsWith("/") && path === suffix.slice(1));
    }
    case "regexp":
      return goRegExp(source);
    default:
      return kind satisfies never;
  }
}

type Kind = "exact" | "prefix" | "suffix" | "regexp";

/** How a pattern is matched, and its regular expression in Go, as `Pattern.compile` of patternmatcher has them. */
function translate(glob: string): { kind: Kind; source: string } {
  const chars = [...glob.replace(/^\ufeff/, "")];
  let kind: Kind = "exact";
  let source = "^";
  for (let at = 0, count = 0; at < chars.length; count++) {
    const char = chars[at++]!;
    if (char === "*" && chars[at] === "*") {
      at += chars[at + 1] === "/" ? 2 : 1;
      const last = at >= chars.length;
      source += last ? ".*" : "(.*/)?";
      kind = count === 0 ? "suffix" : last && kind === "exact" ? "prefix" : "regexp";
    } else if (char === "*" || char === "?") {
      source += char === "*" ? "[^/]*" : "[^/]";
      kind = "regexp";
    } else if (char === "\\" && at < chars.length) {
      source += `\\${chars[at++]}`;
      kind = "regexp";
    } else {
      if (char === "[" || char === "]") kind = "regexp";
      source += ".+()|{}$\\".includes(char) ? `\\${char}` : char;
    }
  }
  return { kind, source: `${source}$` };
}

/** Decides about a path whose folders were not visited. */
export function isIgnored(ignore: Ignore, path: string): boolean {
  let held: Held | null = null, ignored = false;
  const parts = path.split("/");
  parts.forEach((_, index) => {
    ({ held, ignored } = ignore.decide(parts.slice(0, index + 1).join("/"), held));
  });
  return ignored;
}

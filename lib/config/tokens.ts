/**
 * A small tokenizer of JavaScript: enough to find a key in an object literal or the names in an import.
 * It serves error positions and names only; what may be imported is decided without it.
 */
export interface Token {
  readonly kind: "name" | "text" | "number" | "mark" | "template" | "regex";
  /** The characters; of a text its value. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /(?:[\s\uFEFF]|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)+/y;
const NAME = /[#\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xob][\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[+-]?\d+)?)n?/iy;
const TEXT = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'/y;
const REGEX = /\/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const MARK = /=>|\.\.\.|\?\.|[^]/uy;
/** After these a slash begins a regular expression. */
const OPERATOR_WORD = /^(?:return|typeof|case|in|of|delete|void|throw|new|do|else|instanceof|yield|await)$/;

export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < source.length;) {
    const space = match(SPACE, source, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = next(source, at, tokens.at(-1));
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function next(source: string, at: number, before: Token | undefined): Token {
  const make = (kind: Token["kind"], text: string, value = text): Token => ({
    kind,
    value,
    start: at,
    end: at + text.length,
  });
  const name = match(NAME, source, at);
  if (name !== undefined) return make("name", name);
  const number = match(NUMBER, source, at);
  if (number !== undefined) return make("number", number);
  const text = match(TEXT, source, at);
  if (text !== undefined) return make("text", text, unquoted(text));
  if (source[at] === "`") return make("template", source.slice(at, templateEnd(source, at)));
  const regex = source[at] === "/" && regexMayFollow(before) ? match(REGEX, source, at) : undefined;
  if (regex !== undefined) return make("regex", regex);
  return make("mark", match(MARK, source, at) ?? source[at] ?? " ");
}

function match(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(
    /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([^]))/gi,
    (_, long, four, two, one) => {
      const code = long ?? four ?? two;
      return code ? String.fromCodePoint(parseInt(code, 16)) : one;
    },
  );
}

function regexMayFollow(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === "mark") return ![")", "]", "}"].includes(before.value);
  return before.kind === "name" && OPERATOR_WORD.test(before.value);
}

/** Where the template literal that begins at `at` ends; what stands in `${ … }` may hold templates of its own. */
function templateEnd(source: string, at: number): number {
  for (let i = at + 1; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "`") return i + 1;
    else if (source.startsWith("${", i)) {
      let depth = 0, before: Token | undefined;
      for (i += 1; i < source.length;) {
        const space = match(SPACE, source, i);
        const token: Token | undefined = space === undefined ? next(source, i, before) : undefined;
        i = token?.end ?? i + (space?.length ?? 1);
        if (token?.kind === "mark" && token.value === "{") depth++;
        if (token?.kind === "mark" && token.value === "}" && --depth === 0) break;
        before = token ?? before;
      }
      i--;
    }
  }
  return source.length;
}

/** Line and column of an offset, from 1, columns in UTF-16 units as editors and V8 count them. */
export function lineAndColumn(source: string, offset: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, offset).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

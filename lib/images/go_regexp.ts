/**
 * BuildKit turns `.dockerignore` patterns into regular expressions of Go. This translates them to JavaScript, as far as
 * a pattern can use the syntax: there is no alternation, no count and no flag.
 */
type Range = readonly [first: number, last: number];

const LAST = 0x10ffff;
const DIGIT: readonly Range[] = [[0x30, 0x39]];
const SPACE: readonly Range[] = [[9, 10], [12, 13], [32, 32]];
const LOWER: readonly Range[] = [[0x61, 0x7a]];
const UPPER: readonly Range[] = [[0x41, 0x5a]];
const WORD: readonly Range[] = [...DIGIT, ...UPPER, [0x5f, 0x5f], ...LOWER];
const SETS: Readonly<Record<string, readonly Range[]>> = { d: DIGIT, s: SPACE, w: WORD };
const POSIX: Readonly<Record<string, readonly Range[]>> = {
  alnum: [...DIGIT, ...UPPER, ...LOWER],
  alpha: [...UPPER, ...LOWER],
  ascii: [[0, 0x7f]],
  blank: [[9, 9], [32, 32]],
  cntrl: [[0, 0x1f], [0x7f, 0x7f]],
  digit: DIGIT,
  graph: [[0x21, 0x7e]],
  lower: LOWER,
  print: [[0x20, 0x7e]],
  punct: [[0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e]],
  space: [[9, 13], [32, 32]],
  upper: UPPER,
  word: WORD,
  xdigit: [...DIGIT, [0x41, 0x46], [0x61, 0x66]],
};
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** Throws a SyntaxError for an expression that Go rejects, or that has an escape which no file name needs. */
export function goRegExp(source: string): RegExp {
  const chars = [...source];
  let out = "";
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "[") [out, at] = readClass(chars, at + 1, out);
    else if (char === "\\") out += assertion(chars[++at]) ?? escapeOutside(chars[at]);
    else if (char === ".") out += "[^\\n]";
    else out += "]{}".includes(char) ? `\\${char}` : char;
  }
  return new RegExp(out, "u");
}

function assertion(char: string | undefined): string | undefined {
  return ({ b: "\\b", B: "\\B", A: "^", z: "$" } as Record<string, string>)[char ?? ""];
}

function escapeOutside(char: string | undefined): string {
  const set = setOf(char);
  return set ? write(set, false) : write([[escaped(char), escaped(char)]], false);
}

/** The sets `\d`, `\s` and `\w`, negated when upper case. */
function setOf(char: string | undefined): readonly Range[] | undefined {
  const set = SETS[char?.toLowerCase() ?? ""];
  return set && char === char?.toUpperCase() ? complement(set) : set;
}

function escaped(char: string | undefined): number {
  if (char === undefined) throw new SyntaxError("trailing backslash");
  if (CONTROL[char] !== undefined) return CONTROL[char];
  if (!/^[\0-\x7f]$/.test(char) || /^[0-9A-Za-z]$/.test(char)) throw new SyntaxError(`invalid escape \\${char}`);
  return char.codePointAt(0)!;
}

/** Reads a class after its `[`; returns what is written so far and the position of its `]`. */
function readClass(chars: readonly string[], start: number, out: string): [string, number] {
  const negated = chars[start] === "^";
  const first = negated ? start + 1 : start;
  const ranges: Range[] = [];
  let at = first;
  while (at === first || chars[at] !== "]") {
    if (at >= chars.length) throw new SyntaxError("missing closing ]");
    const named = posixAt(chars, at);
    const set = chars[at] === "\\" ? setOf(chars[at + 1]) : undefined;
    if (named) {
      ranges.push(...named.ranges);
      at = named.end;
    } else if (set) {
      ranges.push(...set);
      at += 2;
    } else {
      const [low, next] = classChar(chars, at);
      const ranged = chars[next] === "-" && next + 1 < chars.length && chars[next + 1] !== "]";
      const [high, end] = ranged ? classChar(chars, next + 1) : [low, next];
      if (high < low) throw new SyntaxError("invalid character class range");
      ranges.push([low, high]);
      at = end;
    }
  }
  return [out + write(ranges, negated), at];
}

function classChar(chars: readonly string[], at: number): [code: number, next: number] {
  return chars[at] === "\\" ? [escaped(chars[at + 1]), at + 2] : [chars[at]!.codePointAt(0)!, at + 1];
}

function posixAt(chars: readonly string[], at: number): { ranges: readonly Range[]; end: number } | undefined {
  if (chars[at] !== "[" || chars[at + 1] !== ":") return undefined;
  const text = chars.slice(at + 2).join("");
  const close = text.indexOf(":]");
  if (close < 0) return undefined;
  const negated = text.startsWith("^");
  const ranges = POSIX[text.slice(negated ? 1 : 0, close)];
  if (!ranges) throw new SyntaxError("invalid character class range");
  return { ranges: negated ? complement(ranges) : ranges, end: at + 4 + [...text.slice(0, close)].length };
}

function complement(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  let next = 0;
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (first > next) result.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) result.push([next, LAST]);
  return result;
}

function write(ranges: readonly Range[], negated: boolean): string {
  const code = (value: number) => `\\u{${value.toString(16)}}`;
  const parts = ranges.map(([first, last]) => first === last ? code(first) : `${code(first)}-${code(last)}`);
  return `[${negated ? "^" : ""}${parts.join("")}]`;
}

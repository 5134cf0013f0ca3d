/**
 * BuildKit turns `.dockerignore` patterns into regular expressions of Go. This reads them, as far as a pattern can use the
 * syntax: there is no alternation, no count, no flag, and one group: an optional folder.
 */
import { type Char, matcherOf, type Step } from "./linear.ts";

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

/**
 * Whether the expression matches a whole path, which it is anchored to (`^…$`). Throws a SyntaxError for an expression
 * that Go rejects, or that has an escape which no file name needs.
 */
export function goRegExp(source: string): (path: string) => boolean {
  const chars = [...source],
    steps: Step[] = [],
    lastClose = chars.findLastIndex((char, at) => isClose(chars, at, char));
  const repeat = () => steps.push({ ...steps.pop() as Char, star: true });
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === "^" || char === "$") steps.push({ kind: "between", holds: ASSERTIONS[char]! });
    else if (char === "(") steps.push({ kind: "skip", to: steps.length + 3 });
    else if (char === ")") at++; // the `?` of the only group
    else if (char === "*") repeat();
    else if (char === "[") {
      const read = readClass(chars, at + 1, lastClose);
      steps.push(charIn(read.ranges, read.negated));
      at = read.end;
    } else if (char === "\\") steps.push(escapeOutside(chars[++at]));
    else steps.push(char === "." ? charIn([[10, 10]], true) : charIn([rangeOf(char)], false));
  }
  const whole = steps.at(0)?.kind === "between" && steps.at(-1)?.kind === "between";
  return matcherOf(whole ? unanchored(steps) : steps);
}

/** The matcher matches whole texts anyway, and is faster without what holds between characters. */
function unanchored(steps: readonly Step[]): Step[] {
  return steps.slice(1, -1).map((step) => step.kind === "skip" ? { ...step, to: step.to - 1 } : step);
}

function charIn(ranges: readonly Range[], negated: boolean): Step {
  const accepts = (code: number) => ranges.some(([first, last]) => code >= first && code <= last) !== negated;
  return { kind: "char", accepts, star: false };
}

const isWord = (code: number) => WORD.some(([first, last]) => code >= first && code <= last);
const isEdge = (before: number, after: number) => isWord(before) !== isWord(after);
const ASSERTIONS: Readonly<Record<string, (before: number, after: number) => boolean>> = {
  "^": (before) => before < 0,
  "$": (_, after) => after < 0,
  A: (before) => before < 0,
  z: (_, after) => after < 0,
  b: isEdge,
  B: (before, after) => !isEdge(before, after),
};

function escapeOutside(char: string | undefined): Step {
  const holds = /^[AzbB]$/.test(char ?? "") ? ASSERTIONS[char!] : undefined;
  if (holds) return { kind: "between", holds };
  const code = setOf(char) ? 0 : escaped(char);
  return charIn(setOf(char) ?? [[code, code]], false);
}

function rangeOf(char: string): Range {
  return [char.codePointAt(0)!, char.codePointAt(0)!];
}

function isClose(chars: readonly string[], at: number, char: string): boolean {
  return char === ":" && chars[at + 1] === "]";
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

interface Class {
  readonly ranges: readonly Range[];
  readonly negated: boolean;
  /** Position of its `]`. */
  readonly end: number;
}

/** Reads a class after its `[`. `lastClose` is where the last `:]` is. */
function readClass(chars: readonly string[], start: number, lastClose: number): Class {
  const negated = chars[start] === "^";
  const first = negated ? start + 1 : start;
  const ranges: Range[] = [];
  let at = first;
  while (at === first || chars[at] !== "]") {
    if (at >= chars.length) throw new SyntaxError("missing closing ]");
    const named = posixAt(chars, at, lastClose);
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
  return { ranges, negated, end: at };
}

function classChar(chars: readonly string[], at: number): [code: number, next: number] {
  return chars[at] === "\\" ? [escaped(chars[at + 1]), at + 2] : [chars[at]!.codePointAt(0)!, at + 1];
}

/** A name that is not closed is not searched for again: that would take quadratic time. */
function posixAt(
  chars: readonly string[],
  at: number,
  lastClose: number,
): { ranges: readonly Range[]; end: number } | undefined {
  if (chars[at] !== "[" || chars[at + 1] !== ":" || at + 2 > lastClose) return undefined;
  let close = at + 2;
  while (!isClose(chars, close, chars[close]!)) close++;
  const text = chars.slice(at + 2, close).join("");
  const negated = text.startsWith("^");
  const ranges = Object.hasOwn(POSIX, text.slice(negated ? 1 : 0)) ? POSIX[text.slice(negated ? 1 : 0)] : undefined;
  if (!ranges) throw new SyntaxError("invalid character class range");
  return { ranges: negated ? complement(ranges) : ranges, end: close + 2 };
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

/** Patterns that take a backtracking matcher an exponential time, or that a reader in a hurry would read twice. */
import assert from "node:assert/strict";
import { compileIgnore, readIgnore } from "../../lib/images/ignore.ts";
import { matcherOf, type Step } from "../../lib/images/linear.ts";

/** The least of several durations, so that a busy machine does not count. */
function least(work: () => unknown): number {
  const durations = Array.from({ length: 7 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...durations);
}

/** A quadratic matcher takes 64 times as long for 8 times the input, and an exponential one never ends. */
function assertLinear(what: string, workOf: (size: number) => () => unknown): void {
  const small = workOf(4_000), large = workOf(32_000);
  large();
  // Other work on the machine can only raise a ratio: the lowest of a few is the truest.
  const ratios = Array.from({ length: 5 }, () => least(large) / Math.max(least(small), 0.05));
  const ratio = Math.min(...ratios);
  assert.ok(ratio < 30, `${what}: 8 times the input took ${ratio.toFixed(1)} times as long`);
}

/** Patterns that match half of the path in very many ways, and then fail. */
const ADVERSARIAL: readonly [pattern: string, unit: string][] = [
  ["*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", "a"],
  ["**a**a**a**a**a**a**a**a**a**b", "a"],
  ["**/a/**/a/**/a/**/a/**/a/**/a/**/b", "a/"],
  ["*?*?*?*?*?*?*?*?*?*?*?b", "a"],
  ["[ab]*[ab]*[ab]*[ab]*[ab]*[ab]*[ab]*c", "ab"],
  ["*\\b*\\b*\\b*\\b*\\b*\\bx", "a."],
  ["[*]*[*]*[*]*[*]*b", "]"],
];

for (const [pattern, unit] of ADVERSARIAL) {
  Deno.test(`${pattern} is matched in time proportional to the length of the path`, () => {
    const { decide } = compileIgnore([pattern]);
    assertLinear(pattern, (size) => {
      const path = `${unit.repeat(size / unit.length)}!`;
      return () => assert.equal(decide(path, null).ignored, false);
    });
  });
}

Deno.test("a long pattern is read in time proportional to its length", () => {
  const patterns: Readonly<Record<string, (size: number) => string>> = {
    "spaces within a line": (size) => `a${" ".repeat(size)}a`,
    "spaces at its end": (size) => `a${" ".repeat(size)}`,
    "names of characters that are not closed": (size) => `[${"[:".repeat(size)}]`,
    "stars": (size) => "*".repeat(size),
    "folders": (size) => "a/../".repeat(size),
    "exceptions": (size) => "!a\n".repeat(size),
  };
  for (const [what, patternOf] of Object.entries(patterns)) {
    assertLinear(what, (size) => {
      const text = patternOf(size);
      return () => {
        try {
          compileIgnore(readIgnore(text));
        } catch (error) {
          assert.match(String(error), /must be valid for BuildKit/);
        }
      };
    });
  }
});

Deno.test("what is remembered has a limit, and forgetting changes no answer", () => {
  const { decide } = compileIgnore(["*[a-f]*[0-9]*?*x"]);
  const expected = /^[^/]*[a-f][^/]*[0-9][^/]*[^/][^/]*x$/u;
  let random = 1;
  for (let count = 0; count < 3_000; count++) {
    const path = Array.from({ length: 24 }, () => {
      random = random * 48271 % 2147483647;
      return String.fromCodePoint([0x61 + random % 8, 0x30 + random % 12, 0x400 + random % 5_000, 0x78][random % 4]!);
    }).join("");
    assert.equal(decide(path, null).ignored, expected.test(path), path);
  }
});

Deno.test("a step between characters sees both of them", () => {
  const char = (accepted: string): Step => {
    return { kind: "char", accepts: (code) => accepted.includes(String.fromCodePoint(code)), star: true };
  };
  const edge: Step = { kind: "between", holds: (before, after) => before < 0 || before !== after };
  const match = matcherOf([char("ab"), edge, char("ab")]);
  assert.deepEqual(["", "ab", "aa", "a"].map(match), [true, true, true, true]);
  const inside = matcherOf([char("a"), { kind: "between", holds: (before, after) => before === after }, char("a")]);
  assert.deepEqual(["", "a", "aa"].map(inside), [true, false, true]);
});

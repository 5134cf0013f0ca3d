import assert from "node:assert/strict";
import * as fc from "fast-check";
import { fieldLines, wrapped } from "../../lib/plan/columns.ts";

Deno.test("a line is broken at spaces and loses no word; a word that is too long stays whole", () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,90}$/), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(words, fc.integer({ min: 60, max: 120 }), (words, columns) => {
    const lines = wrapped(`  ${words.join(" ")}`, columns);
    assert.deepEqual(lines.join(" ").trim().split(/ +/), words);
    for (const line of lines) assert.ok(line.length <= columns || line.trim().split(" ").length <= 1, line);
  }));
});

const line = (before: string | null, after: string | null, more = {}) =>
  fieldLines({ path: "spec.userData", before, after, ...more }, 60, "  ");

Deno.test("a short field is one line, with who wrote it and whether it replaces the resource", () => {
  assert.deepEqual(line(null, "a"), ["  spec.userData: (not set) → a"]);
  assert.deepEqual(line("a", "b", { by: "helm" }), ["  spec.userData: a → b  (written by helm)"]);
  assert.deepEqual(line("a\nb", "c", { replaces: true }), ["  spec.userData: a\\nb → c  (replacement)"]);
});

Deno.test("of long values the part is shown that differs, within the columns", () => {
  const text = "x".repeat(200), [path, before, after] = line(`${text}one${text}`, `${text}two${text}`);
  assert.equal(path, "  spec.userData:");
  assert.match(before!, /^ {6}…x+onex+…$/);
  assert.match(after!, /^ {4}→ …x+twox+…$/);
  for (const shown of [before, after]) assert.ok(shown!.length <= 60, shown);
});

Deno.test("of long lists it is told what they gain and lose", () => {
  const items = Array.from({ length: 30 }, (_, at) => `c${at}.large`), list = (all: string[]) => `[${all.join(", ")}]`;
  assert.deepEqual(line(list(items), list([...items.slice(1), "m6i.large"])), [
    "  spec.userData: + m6i.large, - c0.large",
  ]);
});

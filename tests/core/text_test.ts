/** Nothing that others wrote steers a terminal, turns letters around, or is run by a CI runner. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { isSteering, mapText, plainLine, plainText, safeJson } from "../../lib/core/text.ts";

Deno.test("escape sequences go, in seven and in eight bits, with what belongs to them", () => {
  const cases: Readonly<Record<string, string>> = {
    "\x1b[31mred\x1b[0m": "red",
    "\x9b2Jgone": "gone",
    "\x1b]0;title\x07text": "text",
    "\x9d8;;http://x\x9clink": "link",
    "\x1b]8;;http://x\x1b\\link": "link",
    "\x1bcreset": "creset",
    "a\x07b\x08c\x7fd\x85e": "abcde",
    "tab\there": "tab  here",
  };
  for (const [text, seen] of Object.entries(cases)) assert.equal(plainLine(text), seen, JSON.stringify(text));
});

Deno.test("marks that turn the order of letters around go", () => {
  assert.equal(plainLine("user\u202e gnp.exe\u2066\u200f"), "user gnp.exe");
});

Deno.test("a line that a CI runner would run is told as text", () => {
  assert.equal(
    plainText("ok\n::set-output name=a::b\n  ##vso[task.setvariable]x"),
    "ok\n: :set-output name=a::b\n  # #vso[task.setvariable]x",
  );
  assert.equal(plainLine("a::b ## c"), "a::b ## c");
  assert.equal(plainText("##### 100%\n# Head [1]"), "# #### 100%\n# Head [1]");
});

Deno.test("a command that a CI runner finds in the middle of a line is told as text", () => {
  assert.equal(plainLine("x ##[add-mask]y ##vso[task.setvariable]z"), "x # #[add-mask]y # #vso[task.setvariable]z");
  assert.equal(plainLine("x ###[error]"), "x ## #[error]");
});

Deno.test("characters that nobody sees, and that a runner skips, hide no command", () => {
  for (const unseen of ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u{e0041}"]) {
    assert.equal(plainLine(`${unseen}:${unseen}:error::a`), ": :error::a", JSON.stringify(unseen));
    assert.equal(plainLine(`a #${unseen}#${unseen}[error]`), "a # #[error]", JSON.stringify(unseen));
  }
  assert.equal(plainLine("\u200d:\ufe0f:error::a"), "\u200d: :error::a");
  assert.equal(plainLine("a #\u200d#v\u200dso[b]"), "a # \u200d#v\u200dso[b]");
  assert.equal(plainLine("👩‍💻 ✔️"), "👩‍💻 ✔️");
});

Deno.test("JSON of any text is printable, and is read as it was", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...HOSTILE)), { maxLength: 6 }),
    (parts) => {
      const value = { [parts.join("")]: parts };
      for (const json of [safeJson(value), safeJson(value, 2)]) {
        assert.deepEqual(JSON.parse(json), value);
        assert.equal(isSteering(json), false, JSON.stringify(json));
      }
    },
  ));
});

const HOSTILE = [
  "\x9b31m",
  "\u202e",
  "##[error]a",
  "##vso[a]b",
  "\n::error::a",
  "\u{e0041}",
  "#\u00ad#[error]",
  "\x7f",
];

Deno.test("whatever the text, what is left holds no control character and begins no command", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const line = plainLine(text.replaceAll("\n", " "));
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|^\s*(::|##)/);
  }));
});

Deno.test("every text in a value is changed, however deep, and nothing else", () => {
  const value = { a: "x", b: ["x", { c: "x", d: 1, e: null, f: undefined }], x: true };
  assert.deepEqual(mapText(value, (text) => text.toUpperCase()), {
    a: "X",
    b: ["X", { c: "X", d: 1, e: null, f: undefined }],
    x: true,
  });
});

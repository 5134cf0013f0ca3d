import assert from "node:assert/strict";
import { instructionOf } from "../../../lib/images/dockerfile/instructions.ts";
import { readMount } from "../../../lib/images/dockerfile/mounts.ts";
import { parseDockerfile, type Statement } from "../../../lib/images/dockerfile/parser.ts";
import { lex } from "../../../lib/images/dockerfile/shell_words.ts";
import { attempt } from "../../../lib/images/dockerfile/errors.ts";
import vectors from "./vectors.json" with { type: "json" };

interface FileCase {
  readonly file: string;
  readonly escape?: string;
  readonly error?: { readonly line?: number; readonly message: string };
  readonly nodes?: readonly unknown[];
}

interface WordCase {
  readonly word: string;
  readonly escape: string;
  readonly raw: boolean;
  readonly skipUnset: boolean;
  readonly error?: string;
  readonly text: string;
  readonly words: readonly string[];
  readonly unmatched: readonly string[];
}

const variables: Readonly<Record<string, string>> = vectors.variables;
const lookup = (name: string) => Object.hasOwn(variables, name) ? variables[name] : undefined;

function describe(statement: Statement, escape: string): unknown {
  const read = attempt(() => instructionOf(statement));
  if ("message" in read) return { error: read.message };
  const instruction = read.value, heredocs = statement.heredocs.map(({ name, chomp, expand }) => [name, chomp, expand]);
  switch (instruction.kind) {
    case "from":
      return ["from", instruction.base, instruction.stage, instruction.platform];
    case "arg":
    case "env":
      return [instruction.kind, instruction.pairs.map(({ name, value }) => [name, value])];
    case "copy":
    case "add":
      return [instruction.kind, instruction.from, instruction.parents, instruction.sources, heredocs];
    case "run": {
      const mounts = attempt(() =>
        instruction.mounts.map(({ flag }) => {
          const { type, from, source, target, id, required } = readMount(
            flag,
            (value) => lex(value, lookup, { escape }).text,
          );
          return [type, from, source, target, id, required];
        })
      );
      return ["run", "message" in mounts ? mounts.message : mounts.value, heredocs];
    }
    default:
      return [instruction.kind];
  }
}

Deno.test("a Dockerfile is read as BuildKit's own parser reads it, over random files", () => {
  let refused = 0, instructions = 0, wrong = 0;
  for (const { file, escape, error, nodes } of vectors.files as readonly FileCase[]) {
    const parsed = parseDockerfile(file), shown = JSON.stringify(file);
    if (error) {
      refused++;
      const first = parsed.problems[0];
      assert.equal(first?.message, error.message, shown);
      continue;
    }
    assert.deepEqual(parsed.problems, [], shown);
    assert.equal(parsed.escape, escape, shown);
    const found = parsed.statements.map((one) => [one.line, one.endLine, describe(one, parsed.escape)]);
    assert.deepEqual(found, nodes, shown);
    instructions += found.length;
    wrong += found.filter((node) => "error" in (node[2] as object)).length;
  }
  assert.ok(instructions > 2000 && wrong > 200 && refused > 100, `${instructions} ${wrong} ${refused}`);
});

Deno.test("words are expanded as BuildKit's own lexer does it, over random words", () => {
  let refused = 0;
  for (const { word, escape, raw, skipUnset, error, text, words, unmatched } of vectors.words as readonly WordCase[]) {
    const options = { escape, rawQuotes: raw, rawEscapes: raw, skipUnset };
    const read = attempt(() => lex(word, lookup, options)), shown = JSON.stringify({ word, ...options });
    if (error) {
      refused++;
      assert.ok("message" in read, shown);
      assert.equal(read.message, error, shown);
      continue;
    }
    assert.ok("value" in read, `${shown} ${JSON.stringify(read)}`);
    assert.deepEqual(
      [read.value.text, read.value.words, [...read.value.unmatched].sort()],
      [text, words, unmatched],
      shown,
    );
  }
  assert.ok(refused > 200, `${refused}`);
});

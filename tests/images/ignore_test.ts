import assert from "node:assert/strict";
import { compileIgnore, type Held, readIgnore } from "../../lib/images/ignore.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import vectors from "./ignore_vectors.json" with { type: "json" };

/** The paths of `tree` that a walk keeps; a folder also when something in it is kept. */
function kept(text: string, tree: readonly string[]): Set<string> {
  const ignore = compileIgnore(readIgnore(text));
  const result = new Set<string>();
  const walk = (folder: string, parent: Held | null): boolean => {
    let any = false;
    for (const path of tree) {
      if (path.lastIndexOf("/") !== folder.length - 1 || !path.startsWith(folder)) continue;
      const { ignored, held } = ignore.decide(path, parent);
      const inside = (!ignored || ignore.mayHold(path)) && walk(`${path}/`, held);
      if (!ignored || inside) result.add(path), any = true;
    }
    return any;
  };
  walk("", null);
  return result;
}

Deno.test("ignore rules decide as BuildKit's own walk does, over random files", () => {
  let decisions = 0, refused = 0;
  for (const { file, sent, error } of vectors.cases as { file: string; sent?: string; error?: boolean }[]) {
    if (error) {
      assert.throws(() => kept(file, vectors.paths), isUnituneError, JSON.stringify(file));
      refused++;
      continue;
    }
    const result = kept(file, vectors.paths);
    vectors.paths.forEach((path, index) => {
      assert.equal(result.has(path), sent![index] === "1", `${path} under ${JSON.stringify(file)}`);
      decisions++;
    });
  }
  assert.ok(decisions > 20_000 && refused > 20, `${decisions} decisions, ${refused} files refused`);
});

Deno.test("an ignore file is read without its BOM, comments, edge spaces and leading slash", () => {
  const text = "\ufeff# top\r\n test1 \r\n/test2\n/a/./file//here\n\n  # not a comment\n! /inverted/abs\n!\n! ";
  assert.deepEqual(readIgnore(text), ["test1", "test2", "a/file/here", "# not a comment", "!inverted/abs", "!", "!"]);
});

Deno.test("a pattern that BuildKit refuses is an error that names the file and the pattern", () => {
  assert.throws(() => compileIgnore(["ok", "a[b"], "Dockerfile.dockerignore"), (error) => {
    assert.ok(isUnituneError(error));
    assert.equal(error.code, "IGNORE_PATTERN");
    assert.match(error.message, /Dockerfile\.dockerignore .*"a\[b"/);
    return true;
  });
});

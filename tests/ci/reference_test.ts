/** The reference in `docs/reference` is what the catalogues of errors and events say. */
import assert from "node:assert/strict";
import { reference } from "../../.ci/reference.ts";
import { errorReference } from "../../lib/core/error_codes.ts";
import { EVENTS } from "../../lib/core/events.ts";

const files = await reference();

Deno.test("the reference is written from the catalogues as they are", async () => {
  for (const [path, text] of Object.entries(files)) {
    const written = await Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
    assert.equal(written, text, `${path} is not of today: run deno task reference`);
  }
});

Deno.test("every error has a section where its anchor leads, with its exit code and what it means", () => {
  const text = files["docs/reference/errors.md"]!.replaceAll(/\s+/g, " ");
  for (const { code, anchor, exit, meaning } of errorReference()) {
    assert.ok(text.includes(`### ${code} Exit code ${exit}. ${meaning}`), code);
    assert.equal(anchor, code.toLowerCase());
  }
});

Deno.test("every event has a section with its fields, and those of all events are told", () => {
  const text = files["docs/reference/events.md"]!;
  for (const type of Object.keys(EVENTS)) {
    const section = text.split(`\n## ${type}\n`)[1]?.split("\n## ")[0] ?? "";
    assert.match(section, new RegExp(`\\| \`type\` +\\| \`"${type}"\` +\\|`), type);
  }
  assert.match(text, /\| `level` +\| `"debug" \\\| "info" \\\| "warning" \\\| "error"` +\|/);
  assert.match(text, /\| `source` +\| `\{ pod: string; container: string \}` +\|/);
  assert.match(text, /\| `line` +\| `string` +\|/);
});

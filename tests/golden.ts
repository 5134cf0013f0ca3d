/** Golden files: text that was looked at once and must stay so. `UPDATE_GOLDEN=1` writes them anew. */
import assert from "node:assert/strict";

const folder = new URL("./golden/", import.meta.url);

/** Compares `text` with `tests/golden/<name>`. */
export async function golden(name: string, text: string): Promise<void> {
  const file = new URL(name, folder);
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    await Deno.mkdir(new URL(".", file), { recursive: true });
    await Deno.writeTextFile(file, text);
    return;
  }
  const expected = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) throw new Error(`No golden file ${name}: run with UPDATE_GOLDEN=1`);
    throw error;
  });
  assert.equal(text, expected, `tests/golden/${name} differs: look at it, then run with UPDATE_GOLDEN=1`);
}

/** Every field of a config is documented: its default, and an example that is taken here at its word. */
import assert from "node:assert/strict";
import { exampleOf, fields, resolvedExample } from "./examples.ts";

for (const field of fields) {
  Deno.test(`${field.path} says its default, and its example is taken`, () => {
    const { path, optional, text } = field;
    assert.ok(!optional || /Default: /.test(text), `${path} has no default in its comment: ${text}`);
    assert.ok(exampleOf(field), `${path} has no example in its comment: ${text}`);
    const resolved = resolvedExample(field);
    assert.ok(resolved, `AROUND has nothing for ${path}`);
    assert.deepEqual(resolved.issues, []);
  });
}

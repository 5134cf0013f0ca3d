/** Every field of a config is documented: its default, and an example that is checked here. */
import assert from "node:assert/strict";
import { exampleOf, fields, resolvedExample } from "./examples.ts";

for (const field of fields) {
  Deno.test(`the comment of ${field.path} has its default, and its example is accepted`, () => {
    const { path, optional, text } = field;
    assert.ok(!optional || /Default: /.test(text), `${path} has no default in its comment: ${text}`);
    assert.ok(exampleOf(field), `${path} has no example in its comment: ${text}`);
    const resolved = resolvedExample(field);
    assert.ok(resolved, `AROUND has nothing for ${path}`);
    assert.deepEqual(resolved.issues, []);
  });
}

import assert from "node:assert/strict";
import { partsOf } from "../../lib/permissions/parts.ts";
import type { Change } from "../../lib/plan/types.ts";

Deno.test("a plan needs the permissions of what it changes, and none when it changes nothing in AWS", () => {
  const change = (kind: string, action: string) => ({ kind, action }) as Change;
  const still = [change("bootstrap", "none"), change("stacks", "none"), change("build", "reuse")];
  assert.deepEqual(partsOf(still), []);
  assert.deepEqual(partsOf([...still, change("object", "create"), change("prune", "delete")]), []);
  assert.deepEqual(partsOf([change("bootstrap", "create"), change("access", "create"), change("build", "build")]), [
    "lock",
    "bootstrap",
    "access",
    "images",
    "contexts",
    "owners",
  ]);
});

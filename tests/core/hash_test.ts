import assert from "node:assert/strict";
import { sha256 } from "../../lib/core/hash.ts";

Deno.test("a hash is that of the text's UTF-8, in hex", () => {
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.equal(sha256("ä"), "33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc");
});

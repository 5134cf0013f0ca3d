import assert from "node:assert/strict";
import { elfPart } from "../../.ci/toolchain.ts";

/** The head of a 64-bit little-endian ELF file whose section headers (3 of 64 bytes) end at byte 256. */
function elf(appended: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(256 + appended);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x7f454c46);
  view.setBigUint64(0x28, 64n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 3, true);
  return bytes;
}

Deno.test("denort is a compiled program up to the end of its section headers", () => {
  assert.equal(elfPart(elf(0)).length, 256);
  assert.equal(elfPart(elf(1000)).length, 256);
});

Deno.test("denort is not extracted from a file that is not an ELF program", () => {
  assert.throws(() => elfPart(new Uint8Array(300)), /not an ELF program/);
});

import assert from "node:assert/strict";
import { zstdDecompressSync } from "node:zlib";
import { insertArchive, pack, START } from "../../.ci/archive.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("the archive gives back every entry, whatever its block, and what a start needs stands apart", () => {
  const large = "x".repeat(70_000),
    entries = new Map([
      ["main.mjs", bytes("start")],
      ["a.mjs", bytes("one")],
      ["b.mjs", bytes("two")],
      ["large.mjs", bytes(large)],
      ["data.gz", bytes("packed already")],
    ]);
  const { start, bytes: all, index } = pack(entries, new Set(["main.mjs"]));
  for (const [name, wanted] of entries) {
    const [block, from, to] = index.entries[name]!;
    const { start: at, size, raw } = index.blocks[block] ?? { start: 0, size: 0, raw: false };
    const packed = all.subarray(at, at + size);
    const unpacked = block === START ? start : raw ? packed : zstdDecompressSync(packed);
    assert.deepEqual([...unpacked.subarray(from, to)], [...wanted], name);
  }
  assert.equal(index.entries["main.mjs"]![0], START);
  assert.equal(index.entries["a.mjs"]![0], index.entries["b.mjs"]![0], "small modules share a block");
  assert.equal(index.size, all.length);
});

Deno.test("the same entries give the same archive, in whatever order they come", () => {
  const entries: [string, Uint8Array<ArrayBuffer>][] = [["b", bytes("two")], ["a", bytes("one")]];
  assert.deepEqual(pack(new Map(entries), new Set()), pack(new Map(entries.toReversed()), new Set()));
});

Deno.test("the archive goes between the runtime and what was added to it, if the program ends as is known", () => {
  const program = new Uint8Array(10 + 20), view = new DataView(program.buffer);
  program.fill(7, 0, 10);
  view.setUint32(14, 0x501e, true);
  view.setBigUint64(22, 20n, true);
  const whole = insertArchive(program, 10, bytes("archive"))!;
  assert.deepEqual(whole.subarray(0, 10), program.subarray(0, 10));
  assert.equal(new TextDecoder().decode(whole.subarray(10, 17)), "archive");
  assert.deepEqual(whole.subarray(17), program.subarray(10));
  view.setUint32(14, 1, true);
  assert.equal(insertArchive(program, 10, bytes("archive")), null);
});

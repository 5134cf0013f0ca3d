import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { checked, elfPart } from "../../.ci/toolchain.ts";

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

const GENUINE = "a genuine program", SHA256 = createHash("sha256").update(GENUINE).digest("hex");

/** Asks for the program in a cache of its own, which may hold something under its name. */
async function ask(cached: string | null, fetched: string): Promise<{ used: string; made: number; left: string[] }> {
  const cache = await Deno.makeTempDir();
  let made = 0;
  try {
    if (cached !== null) await Deno.writeTextFile(`${cache}/deno-1`, cached);
    const make = async (folder: string) => {
      made++;
      await Deno.writeTextFile(`${folder}/fresh`, fetched);
      return `${folder}/fresh`;
    };
    const program = await checked(cache, "deno-1", SHA256, make).catch((error: Error) => error);
    const used = program instanceof Error ? program.message : await Deno.readTextFile(program);
    return { used, made, left: Array.from(Deno.readDirSync(cache), ({ name }) => name) };
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
}

Deno.test("a program in the cache is used as long as its sha256 is the known one", async () => {
  assert.deepEqual(await ask(GENUINE, "never fetched"), { used: GENUINE, made: 0, left: ["deno-1"] });
  assert.deepEqual(await ask(null, GENUINE), { used: GENUINE, made: 1, left: ["deno-1"] });
});

Deno.test("a program in the cache that somebody changed is not used, but fetched anew", async () => {
  assert.deepEqual(await ask(`${GENUINE} and more`, GENUINE), { used: GENUINE, made: 1, left: ["deno-1"] });
});

Deno.test("a program that arrives with another sha256 is refused, and does not get into the cache", async () => {
  const { used, left } = await ask(null, "another program");
  assert.match(used, /^Cannot use deno-1 as its sha256 must be [0-9a-f]{64}: found [0-9a-f]{64}$/);
  assert.deepEqual(left, []);
});

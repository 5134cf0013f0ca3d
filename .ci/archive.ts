/**
 * The archive of the compiled program: all modules and large files, compressed. `.ci/boot.ts` reads it, in memory.
 * What `deno compile` embeds as files is read as a whole at each start, at about 1 ms per MB; a block of the archive is
 * read and unpacked only when a module in it is imported.
 */
import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";

/** Where bytes of the archive are, what is in them, and what they must be. */
interface Block {
  readonly start: number;
  readonly size: number;
  readonly sha256: string;
  /** Raw: compressed already. */
  readonly raw: boolean;
}

export interface ArchiveIndex {
  readonly blocks: readonly Block[];
  /** Module or file → number of its block, and its place in the unpacked block. `START`: the embedded file. */
  readonly entries: Readonly<Record<string, readonly [block: number, from: number, to: number]>>;
  readonly size: number;
  /** Whether it lies in the program, outside of what `deno compile` embeds; otherwise it is an embedded file. */
  readonly inProgram: boolean;
}

/** The block that is not in the archive: modules that every start needs, as they are, in an embedded file. */
export const START = -1;

export interface Archive {
  /** The block `START`. */
  readonly start: Uint8Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly index: Omit<ArchiveIndex, "inProgram">;
}

/** Smaller entries share a block. */
const OWN_BLOCK = 64 * 1024;
/** Four of five parts of what the highest level saves, in a tenth of its time. */
const LEVEL = 12;

type Entry = readonly [name: string, bytes: Uint8Array<ArrayBuffer>];

/** Packs entries in the order of their names, so that the same entries give the same bytes. */
export function pack(entries: ReadonlyMap<string, Uint8Array<ArrayBuffer>>, atStart: ReadonlySet<string>): Archive {
  const sorted = [...entries].toSorted(([a], [b]) => a < b ? -1 : 1);
  const later = sorted.filter(([name]) => !atStart.has(name));
  const places: Record<string, readonly [number, number, number]> = {};
  const join = (group: readonly Entry[], block: number) => {
    let at = 0;
    for (const [name, { length }] of group) places[name] = [block, at, at += length];
    return concat(group.map(([, bytes]) => bytes));
  };
  const start = join(sorted.filter(([name]) => atStart.has(name)), START);
  const blocks: Block[] = [], parts: Uint8Array[] = [];
  let size = 0;
  const small = later.filter(([, { length }]) => length < OWN_BLOCK);
  const large = later.filter(([, { length }]) => length >= OWN_BLOCK);
  for (const group of [small, ...large.map((one) => [one])].filter(({ length }) => length > 0)) {
    const raw = group.every(([name]) => name.endsWith(".gz")), joined = join(group, blocks.length);
    const bytes = raw ? joined : compressed(joined);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    blocks.push({ start: size, size: bytes.length, sha256, raw });
    parts.push(bytes);
    size += bytes.length;
  }
  return { start, bytes: concat(parts), index: { blocks, entries: places, size } };
}

function compressed(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) (all.set(part, at), at += part.length);
  return all;
}

const TRAILER = 16;
/** The trailer's first four bytes, as Deno's `libsui` writes them: https://github.com/denoland/sui (elf.rs). */
const MAGIC = 0x501e;

/**
 * Puts the archive between denort and what `deno compile` added, which denort finds from the end of the file. Returns
 * null if the program ends in another way than is known: then the archive must become an embedded file.
 */
export function insertArchive(
  program: Uint8Array<ArrayBuffer>,
  denort: number,
  archive: Uint8Array,
): Uint8Array<ArrayBuffer> | null {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength), end = program.length - TRAILER;
  const known = end > denort && view.getUint32(end, true) === MAGIC &&
    Number(view.getBigUint64(end + 8, true)) === program.length - denort;
  return known ? concat([program.subarray(0, denort), archive, program.subarray(denort)]) : null;
}

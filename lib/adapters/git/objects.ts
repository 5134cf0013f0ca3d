/** Reads objects of a Git repository: loose ones and those in packs. Formats: gitformat-pack(5). */
import { inflateSync } from "node:zlib";

interface GitObject {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Types by the numbers that packs have for them. */
const TYPES: Readonly<Record<number, string>> = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" };
const BY_OFFSET = 6, BY_NAME = 7;
const decoder = new TextDecoder();

/** `folder`: the repository's `objects`. `null`: it is in none of them. */
export async function readObject(folder: string, id: string): Promise<GitObject | null> {
  for (const objects of [folder, ...await alternates(folder)]) {
    const found = await readLoose(objects, id) ?? await readPacked(objects, id);
    if (found) return found;
  }
  return null;
}

/** Further folders, whose objects this repository borrows. */
async function alternates(folder: string): Promise<string[]> {
  const text = await Deno.readTextFile(`${folder}/info/alternates`).catch(() => "");
  return text.split("\n").filter(Boolean).map((line) => line.startsWith("/") ? line : `${folder}/${line}`);
}

async function readLoose(folder: string, id: string): Promise<GitObject | null> {
  const packed = await Deno.readFile(`${folder}/${id.slice(0, 2)}/${id.slice(2)}`).catch(() => null);
  if (!packed) return null;
  const bytes = new Uint8Array(inflateSync(packed)), end = bytes.indexOf(0);
  return { type: decoder.decode(bytes.subarray(0, end)).split(" ")[0]!, body: bytes.subarray(end + 1) };
}

async function readPacked(folder: string, id: string): Promise<GitObject | null> {
  const names = await Array.fromAsync(Deno.readDir(`${folder}/pack`), ({ name }) => name).catch(() => []);
  for (const name of names.filter((name) => name.endsWith(".idx"))) {
    const offset = offsetIn(await Deno.readFile(`${folder}/pack/${name}`), id);
    if (offset !== null) return await new Pack(folder, `${folder}/pack/${name.slice(0, -4)}.pack`).read(offset);
  }
  return null;
}

/** Where the object is in the pack, by the pack's index of version 2. */
function offsetIn(index: Uint8Array, id: string): number | null {
  const view = new DataView(index.buffer, index.byteOffset, index.length);
  if (view.getUint32(0) !== 0xff744f63) return null;
  const fanout = 8, count = view.getUint32(fanout + 255 * 4), ids = fanout + 256 * 4;
  const first = Number.parseInt(id.slice(0, 2), 16);
  const start = first === 0 ? 0 : view.getUint32(fanout + (first - 1) * 4), end = view.getUint32(fanout + first * 4);
  for (let at = start; at < end; at++) {
    if (hexOf(index.subarray(ids + at * 20, ids + at * 20 + 20)) !== id) continue;
    const offsets = ids + count * 24, offset = view.getUint32(offsets + at * 4);
    if (offset < 2 ** 31) return offset;
    return Number(view.getBigUint64(offsets + count * 4 + (offset - 2 ** 31) * 8));
  }
  return null;
}

class Pack {
  constructor(readonly objects: string, readonly file: string) {}

  async read(offset: number): Promise<GitObject> {
    const head = await this.#bytes(offset, 64);
    let at = 0, byte = head[at++]!, size = byte & 15, shift = 4;
    const type = (byte >> 4) & 7;
    for (; byte & 128; shift += 7) size += ((byte = head[at++]!) & 127) * 2 ** shift;
    if (type === BY_OFFSET) {
      let distance = (byte = head[at++]!) & 127;
      while (byte & 128) distance = (distance + 1) * 128 + ((byte = head[at++]!) & 127);
      return applied(await this.read(offset - distance), await this.#inflated(offset + at, size));
    }
    if (type === BY_NAME) {
      const base = await readObject(this.objects, hexOf(head.subarray(at, at + 20)));
      if (!base) throw new Error(`${this.file} needs an object that is missing`);
      return applied(base, await this.#inflated(offset + at + 20, size));
    }
    return { type: TYPES[type]!, body: await this.#inflated(offset + at, size) };
  }

  /** `size`: unpacked. What does not compress is a little larger in the pack. */
  async #inflated(offset: number, size: number): Promise<Uint8Array> {
    return new Uint8Array(inflateSync(await this.#bytes(offset, size + (size >> 8) + 256)));
  }

  async #bytes(offset: number, length: number): Promise<Uint8Array> {
    using file = await Deno.open(this.file);
    await file.seek(offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let count = await file.read(bytes); count; count = await file.read(bytes.subarray(at))) {
      at += count;
      if (at === length) break;
    }
    return bytes.subarray(0, at);
  }
}

/** An object that is stored as its difference from another. */
function applied({ type, body: base }: GitObject, delta: Uint8Array): GitObject {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = delta[at++]!;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  number(); // the size of the base
  const body = new Uint8Array(number());
  for (let to = 0; at < delta.length;) {
    const code = delta[at++]!;
    if (code < 128) {
      body.set(delta.subarray(at, at + code), to);
      at += code;
      to += code;
      continue;
    }
    const part = (bits: readonly number[]) => {
      return bits.reduce((sum, bit, place) => sum + (code & bit ? delta[at++]! * 2 ** (8 * place) : 0), 0);
    };
    const from = part([1, 2, 4, 8]), length = part([16, 32, 64]) || 0x10000;
    body.set(base.subarray(from, from + length), to);
    to += length;
  }
  return { type, body };
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

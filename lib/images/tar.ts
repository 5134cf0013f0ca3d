/**
 * Headers of a tar archive, one entry at a time, since a segment may start at any entry. The same input gives the same
 * bytes: mtime, uid and gid are 0. The format is ustar, with a pax header where a value does not fit.
 */
export interface TarEntry {
  /** Without a leading `./` or `/`. */
  readonly name: string;
  readonly type: "file" | "dir" | "symlink";
  readonly mode: number;
  readonly size: number;
  readonly link: string | null;
}

export const BLOCK = 512;
/** The end of an archive: two empty blocks. */
export const TAR_END: number = 2 * BLOCK;

const NAME_BYTES = 100;
const MAX_SIZE = 8 ** 11 - 1;
/** How many bytes a code unit has in UTF-8, at most. */
const UTF8_MOST = 3;
const TYPES = { file: "0", symlink: "2", dir: "5" } as const;
const encoder = new TextEncoder();

/** How many zero bytes fill the last block of a file. */
export function paddingOf(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

export function tarHeader(entry: TarEntry): Uint8Array {
  const name = encoder.encode(entry.type === "dir" ? `${entry.name}/` : entry.name);
  const link = encoder.encode(entry.link ?? "");
  const main = { name, link, mode: entry.mode, size: entry.size, type: TYPES[entry.type] };
  const records = [
    ...(link.length > NAME_BYTES ? [record("linkpath", link)] : []),
    ...(name.length > NAME_BYTES ? [record("path", name)] : []),
    ...(entry.size > MAX_SIZE ? [record("size", encoder.encode(String(entry.size)))] : []),
  ];
  if (records.length === 0) return block(main);
  const extended = concat(records);
  const header = block({
    name: encoder.encode("PaxHeader"),
    link: new Uint8Array(0),
    mode: 0o644,
    size: extended.length,
    type: "x",
  });
  return concat([header, extended, new Uint8Array(paddingOf(extended.length)), block(main)]);
}

/** The length of an entry's header, which is one block unless a value does not fit in it. */
export function headerBytes(entry: TarEntry): number {
  const fits = (text: string) => text.length < NAME_BYTES / UTF8_MOST;
  const simple = fits(entry.name) && fits(entry.link ?? "") && entry.size <= MAX_SIZE;
  return simple ? BLOCK : tarHeader(entry).length;
}

interface Fields {
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

function block({ name, link, mode, size, type }: Fields): Uint8Array {
  const bytes = new Uint8Array(BLOCK);
  const octal = (value: number, at: number, digits: number) =>
    bytes.set(encoder.encode(value.toString(8).padStart(digits, "0")), at);
  bytes.set(name.subarray(0, NAME_BYTES), 0);
  octal(mode & 0o7777, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(Math.min(size, MAX_SIZE), 124, 11);
  octal(0, 136, 11);
  bytes.set(encoder.encode("        "), 148);
  bytes.set(encoder.encode(type), 156);
  bytes.set(link.subarray(0, NAME_BYTES), 157);
  bytes.set(encoder.encode("ustar\u000000"), 257);
  octal(0, 329, 7);
  octal(0, 337, 7);
  octal(bytes.reduce((sum, byte) => sum + byte, 0), 148, 6);
  bytes[154] = 0;
  return bytes;
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function record(key: string, value: Uint8Array): Uint8Array {
  const rest = encoder.encode(` ${key}=`).length + value.length + 1;
  let length = rest + 1;
  while (String(length).length + rest !== length) length++;
  return concat([encoder.encode(`${length} ${key}=`), value, encoder.encode("\n")]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads the index of a Git repository: the files that the next commit would have. Format: gitformat-index(5). */
import { createHash } from "node:crypto";
import { hexOf } from "./objects.ts";

export interface IndexEntry {
  readonly path: string;
  /** Type and permissions, as a tree has them. */
  readonly mode: number;
  readonly id: string;
  /** Of the file when it was last equal to the entry; its time in milliseconds. */
  readonly size: number;
  readonly mtime: number;
  /** Does Git look at the file at all? */
  readonly watched: boolean;
  /** Part of a merge that is not resolved. */
  readonly unmerged: boolean;
  /** Will be added, but is in no tree yet. */
  readonly intended: boolean;
}

const decoder = new TextDecoder(), encoder = new TextEncoder();

/** `null`: a format that this does not know, like an index that is split. */
export function readIndex(bytes: Uint8Array): IndexEntry[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint32(4), count = view.getUint32(8), entries: IndexEntry[] = [];
  if (decoder.decode(bytes.subarray(0, 4)) !== "DIRC" || version < 2 || version > 4) return null;
  let at = 12, before: Uint8Array = new Uint8Array(0);
  for (let number = 0; number < count; number++) {
    const start = at, flags = view.getUint16(at + 60), extended = (flags & 0x4000) !== 0;
    const more = extended ? view.getUint16(at + 62) : 0;
    at += extended ? 64 : 62;
    let path: Uint8Array;
    if (version === 4) {
      let byte = bytes[at++]!, cut = byte & 127;
      while (byte & 128) cut = (cut + 1) * 128 + ((byte = bytes[at++]!) & 127);
      const end = bytes.indexOf(0, at), kept = before.subarray(0, before.length - cut);
      path = new Uint8Array([...kept, ...bytes.subarray(at, end)]);
      at = end + 1;
    } else {
      const end = bytes.indexOf(0, at);
      path = bytes.subarray(at, end);
      at = start + (Math.floor((end - start) / 8) + 1) * 8;
    }
    before = path;
    entries.push({
      path: decoder.decode(path),
      mode: view.getUint32(start + 24),
      id: hexOf(bytes.subarray(start + 40, start + 60)),
      size: view.getUint32(start + 36),
      mtime: view.getUint32(start + 8) * 1000 + Math.floor(view.getUint32(start + 12) / 1e6),
      watched: (flags & 0x8000) === 0 && (more & 0x4000) === 0,
      unmerged: (flags & 0x3000) !== 0,
      intended: (more & 0x2000) !== 0,
    });
  }
  return hasExtension(bytes, at, "link") ? null : entries;
}

function hasExtension(bytes: Uint8Array, start: number, name: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = start; at + 28 <= bytes.length; at += 8 + view.getUint32(at + 4)) {
    if (decoder.decode(bytes.subarray(at, at + 4)) === name) return true;
  }
  return false;
}

const TREE = 0o40000;
interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: IndexEntry[];
}

/** The id of the tree that a commit of these entries would have. */
export function treeOf(entries: readonly IndexEntry[]): string {
  const root: Folder = { folders: new Map(), files: [] };
  for (const entry of entries) {
    if (entry.intended) continue;
    // In a sparse index, a folder that is not checked out is an entry.
    const parts = entry.path.replace(/\/$/, "").split("/");
    let folder = root;
    for (const part of parts.slice(0, -1)) {
      const inner = folder.folders.get(part) ?? { folders: new Map(), files: [] };
      folder.folders.set(part, inner);
      folder = inner;
    }
    folder.files.push({ ...entry, path: parts.at(-1)! });
  }
  return hexOf(idOf(root));
}

function idOf({ folders, files }: Folder): Uint8Array {
  const rows = [
    ...files.map(({ path, mode, id }) => ({ name: path, mode, id: Uint8Array.from(Buffer.from(id, "hex")) })),
    ...[...folders].map(([name, folder]) => ({ name, mode: TREE, id: idOf(folder) })),
  ].map((row) => ({ ...row, sort: Buffer.from(row.mode === TREE ? `${row.name}/` : row.name) }));
  rows.sort((a, b) => Buffer.compare(a.sort, b.sort));
  const parts = rows.flatMap(({ name, mode, id }) => [encoder.encode(`${mode.toString(8)} ${name}\0`), id]);
  return objectId("tree", Buffer.concat(parts));
}

export function objectId(type: "blob" | "tree", body: Uint8Array): Uint8Array {
  return createHash("sha1").update(`${type} ${body.length}\0`).update(body).digest();
}

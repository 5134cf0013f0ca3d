/** Reads files whose names come from a config or a context: no pipe, which may never end, no device, nothing huge. */
import { formatBytes } from "../core/units.ts";

export function kindOf(info: Deno.FileInfo): "file" | "folder" | "named pipe" | "socket" | "device" {
  if (info.isFile) return "file";
  if (info.isDirectory) return "folder";
  if (info.isSocket) return "socket";
  return info.isFifo ? "named pipe" : "device";
}

/** Throws an error that says what was found if it is not a file, or has more than `most` bytes. */
export async function readRegularFile(path: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const info = await Deno.stat(path), kind = kindOf(info);
  if (kind !== "file") throw new Error(`it must be a file: found a ${kind}`);
  if (info.size > most) throw tooLarge(most);
  using file = await Deno.open(path);
  const buffer = new Uint8Array(64 << 10), pieces: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  // Counted while it is read: a file may grow, and those of /proc say that they are empty.
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    total += count;
    if (total > most) throw tooLarge(most);
    pieces.push(buffer.slice(0, count));
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function tooLarge(most: number): Error {
  return new Error(`it must have at most ${formatBytes(most)}`);
}

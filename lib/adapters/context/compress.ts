/** Compresses one segment: in a Worker, or in this thread if there is little to do. */
import { constants, zstdCompressSync } from "node:zlib";

const LEVEL = 3;

export function compress(raw: Uint8Array): Uint8Array<ArrayBuffer> {
  const packed = zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  // Of a buffer that holds nothing else no copy is needed.
  return packed.byteLength === packed.buffer.byteLength && packed.buffer instanceof ArrayBuffer
    ? new Uint8Array(packed.buffer)
    : new Uint8Array(packed);
}

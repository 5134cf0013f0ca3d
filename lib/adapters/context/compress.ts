/** Compresses and names one segment: in a Worker, or in this thread if there is little to do. */
import { createHash } from "node:crypto";
import { constants, zstdCompressSync } from "node:zlib";

export interface Compressed {
  readonly body: Uint8Array<ArrayBuffer>;
  /** sha256 of the body, hex. */
  readonly sha256: string;
}

const LEVEL = 3;

export function compress(raw: Uint8Array): Compressed {
  const packed = zstdCompressSync(raw, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  return { body: new Uint8Array(packed), sha256: createHash("sha256").update(packed).digest("hex") };
}

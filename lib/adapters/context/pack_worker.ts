/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** Compresses segments off the main thread. Bytes are transferred there and back, not copied. */
import { compress } from "./compress.ts";

self.onmessage = ({ data: raw }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
  const body = compress(raw);
  self.postMessage({ body, raw }, [body.buffer, raw.buffer]);
};

/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** Compresses segments off the main thread. Bytes are transferred, not copied. */
import { compress } from "./compress.ts";

self.onmessage = (event: MessageEvent<Uint8Array>) => {
  const result = compress(event.data);
  self.postMessage(result, [result.body.buffer]);
};

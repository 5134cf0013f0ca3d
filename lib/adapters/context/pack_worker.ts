/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** Compresses segments off the main thread; bytes are handed over, not copied. */
import { compress } from "./compress.ts";

self.onmessage = (event: MessageEvent<Uint8Array>) => {
  const result = compress(event.data);
  self.postMessage(result, [result.body.buffer]);
};

/**
 * `deno run -A tests/bench/store_context.ts FOLDER IMAGES [CACHE]`: reads a context for so many images and hands it to a
 * store that keeps nothing; says how many seconds reading and storing took, and how many bytes were sent.
 */
import { ContextReader, storeContext } from "../../lib/adapters/context/mod.ts";
import type { ContextStorePort } from "../../lib/core/ports.ts";

const [context, images, cache] = Deno.args as [string, string, string | undefined];
const nowhere: ContextStorePort = {
  stat: () => Promise.resolve(null),
  put: () => Promise.resolve(),
  empty: () => Promise.resolve(0),
};
const reader = new ContextReader({ cache }), { signal } = new AbortController(), began = performance.now();
const names = Array.from({ length: Number(images) }, (_, at) => `${at}.Dockerfile`);
const contexts = await Promise.all(names.map((dockerfile) => reader.read({ context, dockerfile })));
const read = performance.now();
let sent = 0;
for (const one of contexts) sent += (await storeContext(one, nowhere, { signal })).uploadedBytes;
const seconds = { read: (read - began) / 1000, store: (performance.now() - read) / 1000 };
console.log(JSON.stringify({ ...seconds, sent }));

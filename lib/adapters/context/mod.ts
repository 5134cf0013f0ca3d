/** Build contexts: read from the file system, stored in the cluster's bucket. */
export { ContextReader, type ReadContext, readContext } from "./read.ts";
export { cacheFolder } from "./stat_cache.ts";
export { storeContext, type StoreResult } from "./store.ts";

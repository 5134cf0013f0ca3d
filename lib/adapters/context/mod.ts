/** Build contexts: read from the file system, stored in the cluster's bucket. */
export { type ReadContext, readContext } from "./read.ts";
export { storeContext, type StoreResult } from "./store.ts";

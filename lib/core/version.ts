/** unitune's own version; a test compares it to `deno.json`. */
export const VERSION = "0.1.0";

/** The version of every JSON document. Raise it when a field is removed or changes its meaning. */
export const DOCUMENT_VERSION = 1;

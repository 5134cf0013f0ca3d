/** unitune's own version; a test compares it to `deno.json`. */
export const VERSION = "0.1.0";

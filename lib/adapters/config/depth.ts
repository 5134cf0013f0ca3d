/**
 * Tells sources that are nested too deeply to be read, or that are one very long expression. Parsers recurse: the
 * runtime's own overflows the machine's stack, which ends the whole process, at some 800 functions or 1600 brackets in
 * each other, and one in WebAssembly is broken afterwards.
 */

/** A quarter of what the smallest stack takes. */
const MOST_NESTED = 200, MOST_IN_A_ROW = 1_000;

const TOKENS = /[\w$]+|[^\s\w$]/g;
/** They begin a statement: what is in a row ends before them. */
const BEGINS = /^(?:const|export|function|interface|return|throw|var)$/;
/** Of a comment, or text within a template that goes on. */
const COMMENT = /^\s*\/\/(?!.*(?:`|\$\{))/;

/**
 * Reads no syntax, which could deceive it: brackets in texts count, too. So the answer errs on the side of depth, which
 * nothing that people write comes near.
 */
export function isTooDeep(source: string): boolean {
  /** At each level, how many words and signs have come since the last comma or semicolon. */
  const rows: number[] = [0];
  for (const line of source.split("\n")) {
    if (COMMENT.test(line)) continue;
    for (const [token] of line.matchAll(TOKENS)) {
      if (")]}".includes(token)) {
        if (rows.length > 1) rows.pop();
        continue;
      }
      const last = rows.length - 1;
      rows[last] = token === "," || token === ";" || BEGINS.test(token) ? 0 : rows[last]! + 1;
      if (rows[last]! > MOST_IN_A_ROW) return true;
      if ("([{".includes(token) && rows.push(0) > MOST_NESTED) return true;
    }
  }
  return false;
}

/**
 * A second look for imports that trusts no lexer: were ours deceived about where a text or a comment ends, the engine
 * would see an import that nobody vetted. So what is left of a module, its vetted statements blanked out, must not
 * even look like one, in texts and comments too. Only a line that is a comment from its first character may.
 */
const GAP = String.raw`(?:[\s\uFEFF]|/\*[^]*?\*/|//[^\n\r\u2028\u2029]*)*`;
const WORD = String.raw`[\p{ID_Start}$_\\][\p{ID_Continue}$\u200c\u200d\\{}]*`;

const SUSPECTS = [
  // import( … ), import "…", import { … }, import * as …
  String.raw`\bimport${GAP}[("'{*]`,
  // import.meta, import.source( … ), import.defer( … )
  String.raw`\bimport${GAP}\.${GAP}(?:meta|source|defer)`,
  // import a from "…", import a, { … } from "…", import defer * as a from "…", import source a from "…"
  String.raw`\bimport${GAP}${WORD}${GAP}(?:,|\*|from\b|${WORD}${GAP}from\b)`,
  // export * from "…", export { … } from "…"; braces with texts or comments in them could hide their end
  String.raw`\bexport${GAP}\*`,
  String.raw`\bexport${GAP}\{[^}"'/]*(?:["'/]|\}${GAP}from\b)`,
];

/** Offset of the first that looks like an import outside of the vetted statements. */
export function hiddenImport(text: string, vetted: readonly (readonly [number, number])[]): number | undefined {
  const rest = blankOut(text, vetted);
  const offsets = SUSPECTS.flatMap((suspect) =>
    [...rest.matchAll(new RegExp(suspect, "gu"))].map((match) => match.index)
  );
  return offsets.filter((offset) => !inLineComment(rest, offset)).sort((a, b) => a - b)[0];
}

/** The text with these stretches as spaces: everything else keeps its line and column. */
export function blankOut(text: string, stretches: readonly (readonly [number, number])[]): string {
  let rest = text;
  for (const [start, end] of stretches) {
    rest = rest.slice(0, start) + rest.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, " ") + rest.slice(end);
  }
  return rest;
}

/** Nothing on such a line can end a template or a block comment, should it be inside one. */
function inLineComment(text: string, offset: number): boolean {
  const line = /[^\n\r\u2028\u2029]*$/.exec(text.slice(0, offset))?.[0] ?? "";
  return /^\s*\/\//.test(line) && !/`|\*\//.test(line);
}

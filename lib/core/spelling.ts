/** The word that somebody probably meant. */

/** The closest candidate, if one is close to the word and not the word itself. */
export function nearest(found: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((word) => {
    // Of two equally close words, prefer the one that starts with the value.
    const bonus = word.toLowerCase().startsWith(found.toLowerCase()) ? 0.5 : 0;
    return { word, edits: distance(found.toLowerCase(), word.toLowerCase()) - bonus };
  });
  const best = scored.sort((a, b) => a.edits - b.edits)[0];
  if (!best || best.word === found || best.edits > Math.max(1, Math.floor(best.word.length / 3))) return undefined;
  return best.word;
}

/** Number of edits between two words: insert, delete, replace, swap neighbours. */
function distance(a: string, b: string): number {
  let before: number[] = [], last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      }
      row.push(edits);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** White space as Go's `unicode` and BuildKit's parser have it. */
const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

export function isSpace(char: string): boolean {
  return SPACE.test(char);
}

export function trim(text: string): string {
  return trimRight(trimLeft(text), isSpace);
}

export function trimLeft(text: string): string {
  let at = 0;
  while (at < text.length && isSpace(text[at]!)) at++;
  return text.slice(at);
}

/** A loop, as a regular expression for the end of a text takes the square of its length. */
export function trimRight(text: string, isCut: (char: string) => boolean): string {
  let end = text.length;
  while (end > 0 && isCut(text[end - 1]!)) end--;
  return text.slice(0, end);
}

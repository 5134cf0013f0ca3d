/** Recognises the web page of a proxy or a sign-in portal that answers in place of AWS. */

/** The page's title, empty if it has none; `null` if the answer is no web page. */
export function pageTitle(contentType: string | null, body: ArrayBuffer): string | null {
  if (!/^text\/html\b/i.test(contentType ?? "")) return null;
  const text = new TextDecoder().decode(body.slice(0, 10_000));
  if (!/^\s*<(!doctype html|html|head|body)\b/i.test(text)) return null;
  const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1] ?? "";
  return title.trim().replace(/\s+/g, " ").slice(0, 80);
}

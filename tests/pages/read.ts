/** Reads a page as a person does: its tables, by their captions, and its text; and the data that it carries. */

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** Text of a piece of our own HTML; what only the eye sees is left out. */
export function textOf(html: string): string {
  const seen = html.replace(/<(span|svg) aria-hidden="true"[^]*?<\/\1>/g, "").replace(/<[^>]*>/g, "");
  return seen.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!).replace(/\s+/g, " ").trim();
}

/** Rows of texts, by the table's caption. */
export function tablesOf(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  return new Map(
    [...page.matchAll(/<table>\n<caption>([^]*?)<\/caption>[^]*?<tbody>\n([^]*?)<\/tbody>/g)].map((found) => {
      const rows = [...found[2]!.matchAll(/<tr[^>]*>([^]*?)<\/tr>/g)];
      return [
        textOf(found[1]!),
        rows.map(([, row]) => [...row!.matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map(([, cell]) => textOf(cell!))),
      ];
    }),
  );
}

/** The document of a kind that the page carries. */
export function dataOf(page: string, kind: string): unknown {
  const [, text] = new RegExp(`<script type="application/json" id="${kind}-json">([^]*?)</script>`).exec(page) ?? [];
  return text === undefined ? undefined : JSON.parse(text);
}

/** The page without its head and the data. */
export function shownOf(page: string): string {
  return textOf(page.slice(page.indexOf("<body>")).replace(/<script [^]*?<\/script>/g, ""));
}

/** Every text in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** What a build does not take from earlier ones, as a text on its Job, so that a later run knows what it would adopt. */
import type { Fresh } from "../plan/types.ts";

/** Empty: it takes all that it can. */
export function freshText({ noCache, pull }: Fresh): string {
  return [...noCache ? ["no-cache"] : [], ...pull ? ["pull"] : []].join(",");
}

/** Whether a build with the first text is at least as fresh as the second asks for. */
export function isAsFresh(text: string, wanted: Fresh): boolean {
  const has = text.split(",");
  return freshText(wanted).split(",").filter(Boolean).every((word) => has.includes(word));
}

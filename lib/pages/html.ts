/**
 * HTML as text. Values get into it only through `markup`, which escapes them: what a config says cannot become markup.
 * (Not `html`, whose templates `deno fmt` would lay out anew.)
 */
import { visible } from "../core/text.ts";

/** A piece of HTML. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | readonly Part[];

/** A template: strings are escaped, pieces of HTML are not, `null` is nothing. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(texts.map((text, at) => text + (at < parts.length ? textOf(parts[at]!) : "")).join(""));
}

export const NOTHING = new Html("");

function textOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Html) return part.text;
  return typeof part === "object" ? part.map(textOf).join("") : escaped(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe between tags, and between the quotes of an attribute. */
function escaped(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** A value as JSON in an element that holds data: no text in it ends the element, or begins a comment. */
export function jsonElement(id: string, value: unknown): Html {
  const text = JSON.stringify(value, null, 1).replaceAll("<", "\\u003c");
  return markup`<script type="application/json" id="${id}">${new Html(text)}</script>`;
}

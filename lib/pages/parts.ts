/** Parts that all pages are made of: sections, tables, lists, states. */
import { Html, markup, NOTHING } from "./html.ts";

/** A section of a page. */
export interface Section {
  /** Its anchor. */
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

type Cell = Html | string | number;

/** A table: what it shows, the names of its columns, and its rows. The first cell of a row names it. */
interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Columns of numbers, by their names. */
  readonly numbers?: readonly string[];
  /** Anchors of the rows. */
  readonly ids?: readonly string[];
}

/** A table in a region of its own, which the keyboard can scroll where the page is narrow. */
export function table({ caption, columns, rows, numbers = [], ids = [] }: Table): Html {
  const side = (at: number) => numbers.includes(columns[at]!) ? markup` class="number"` : null;
  const cells = ([name, ...others]: readonly Cell[]) =>
    markup`<th scope="row"${side(0)}>${name!}</th>${others.map((cell, at) => markup`<td${side(at + 1)}>${cell}</td>`)}`;
  const anchorOf = (at: number) => ids[at] === undefined ? null : markup` id="${ids[at]}"`;
  return markup`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((name, at) => markup`<th scope="col"${side(at)}>${name}</th>`)}</tr></thead>
<tbody>
${rows.map((row, at) => markup`<tr${anchorOf(at)}>${cells(row)}</tr>\n`)}</tbody>
</table></div>
`;
}

/** A table, or a sentence if it has no rows. */
export function tableOr(nothing: string, given: Table): Html {
  return given.rows.length === 0 ? markup`<p>${nothing}</p>` : table(given);
}

/** Terms and their meanings. */
export function facts(rows: readonly (readonly [string, Cell])[]): Html {
  return markup`<dl>${rows.map(([term, value]) => markup`<div><dt>${term}</dt> <dd>${value}</dd></div>`)}</dl>\n`;
}

export function list(items: readonly Cell[]): Html {
  return items.length === 0 ? NOTHING : markup`<ul>${items.map((item) => markup`<li>${item}</li>`)}</ul>\n`;
}

/** The pieces, comma-separated. */
export function joined(pieces: readonly Html[]): Html {
  return markup`${pieces.flatMap((piece, at) => at === 0 ? [piece] : [", ", piece])}`;
}

/** What a word means for the reader: the page shows it by a sign, a border and a colour, and always as a word. */
type Tone = "good" | "change" | "bad" | "calm" | "caution";

const WORDS: Readonly<Record<string, readonly [Tone, string]>> = {
  create: ["good", "+"],
  add: ["good", "+"],
  build: ["good", "+"],
  import: ["good", "+"],
  update: ["change", "~"],
  replace: ["bad", "±"],
  delete: ["bad", "−"],
  remove: ["bad", "−"],
  wait: ["calm", "…"],
  none: ["calm", "="],
  reuse: ["calm", "="],
  done: ["good", "✓"],
  built: ["good", "✓"],
  ready: ["good", "✓"],
  complete: ["good", "✓"],
  unchanged: ["calm", "="],
  reused: ["calm", "="],
  failed: ["bad", "✗"],
  error: ["bad", "✗"],
  skipped: ["caution", "↷"],
  cancelled: ["caution", "■"],
  warning: ["caution", "!"],
  starting: ["change", "…"],
  running: ["change", "…"],
  ending: ["caution", "…"],
  note: ["calm", "i"],
};

export function toneOf(word: string): Tone {
  return Object.hasOwn(WORDS, word) ? WORDS[word]![0] : "calm";
}

export function signOf(word: string): string {
  return Object.hasOwn(WORDS, word) ? WORDS[word]![1] : "";
}

/** What a person reads for the words of a plan that need one more. */
const SAID: Readonly<Record<string, string>> = { none: "no change" };

export function said(word: string): string {
  return SAID[word] ?? word;
}

/** A state or an action: its sign is for the eye, its word for everybody. */
export function state(word: string): Html {
  const sign = markup`<span aria-hidden="true">${signOf(word)} </span>`;
  return markup`<span class="state ${toneOf(word)}">${sign}${said(word)}</span>`;
}

/** Something to know or to do: its weight, where it is, what it is, what more there is to it, and the next step. */
export function notice(word: string, where: readonly string[], message: string, more: Html, next: string): Html {
  const places = where.filter((one) => one !== "").map((one) => markup`${code(one)} `);
  const step = next === "" ? NOTHING : markup`<p>Next: ${next}</p>\n`;
  return markup`<div class="finding ${toneOf(word)}">
<p>${state(word)} ${places}${message}</p>
${more}${step}</div>
`;
}

export function code(text: string): Html {
  return markup`<code>${text}</code>`;
}

/** A number of dollars. */
export function usd(amount: number | null): string {
  return amount === null ? "not known" : `${amount.toFixed(2)} USD`;
}

/** The anchor of a step: ids of steps hold letters that an address would have to escape. */
export function anchor(id: string): string {
  return `step-${id.replace(/[^A-Za-z0-9_-]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`)}`;
}

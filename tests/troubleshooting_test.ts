/** `docs/troubleshooting.md` quotes what the program says, under codes that exist. */
import assert from "node:assert/strict";
import { ERRORS } from "../lib/core/error_codes.ts";
import { filesOf } from "./architecture/sources.ts";
import { root } from "./blocks.ts";

const text = Deno.readTextFileSync(`${root}docs/troubleshooting.md`);
const sources = filesOf("lib/").filter((file) => file.endsWith(".ts")).map((file) => Deno.readTextFileSync(root + file))
  .join("\n").replaceAll(/["`] \+\s*["`]/g, "");

/** Texts of other programs. */
const FOREIGN = ["unitune: command not found", "or from kubectl: You must be logged in to the server"];

/** Quoted texts, each without its code. */
const quotes = [...text.matchAll(/(?:^> .*\n)+/gm)].map(([lines]) =>
  lines.replaceAll(/^> /gm, "").replaceAll("\n", " ").replaceAll(/\[([A-Z_]+)\]\([^)]*\)/g, "").trim()
    .replace(/^[:, ]+|[:, ]+$/g, "")
);

/** What stands between names and numbers of the reader's. */
function piecesOf(quote: string): string[] {
  return quote.split("…").map((piece) => piece.replaceAll(/^[\s"(,:]+|[\s")]+$/g, "")).filter((piece) =>
    /\w/.test(piece)
  );
}

Deno.test("every message that troubleshooting quotes is one that the program has", () => {
  assert.ok(quotes.length > 20);
  for (const quote of quotes.filter((quote) => !FOREIGN.includes(quote))) {
    for (const piece of piecesOf(quote)) {
      if (piece === "or") continue;
      assert.ok(sources.includes(piece), `${quote}: the program does not say "${piece}"`);
    }
  }
});

Deno.test("a message that the program does not have is found", () => {
  assert.ok(piecesOf("Cannot … the moon as it is … far").some((piece) => !sources.includes(piece)));
});

Deno.test("every code in troubleshooting exists, and its link leads to its section", () => {
  const links = [...text.matchAll(/\[([A-Z_]+)\]\(reference\/errors\.md#(\w+)\)/g)];
  assert.ok(links.length > 20);
  for (const [, code = "", anchor] of links) {
    assert.ok(Object.hasOwn(ERRORS, code), code);
    assert.equal(anchor, code.toLowerCase());
  }
});

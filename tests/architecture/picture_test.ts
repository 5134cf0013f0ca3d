/** The picture in the documents is drawn from the table that holds the imports. */
import assert from "node:assert/strict";
import { pictureOf } from "./picture.ts";
import { ROOMS } from "./rooms.ts";

const file = new URL("../../docs/architecture.md", import.meta.url);
const SECTION = /(<!-- rooms: [^\n]* -->\n\n)[^]*?(\n\n<!-- end of rooms -->)/;

Deno.test("docs/architecture.md shows the rooms and arrows that imports are held to", async () => {
  const text = await Deno.readTextFile(file);
  const drawn = text.replace(SECTION, (_, head: string, tail: string) => `${head}${pictureOf(ROOMS)}${tail}`);
  assert.ok(SECTION.test(text));
  if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, drawn);
  else assert.equal(text, drawn, "the table of rooms changed: run with UPDATE_GOLDEN=1");
});

Deno.test("an arrow names the file that it leads to, is dashed for types, and is left out to core", () => {
  const rooms = [
    { at: "lib/a/", may: ["lib/core/", "lib/b/", "lib/b/deep/c.ts"], types: ["lib/b/types.ts"], pure: true },
    { at: "lib/b/", may: [] },
  ];
  assert.equal(
    pictureOf(rooms),
    [
      "```mermaid",
      "flowchart TD",
      '  lib_a_["lib/a"] --> lib_b_["lib/b"]',
      '  lib_a_["lib/a"] -->|deep/c.ts| lib_b_["lib/b"]',
      '  lib_a_["lib/a"] -.->|types.ts| lib_b_["lib/b"]',
      "```",
      "",
      "| Room    | Pure | May import, besides itself                                       |",
      "| ------- | ---- | ---------------------------------------------------------------- |",
      "| `lib/a` | yes  | `lib/core`, `lib/b`, `lib/b/deep/c.ts`, `lib/b/types.ts` (types) |",
      "| `lib/b` |      | nothing                                                          |",
    ].join("\n"),
  );
});

/** Nothing that others wrote is markup on a page. */
import assert from "node:assert/strict";
import { jsonElement, markup } from "../../lib/pages/html.ts";

Deno.test("a text in a template is text, between tags and in attributes", () => {
  assert.equal(
    markup`<a title="${`"><b onclick='x'>`}">${"<i>&amp;"}</a>`.text,
    `<a title="&quot;&gt;&lt;b onclick=&#39;x&#39;&gt;">&lt;i&gt;&amp;amp;</a>`,
  );
});

Deno.test("pieces, lists and nothing are put together", () => {
  assert.equal(
    markup`<p>${[markup`<b>${1}</b>`, " and ", markup`<i>${"a<b"}</i>`]}${null}</p>`.text,
    "<p><b>1</b> and <i>a&lt;b</i></p>",
  );
});

Deno.test("a character that nobody sees, or that turns the text around, is shown as a mark", () => {
  assert.equal(markup`${"a\u202eb\x1b[31mc\u200bd"}`.text, "a\ufffdb\ufffd[31mc\ufffdd");
});

Deno.test("data cannot end its element, and is read back as it was", () => {
  const value = { text: "</script><!-- <script>", more: ["\u2028", "&amp;"] };
  const { text } = jsonElement("plan", value), inside = text.slice(text.indexOf(">") + 1, text.lastIndexOf("<"));
  assert.ok(!inside.includes("<"));
  assert.deepEqual(JSON.parse(inside), value);
});

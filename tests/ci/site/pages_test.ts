/** The site's pages and links, without VitePress: `tests/grade/docs_test.ts` builds it. */
import assert from "node:assert/strict";
import { pagesOf, sidebarOf, slugify, withLinks } from "../../../.ci/site/pages.ts";

const FILES = [
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "LICENSE",
  "docs/index.md",
  "docs/tutorial.md",
  "docs/troubleshooting.md",
  "docs/how-to/README.md",
  "docs/how-to/efa.md",
  "examples/lora/README.md",
  "examples/lora/train.yaml",
  "tests/lab/README.md",
];
const pages = await pagesOf(FILES, (path) => Promise.resolve(`# Title of ${path}\n`));
const linksIn = (text: string) => withLinks("docs/how-to/efa.md", text, pages, new Set(FILES));

Deno.test("documents of the repository have a place in the site, and what is not for readers has none", () => {
  assert.deepEqual(pages.map(({ path }) => path), [
    "CHANGELOG.md",
    "overview.md",
    "SECURITY.md",
    "how-to/index.md",
    "how-to/efa.md",
    "index.md",
    "troubleshooting.md",
    "tutorial.md",
    "examples/lora/index.md",
  ]);
});

Deno.test("links between documents lead to pages, with their anchors", () => {
  const text = "[a](../tutorial.md#start) [b](README.md) [c](../../SECURITY.md) [d](../../examples/lora)";
  assert.equal(linksIn(text).text, "[a](/tutorial.md#start) [b](/how-to/) [c](/SECURITY.md) [d](/examples/lora/)");
});

Deno.test("a link to a file that is no page brings the file along", () => {
  const { text, files } = linksIn("[the Job](../../examples/lora/train.yaml)");
  assert.equal(text, "[the Job](/files/examples/lora/train.yaml.txt)");
  assert.deepEqual(files, ["examples/lora/train.yaml"]);
});

Deno.test("a link that leads to nothing is refused, with its document", () => {
  assert.throws(() => linksIn("[x](../gone.md)"), /docs\/how-to\/efa\.md: the link \.\.\/gone\.md leads to nothing/);
});

Deno.test("code, links to other sites and within the page stay as they are", () => {
  const text = "`[x](gone.md)` [y](https://example.com/a.md) [z](#here)\n\n```ts\nf[0](x.md)\n```\n";
  assert.equal(linksIn(text).text, text);
});

Deno.test("an anchor is the one that GitHub gives a heading", () => {
  const headings = ["AWS_NOT_OURS", "5. The build pod", "Who may push", "EFA: several nodes, one model"];
  assert.deepEqual(headings.map(slugify), [
    "aws_not_ours",
    "5-the-build-pod",
    "who-may-push",
    "efa-several-nodes-one-model",
  ]);
});

Deno.test("every page but the home page is in the sidebar once", () => {
  const links = sidebarOf(pages).flatMap(({ items }) => items.map(({ link }) => link));
  const wanted = pages.map(({ path }) => `/${path.replace(/(^|\/)index\.md$/, "$1")}`).filter((link) => link !== "/");
  assert.deepEqual(links.toSorted(), wanted.toSorted());
});

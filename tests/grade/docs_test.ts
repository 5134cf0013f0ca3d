/** The site of the documents, built by VitePress: every page, search without network, and links that lead somewhere. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { buildSite } from "../../.ci/docs.ts";
import { blocksOf } from "../blocks.ts";
import { goTool } from "./tools.ts";

const folder = await Deno.makeTempDir({ prefix: "unitune-site-" }), out = `${folder}/site`;
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
const { pages, tools } = await buildSite(out);

function filesIn(path: string): string[] {
  return Array.from(Deno.readDirSync(path)).flatMap(({ name, isDirectory }) => {
    return isDirectory ? filesIn(`${path}/${name}`) : [`${path}/${name}`];
  });
}

const files = filesIn(out), html = files.filter((file) => file.endsWith(".html"));
const texts = new Map(html.map((file) => [file, Deno.readTextFileSync(file)]));

Deno.test("every document is a page of the site", () => {
  assert.ok(pages.length > 35);
  const wanted = pages.map(({ path }) => `${out}/${path.replace(/\.md$/, ".html")}`);
  assert.deepEqual([...wanted, `${out}/404.html`].toSorted(), html.toSorted());
});

const CHARACTERS = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&" };

/** What a browser shows of HTML. */
function shownBy(part: string): string {
  const text = part.replaceAll(/<[^>]*>/g, "");
  return Object.entries(CHARACTERS).reduce((all, [name, character]) => all.replaceAll(name, character), text);
}

function bodyOf(text: string): string {
  return shownBy(text.slice(text.indexOf("<body>"), text.indexOf("<script>window.__VP_HASH_MAP__")));
}

Deno.test("every page shows its title, the name of the site, and the texts around it", () => {
  for (const { path, title } of pages) {
    const text = texts.get(`${out}/${path.replace(/\.md$/, ".html")}`)!, shown = bodyOf(text);
    const heading = shownBy(/<h1\b[^>]*>([^]*?)<\/h1>/.exec(text)?.[1] ?? "");
    if (path !== "index.md") assert.ok(heading.startsWith(title.replaceAll("`", "")), `${path}: ${heading}`);
    for (const around of ["unitune", "Search", "Troubleshooting"]) {
      assert.ok(shown.includes(around), `${path}: ${around}`);
    }
    if (path !== "index.md") assert.ok(shown.includes("On this page"), path);
    // Of braces there is what the documents have.
    assert.doesNotMatch(shown, /\{\{ (?!secrets\.)/, path);
  }
  const security = texts.get(`${out}/SECURITY.html`)!;
  assert.ok(bodyOf(security).replaceAll("&#123;", "{").includes("{{resolve:…}}"));
});

/** The file that a link of a page means, and the anchor in it. */
function targetOf(file: string, href: string): { readonly target: string; readonly anchor: string } {
  const { pathname, hash } = new URL(href, `file://${file.slice(out.length)}`);
  const path = decodeURIComponent(pathname), at = `${out}${path}`;
  const target = path.endsWith("/") ? `${at}index.html` : /\.\w+$/.test(path) ? at : `${at}.html`;
  return { target, anchor: decodeURIComponent(hash.slice(1)) };
}

Deno.test("every link within the site leads to a file, and its anchor to a heading", () => {
  const dead: string[] = [];
  let count = 0;
  for (const [file, text] of texts) {
    if (file.endsWith("/404.html")) continue;
    for (const [, href = ""] of text.matchAll(/<a\b[^>]* href="([^"]*)"/g)) {
      if (/^https?:/.test(href)) continue;
      const { target, anchor } = targetOf(file, href.replaceAll("&amp;", "&"));
      count++;
      if (!files.includes(target)) dead.push(`${file}: ${href}`);
      else if (anchor && !texts.get(target)!.includes(`id="${anchor}"`)) dead.push(`${file}: ${href}: no such heading`);
    }
  }
  assert.deepEqual(dead, []);
  assert.ok(count > 500);
});

Deno.test("no page loads anything from another host, and its policy forbids it", () => {
  for (const [file, text] of texts) {
    assert.match(text, /<meta http-equiv="Content-Security-Policy" content="default-src (&#39;|')self/, file);
    const loaded = [...text.matchAll(/<(?:script|img|iframe|link)\b[^>]* (?:src|href)="([^"]*)"/g)];
    assert.deepEqual(loaded.filter(([, from = ""]) => /^(https?:)?\/\//.test(from)), [], file);
  }
  for (const file of files.filter((name) => name.endsWith(".css"))) {
    assert.doesNotMatch(Deno.readTextFileSync(file), /url\(["']?(https?:)?\/\//, file);
  }
});

Deno.test("the search finds pages from an index within the site", async () => {
  const index = files.find((file) => /@localSearchIndexroot\.[^/]*\.js$/.test(file));
  const { default: json } = await import(`file://${index}`) as { default: string };
  const MiniSearch = createRequire(`${tools}/package.json`)("minisearch");
  const search = MiniSearch.loadJSON(json, { fields: ["title", "titles", "text"], storeFields: ["title", "titles"] });
  const first = (words: string) => String(search.search(words, { prefix: true })[0]?.id);
  assert.match(first("Capacity Block zone"), /^\/how-to\/capacity-blocks/);
  assert.match(first("toomanyrequests"), /^\/troubleshooting/);
  assert.match(first("KUBERNETES_DOWNGRADE"), /^\/(reference\/errors|how-to\/upgrade)/);
});

Deno.test("actionlint finds nothing in the workflow that the page about CI shows", async () => {
  const [workflow] = blocksOf("docs/how-to/ci.md").filter(({ text }) => text.includes("runs-on:"));
  await Deno.writeTextFile(`${folder}/platform.yml`, workflow!.text);
  const { code, stdout, stderr } = await goTool("actionlint", [`${folder}/platform.yml`]);
  assert.equal(code, 0, stdout + stderr);
});

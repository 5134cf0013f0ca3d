/** The whole page: head, landmarks, contents, sections, and the data that it shows. */
import { createHash } from "node:crypto";
import { VERSION } from "../core/version.ts";
import { Html, jsonElement, markup } from "./html.ts";
import { joined, type Section } from "./parts.ts";
import { STYLE } from "./style.ts";

interface Page {
  readonly title: string;
  /** The result in a sentence. */
  readonly summary: string;
  readonly sections: readonly Section[];
  /** What the page shows, as `--json` prints it: kind → document. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Nothing is loaded and nothing runs: the page is its own style, by its hash, and no more. */
function policy(): string {
  const hash = createHash("sha256").update(STYLE).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

export function page({ title, summary, sections, data }: Page): string {
  const kinds = Object.keys(data).map((kind) => markup`<code>script#${kind}-json</code>`);
  const { text } = markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy())}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="unitune ${VERSION}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${title}</h1>
<p class="summary">${summary}</p>
</header>
<nav aria-label="Contents"><ul>
${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>\n`)}</ul></nav>
<main id="content" tabindex="-1">
${sections.map(sectionOf)}</main>
<footer><p>Written by unitune ${VERSION}. The page holds what it shows as JSON, too: ${joined(kinds)}.</p></footer>
${Object.entries(data).map(([kind, value]) => markup`${jsonElement(`${kind}-json`, value)}\n`)}</body>
</html>
`;
  return text;
}

function sectionOf({ id, title, body }: Section): Html {
  return markup`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${body}</section>\n`;
}

/**
 * `deno task docs` builds the documents as a site, `dist/docs`, with VitePress. Any web server shows it, for example
 * `python3 -m http.server -d dist/docs`. Its search needs no network, and a link that leads to nothing fails the build.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { pathOf } from "./bundle.ts";
import { type Page, pagesOf, sidebarOf, slugify, withLinks } from "./site/pages.ts";
import { cacheFolder, run } from "./toolchain.ts";

const ROOT = new URL("../", import.meta.url);

interface Site {
  readonly pages: readonly Page[];
  /** Where VitePress and what it needs are installed. */
  readonly tools: string;
}

/** Pages load nothing from other hosts, and a browser holds them to it. */
const POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'";

/** Builds the site into a folder, which is replaced. */
export async function buildSite(out: string): Promise<Site> {
  const tools = await installed(), files = await filesOfRepository();
  const read = (path: string) => Deno.readTextFile(new URL(path, ROOT));
  const pages = await pagesOf(files, read);
  // VitePress finds its packages in the folders above its sources.
  const work = await Deno.makeTempDir({ dir: tools, prefix: "work-" });
  try {
    for (const { source, path } of pages) {
      const linked = withLinks(source, await read(source), pages, new Set(files));
      await write(`${work}/${path}`, linked.text);
      for (const file of linked.files) await write(`${work}/public/files/${file}.txt`, await read(file));
    }
    await write(`${work}/.vitepress/config.mjs`, config(pages));
    await run("node", [`${tools}/node_modules/vitepress/bin/vitepress.js`, "build", work], { cwd: tools });
    await Deno.remove(out, { recursive: true }).catch(() => {});
    await Deno.mkdir(dirname(out), { recursive: true });
    await run("cp", ["-R", `${work}/.vitepress/dist`, out], { cwd: tools });
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return { pages, tools };
}

function config(pages: readonly Page[]): string {
  const settings = {
    title: "unitune",
    description: "One typed file becomes a fine-tuning platform on AWS",
    lang: "en",
    head: [["meta", { "http-equiv": "Content-Security-Policy", content: POLICY }]],
    themeConfig: {
      search: { provider: "local" },
      outline: [2, 3],
      nav: [
        { text: "Tutorial", link: "/tutorial" },
        { text: "How to", link: "/how-to/" },
        { text: "Troubleshooting", link: "/troubleshooting" },
        { text: "Security", link: "/SECURITY" },
      ],
      sidebar: sidebarOf(pages),
    },
  };
  return `export default { ...${JSON.stringify(settings)},
    markdown: { html: false, anchor: { slugify: ${slugify} }, config: ${withoutExpressions} },
  };\n`;
}

interface Renderer {
  readonly renderer: { readonly rules: Record<string, (...parts: readonly unknown[]) => string> };
}

/** The documents are Markdown alone: Vue must not take braces in them for its expressions. Runs in VitePress. */
function withoutExpressions({ renderer: { rules } }: Renderer): void {
  for (const name of ["text", "code_inline"]) {
    const rule = rules[name]!;
    rules[name] = (...parts) => rule(...parts).replaceAll("{{", "&#123;&#123;");
  }
}

/** The folder with VitePress, of which there is one for each lock file. npm checks every package's sha512. */
async function installed(): Promise<string> {
  const names = ["package.json", "package-lock.json"];
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(new URL(`site/${name}`, import.meta.url))));
  const key = createHash("sha256").update(texts.join("")).digest("hex").slice(0, 12);
  const cache = pathOf(await cacheFolder()), folder = `${cache}/site-${key}`;
  if (await isFolder(folder)) return folder;
  const fresh = await Deno.makeTempDir({ dir: cache, prefix: "site-" });
  try {
    for (const [at, name] of names.entries()) await Deno.writeTextFile(`${fresh}/${name}`, texts[at]!);
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: fresh });
    // Another run may have been faster.
    if (!await isFolder(folder)) await Deno.rename(fresh, folder);
  } finally {
    await Deno.remove(fresh, { recursive: true }).catch(() => {});
  }
  return folder;
}

async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isDirectory ?? false;
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, text);
}

/** Every file that pages may link to, by its path in the repository. */
async function filesOfRepository(folder = ""): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder || ".", ROOT))) {
    if (["node_modules", "dist", ".git", ".unitune"].includes(name)) continue;
    if (isDirectory) files.push(...await filesOfRepository(`${folder}${name}/`));
    else files.push(`${folder}${name}`);
  }
  return files;
}

if (import.meta.main) {
  const out = pathOf(new URL("dist/docs", ROOT)), { pages } = await buildSite(out);
  console.log(`${pages.length} pages in ${out}`);
}

/** Which documents are pages of the site, where each of them is, and what its links become. */

export interface Page {
  /** Path in the repository. */
  readonly source: string;
  /** Path in the site, with `.md`. */
  readonly path: string;
  readonly title: string;
}

/** Documents outside `docs` that are pages too. */
const OTHERS = ["README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/** `docs/how-to/README.md` is `how-to/index.md`; the README at the top would be the home page, which `docs` has. */
function sitePath(source: string): string {
  if (!source.includes("/")) return source === "README.md" ? "overview.md" : source;
  return source.replace(/^docs\//, "").replace(/README\.md$/, "index.md");
}

/** The pages among the files of the repository. `read` returns the text of one. */
export async function pagesOf(files: readonly string[], read: (path: string) => Promise<string>): Promise<Page[]> {
  const sources = files.filter((file) => {
    return OTHERS.includes(file) || /^docs\/.*\.md$/.test(file) || /^examples\/[^/]+\/README\.md$/.test(file);
  });
  return await Promise.all(
    sources.toSorted().map(async (source) => {
      return { source, path: sitePath(source), title: titleOf(await read(source)) };
    }),
  );
}

function titleOf(text: string): string {
  return /^# (.+)$/m.exec(text)?.[1] ?? "Home";
}

/** A heading's anchor as GitHub writes it, so that one link works in the repository and in the site. */
export function slugify(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-");
}

interface Linked {
  readonly text: string;
  /** Files that are not pages, as the text links to them: the site has them as text. */
  readonly files: readonly string[];
}

/** A link of Markdown in parts, or inline code, which is left as it is. */
const LINK = /`[^`]*`|(\]\()([^)\s]+)(\))/g;

/** The document with links that work in the site. Throws if a file that it links to is missing. */
export function withLinks(source: string, text: string, pages: readonly Page[], files: ReadonlySet<string>): Linked {
  const linked: string[] = [];
  const change = (target: string): string => {
    if (/^([a-z]+:|#|\/)/i.test(target)) return target;
    const [path = "", hash] = target.split("#"), found = resolved(source, path);
    const page = pages.find((one) => one.source === found || one.source === `${found}/README.md`);
    if (page) return `/${page.path.replace(/(^|\/)index\.md$/, "$1")}${hash === undefined ? "" : `#${hash}`}`;
    if (!files.has(found)) throw new Error(`${source}: the link ${target} leads to nothing`);
    linked.push(found);
    return `/files/${found}.txt`;
  };
  // Every second part is a fenced block.
  const parts = text.replace(/^<!--.*-->$/gm, "").split(/^( *```[^]*?^ *```$)/m).map((part, at) => {
    if (at % 2 === 1) return part;
    return part.replace(LINK, (whole, open?: string, target?: string) => open ? `${open}${change(target!)})` : whole);
  });
  return { text: parts.join(""), files: linked };
}

function resolved(source: string, path: string): string {
  return decodeURIComponent(new URL(path, `file:///${source}`).pathname.slice(1)).replace(/\/$/, "");
}

interface Item {
  readonly text: string;
  readonly link: string;
}

interface Group {
  readonly text: string;
  readonly collapsed?: boolean;
  readonly items: readonly Item[];
}

const START = ["README.md", "docs/tutorial.md", "docs/troubleshooting.md", "SECURITY.md", "CHANGELOG.md"];

/** What the site shows beside each page. */
export function sidebarOf(pages: readonly Page[]): Group[] {
  const item = ({ title, path }: Page): Item => ({ text: title, link: `/${path.replace(/(^|\/)index\.md$/, "$1")}` });
  const under = (folder: string) => pages.filter(({ source }) => source.startsWith(folder)).map(item);
  const start = START.map((source) => item(pages.find((page) => page.source === source)!))
    .map((one) => one.link === "/overview.md" ? { ...one, text: "Overview" } : one);
  const inside = pages.filter(({ source }) => {
    return source === "CONTRIBUTING.md" || (/^docs\/[^/]+$/.test(source) && !START.includes(source));
  });
  return [
    { text: "Start", items: start },
    { text: "How to", items: under("docs/how-to/") },
    { text: "Reference", items: under("docs/reference/") },
    { text: "Examples", collapsed: true, items: under("examples/") },
    { text: "Inside", collapsed: true, items: inside.filter(({ path }) => path !== "index.md").map(item) },
    { text: "Decisions", collapsed: true, items: under("docs/decisions/") },
  ];
}

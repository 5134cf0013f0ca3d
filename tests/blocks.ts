/** Fenced blocks of the documents: tests look at every one of them. */
import { fileURLToPath } from "node:url";

export const root: string = fileURLToPath(new URL("../", import.meta.url));

export interface Block {
  readonly document: string;
  readonly line: number;
  /** The first word after the fence, and the others. */
  readonly language: string;
  readonly note: string;
  readonly text: string;
}

/** Everything in Markdown that people read, and the two modules whose comments have examples. */
export function documents(): string[] {
  const examples = Array.from(Deno.readDirSync(`${root}examples`), ({ name }) => `examples/${name}/README.md`);
  const top = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
  const modules = ["lib/mod.ts", "lib/config/mod.ts"];
  return [...top, ...modules, ...examples, ...markdownIn("docs/"), "tests/lab/README.md", "tests/lab/aws/README.md"];
}

function markdownIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(root + folder)).flatMap(({ name, isDirectory }) => {
    if (isDirectory) return markdownIn(`${folder}${name}/`);
    return name.endsWith(".md") ? [`${folder}${name}`] : [];
  });
}

/** Blocks of Markdown, also within lists, and of comments. */
export function blocksOf(document: string): Block[] {
  const text = Deno.readTextFileSync(root + document).replace(/^ \* ?/gm, "");
  return [...text.matchAll(/^( *)```(.*)\n([^]*?)^\1```$/gm)].map((found) => {
    const [, indent = "", info = "", block = ""] = found;
    const [language = "", ...note] = info.trim().split(" ");
    const line = text.slice(0, found.index).split("\n").length;
    return { document, line, language, note: note.join(" "), text: block.replaceAll(`\n${indent}`, "\n").trimStart() };
  });
}

/** `docs/x.md:12` */
export function placeOf({ document, line }: Block): string {
  return `${document}:${line}`;
}

/** Writes files below a folder: through no link, and without what an earlier run wrote and this one does not. */
import { dirname } from "node:path";
import { messageOf, UnituneError } from "../core/errors.ts";
import type { KubeObject } from "../core/ports.ts";

interface OutputFile {
  readonly path: string;
  readonly text?: string;
  readonly objects?: readonly KubeObject[];
}

/** Lists what the last run wrote into the folder. */
const LIST = ".unitune-files.json";
/** Paths as we write them: unitune deletes nothing else that a list names. */
const PATH = /^(?!.*\.\.)[\w.-]+(\/[\w.-]+)*$/;

/** Returns the written paths, in order. */
export async function writeFiles(out: string, files: readonly OutputFile[]): Promise<string[]> {
  const { toYaml } = await import("./yaml.ts");
  const paths = files.map(({ path }) => path), before = await listed(out);
  for (const { path, text, objects } of files) await writeFile(out, path, text ?? toYaml(objects ?? []));
  for (const path of before.filter((path) => !paths.includes(path))) await deleteFile(out, path);
  await writeFile(out, LIST, `${JSON.stringify(paths.toSorted(), null, 2)}\n`);
  return paths;
}

/** Puts a new file in the place of whatever has the name: what a link leads to stays as it is. */
async function writeFile(out: string, path: string, text: string): Promise<void> {
  await makeFolder(out, dirname(path));
  await replaceFile(`${out}/${path}`, text);
}

async function replaceFile(file: string, text: string): Promise<void> {
  const written = `${file}.new`;
  await Deno.remove(written).catch(() => undefined);
  await Deno.writeTextFile(written, text, { createNew: true });
  await Deno.rename(written, file);
}

/** The file of `--html`. Its folder must exist. */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    await replaceFile(file, page);
  } catch (cause) {
    await Deno.remove(`${file}.new`).catch(() => undefined);
    throw new UnituneError("PAGE_FILE", `Cannot write the page to ${file}: ${messageOf(cause)}`, {
      path: file,
      hint: "Name a file in a folder that exists with --html",
      cause,
    });
  }
}

/** The folder itself may be a link, as the caller names it; nothing below it may. */
async function makeFolder(out: string, folder: string): Promise<void> {
  await Deno.mkdir(out, { recursive: true });
  let at = out;
  for (const part of folder.split("/").filter((part) => part !== ".")) {
    at = `${at}/${part}`;
    const found = await Deno.lstat(at).catch(() => null);
    if (found === null) await Deno.mkdir(at);
    else if (!found.isDirectory) throw notAFolder(at, found.isSymlink);
  }
}

function notAFolder(path: string, isLink: boolean): UnituneError {
  return new UnituneError("OUTPUT_UNSAFE", `Cannot write into ${path}: it is ${isLink ? "a link" : "not a folder"}`, {
    path,
    hint: "Delete it, or name another folder with --out",
  });
}

async function listed(out: string): Promise<string[]> {
  try {
    const paths: unknown = JSON.parse(await Deno.readTextFile(`${out}/${LIST}`));
    return Array.isArray(paths) ? paths.filter((path) => typeof path === "string" && PATH.test(path)) : [];
  } catch {
    return [];
  }
}

async function deleteFile(out: string, path: string): Promise<void> {
  const parts = path.split("/");
  for (let length = 1; length <= parts.length; length++) {
    const found = await Deno.lstat(`${out}/${parts.slice(0, length).join("/")}`).catch(() => null);
    if (length < parts.length ? !found?.isDirectory : !found?.isFile) return;
  }
  await Deno.remove(`${out}/${path}`);
}

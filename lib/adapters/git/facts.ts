/** What Git knows of a folder, read from its files: no program runs, so no hook or filter of the repository does. */
import { dirname, join, resolve } from "node:path";
import type { GitFacts } from "../../core/git.ts";
import { type IndexEntry, objectId, readIndex, treeOf } from "./index_file.ts";
import { hexOf, readObject } from "./objects.ts";

interface Repository {
  /** The folder that is checked out. */
  readonly tree: string;
  /** Where HEAD and the index are; and, for further working trees, where everything else is. */
  readonly own: string;
  readonly common: string;
}

const DIGITS = 12;

/** `null`: the folder is in no repository, or in one without a commit, or in one that Git itself would have to read. */
export async function gitFacts(folder: string): Promise<GitFacts | null> {
  const repository = await findRepository(folder);
  if (!repository) return null;
  const head = (await textOf(`${repository.own}/HEAD`)).trim(), branch = /^ref: (.+)$/.exec(head)?.[1] ?? null;
  const commit = branch === null ? head : await resolveRef(repository, branch);
  if (commit === null || !/^[0-9a-f]{40}$/.test(commit)) return null;
  const dirty = await isDirty(repository, commit);
  return {
    commit,
    short: `${commit.slice(0, DIGITS)}${dirty ? "-dirty" : ""}`,
    branch: branch?.replace(/^refs\/heads\//, "") ?? null,
    dirty,
  };
}

async function findRepository(folder: string): Promise<Repository | null> {
  for (let tree = folder;; tree = dirname(tree)) {
    const git = join(tree, ".git"), info = await Deno.stat(git).catch(() => null);
    const named = info?.isFile ? /^gitdir: (.+)$/m.exec(await textOf(git))?.[1] : undefined;
    const own = info?.isDirectory ? git : named === undefined ? null : resolve(tree, named.trim());
    if (own) {
      const common = (await textOf(`${own}/commondir`)).trim();
      return { tree, own, common: common === "" ? own : resolve(own, common) };
    }
    if (tree === dirname(tree)) return null;
  }
}

async function resolveRef({ own, common }: Repository, ref: string): Promise<string | null> {
  for (const folder of [own, common]) {
    const text = (await textOf(join(folder, ref))).trim();
    if (text !== "") return text;
  }
  const packed = (await textOf(`${common}/packed-refs`)).split("\n").find((line) => line.endsWith(` ${ref}`));
  return packed?.split(" ")[0] ?? null;
}

/** Whether a file that Git tracks, or the index, differs from the commit. What cannot be told counts as different. */
async function isDirty(repository: Repository, commit: string): Promise<boolean> {
  const file = `${repository.own}/index`, bytes = await Deno.readFile(file).catch(() => null);
  const entries = bytes && readIndex(bytes), head = await readObject(`${repository.common}/objects`, commit);
  if (!entries || !head || entries.some(({ unmerged, intended }) => unmerged || intended)) return true;
  const tree = /^tree ([0-9a-f]{40})$/m.exec(new TextDecoder().decode(head.body))?.[1];
  if (treeOf(entries) !== tree) return true;
  const written = (await Deno.stat(file)).mtime?.getTime() ?? 0;
  return entries.some((entry) => entry.watched && differs(repository.tree, entry, written));
}

const KIND = 0o170000, LINK = 0o120000, FILE = 0o100000;

/** Whether a file differs from its entry. `written`: when the index was; a file that is as young is read. */
function differs(root: string, { path, mode, id, size, mtime }: IndexEntry, written: number): boolean {
  const kind = mode & KIND, file = join(root, path);
  if (kind !== FILE && kind !== LINK) return false; // a submodule has commits of its own
  try {
    const info = Deno.lstatSync(file);
    if (kind === LINK ? !info.isSymlink : !info.isFile) return true;
    const executable = info.mode === null || kind === LINK || (mode & 0o100) === (info.mode & 0o100);
    if (!executable || (size !== info.size % 2 ** 32 && size !== 0)) return true;
    const changed = info.mtime?.getTime() ?? NaN, second = Math.floor(written / 1000) * 1000;
    if (changed === mtime && changed < second && size !== 0) return false;
    const content = kind === LINK ? new TextEncoder().encode(Deno.readLinkSync(file)) : Deno.readFileSync(file);
    return hexOf(objectId("blob", content)) !== id;
  } catch {
    return true;
  }
}

async function textOf(file: string): Promise<string> {
  return await Deno.readTextFile(file).catch(() => "");
}

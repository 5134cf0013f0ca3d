/** Trees of files for tests: written, and read back as text. */
import { zstdDecompressSync } from "node:zlib";
import type { StoreResult } from "../../lib/adapters/context/mod.ts";
import type { FakeStore } from "../fakes/context_store.ts";

/** Content of a file; a target behind `->`; `null` for a folder. */
export type Tree = Readonly<Record<string, string | Uint8Array | null>>;

export async function plant(tree: Tree): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "unitune-tree-" });
  for (const [path, content] of Object.entries(tree)) {
    const at = `${root}/${path}`;
    await Deno.mkdir(content === null ? at : at.slice(0, at.lastIndexOf("/")), { recursive: true });
    if (content instanceof Uint8Array) await Deno.writeFile(at, content, { mode: 0o644 });
    else if (content?.startsWith("->")) await Deno.symlink(content.slice(2), at);
    else if (content !== null) await Deno.writeTextFile(at, content, { mode: 0o644 });
  }
  return root;
}

/** Runs with a planted tree that is gone afterwards. */
export async function withTree<T>(tree: Tree, use: (root: string) => Promise<T>): Promise<T> {
  const root = await plant(tree);
  try {
    return await use(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The archive that a stored context is: its list's segments, decompressed one after the other. */
export function archiveOf(store: FakeStore, { listKey }: StoreResult): Uint8Array {
  const list = JSON.parse(new TextDecoder().decode(store.objects.get(listKey)!.body));
  return Buffer.concat(list.segments.map(({ sha256 }: { sha256: string }) => {
    return zstdDecompressSync(store.objects.get(`contexts/${sha256}.tar.zst`)!.body);
  }));
}

/** Unpacks with the system's tar, as the Job does. */
export async function unpack(archive: Uint8Array, into: string): Promise<void> {
  const tar = new Deno.Command("tar", {
    args: [
      "--extract",
      "--preserve-permissions",
      "--no-same-owner",
      "--delay-directory-restore",
      `--directory=${into}`,
    ],
    stdin: "piped",
    stderr: "piped",
  }).spawn();
  const writer = tar.stdin.getWriter();
  await writer.write(archive);
  await writer.close();
  const { success, stderr } = await tar.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Every path with its kind, mode and content, sorted: two trees are the same when these are. */
export async function describe(root: string, path = ""): Promise<string[]> {
  const lines: string[] = [];
  for await (const { name } of Deno.readDir(`${root}/${path}`)) {
    const inner = path === "" ? name : `${path}/${name}`;
    const info = await Deno.lstat(`${root}/${inner}`);
    const mode = ((info.mode ?? 0) & 0o7777).toString(8);
    if (info.isSymlink) lines.push(`${inner} -> ${await Deno.readLink(`${root}/${inner}`)}`);
    else if (info.isDirectory) lines.push(`${inner}/ ${mode}`, ...await describe(root, inner));
    else lines.push(`${inner} ${mode} ${info.mtime?.getTime()} ${hex(await Deno.readFile(`${root}/${inner}`))}`);
  }
  return lines.sort();
}

function hex(bytes: Uint8Array): string {
  return `${bytes.length}:${bytes.reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7)}`;
}

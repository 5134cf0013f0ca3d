/** Layers: a folder tree as a gzipped tar whose bytes depend on nothing but the tree. */
import { createHash } from "node:crypto";
import { run } from "../shell.ts";

export interface Layer {
  /** The compressed file. */
  readonly file: string;
  /** sha256 of the compressed bytes, and of the tar inside. */
  readonly digest: string;
  readonly diffId: string;
  readonly size: number;
}

/**
 * Packs `member` of `dir` (all of it by default) as owned by `owner`; file capabilities travel along, as newuidmap's are
 * needed in a pod.
 */
export async function packLayer(dir: string, file: string, owner = 0, member = "."): Promise<Layer> {
  const tar = `${file}.tar`;
  await run("tar", [
    ...["--create", "--file", tar, "--directory", dir, "--sort=name", "--mtime=@0", "--numeric-owner"],
    ...[`--owner=${owner}`, `--group=${owner}`, "--xattrs", "--xattrs-include=security.capability", "--format=pax"],
    ...["--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime", member],
  ]);
  const diffId = await sha256File(tar);
  await run("gzip", ["--no-name", "--fast", "--force", tar]);
  await Deno.rename(`${tar}.gz`, file);
  return { file, digest: await sha256File(file), diffId, size: (await Deno.stat(file)).size };
}

export async function sha256File(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return `sha256:${hash.digest("hex")}`;
}

export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The entries of a build context, its digest, and warnings about it. */
import { createHash } from "node:crypto";
import { compareCodeUnits } from "../core/order.ts";
import { formatBytes } from "../core/units.ts";

export interface ContextEntry {
  /** Relative to the context, with `/` between parts. */
  readonly path: string;
  readonly type: "file" | "dir" | "symlink";
  /** Permission bits, with set-uid, set-gid and sticky. */
  readonly mode: number;
  /** Bytes of a file; 0 for the rest. */
  readonly size: number;
  /** Target of a symlink, as written. */
  readonly link: string | null;
  /** sha256 of a file's content, hex. */
  readonly digest: string | null;
  /** Of a Dockerfile that is needed although it is ignored: `COPY` does not see it. */
  readonly ignored: boolean;
}

const LARGE = 2 ** 30;

export function sortEntries(entries: readonly ContextEntry[]): ContextEntry[] {
  return [...entries].sort((a, b) => compareCodeUnits(a.path, b.path));
}

/** sha256 over the entries in their order, hex. */
export function contextDigest(entries: readonly ContextEntry[]): string {
  const hash = createHash("sha256").update("unitune.context/v1\n");
  for (const { path, type, mode, size, link, digest, ignored } of entries) {
    hash.update(`${JSON.stringify([path, type, mode, size, link, digest, ignored])}\n`);
  }
  return hash.digest("hex");
}

export function contextBytes(entries: readonly ContextEntry[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}

/** The ignore files of a Dockerfile, the one that precedes first. */
export function ignoreFilesOf(dockerfile: string): readonly string[] {
  return [`${dockerfile}.dockerignore`, ".dockerignore"];
}

export function contextWarnings(entries: readonly ContextEntry[]): string[] {
  const warnings: string[] = [];
  const bytes = contextBytes(entries);
  if (bytes > LARGE) {
    warnings.push(
      `The context is ${
        formatBytes(bytes)
      }: exclude what the image does not need in .dockerignore, or fetch it in a RUN step`,
    );
  }
  const git = entries.filter(({ path }) => path.startsWith(".git/"));
  if (git.length > 0) {
    warnings.push(
      `The context contains .git (${
        formatBytes(contextBytes(git))
      }), which changes with each commit: exclude it in .dockerignore`,
    );
  }
  return warnings;
}

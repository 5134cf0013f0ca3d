/** The entries of a build context, and its digest. */
import { createHash } from "node:crypto";
import { sha256 } from "../core/hash.ts";
import { compareCodeUnits } from "../core/order.ts";

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
  /** sha256 of each piece of a file that is too large for one segment, hex. */
  readonly pieces: readonly string[];
  /** Of a Dockerfile that is needed although it is ignored: `COPY` does not see it. */
  readonly ignored: boolean;
}

/** How many lines are hashed at once. */
const LINES = 500;

/** 9 September 2001, and the eight and a half years after it. */
const FIRST_TIME = 1_000_000_000, TIMES: number = 2 ** 28;

/**
 * The moment that no file of a reproducible image is later than: 1 January 2020. It is later than the files of every
 * context, so that what a step makes of them stays newer than they are.
 */
export const REPRODUCIBLE_TIME = 1_577_836_800;

export function sortEntries(entries: readonly ContextEntry[]): ContextEntry[] {
  return [...entries].sort((a, b) => compareCodeUnits(a.path, b.path));
}

/** sha256 over the entries in their order, hex. */
export function contextDigest(entries: readonly ContextEntry[]): string {
  const hash = createHash("sha256").update("unitune.context/v1\n");
  for (let at = 0; at < entries.length; at += LINES) hash.update(entries.slice(at, at + LINES).map(lineOf).join(""));
  return hash.digest("hex");
}

/** The digest of a context with a Dockerfile that is ignored, from the digest of the rest. */
export function digestWith(rest: string, dockerfile: ContextEntry): string {
  return sha256(`unitune.context/v1 ${rest}\n${lineOf(dockerfile)}`);
}

function lineOf({ path, type, mode, size, link, digest, ignored }: ContextEntry): string {
  return `${JSON.stringify([path, type, mode, size, link, digest, ignored])}\n`;
}

/**
 * The modification time of all files of a context, in seconds since 1970: later than 1980, where zip begins, and in the
 * past. Equal within a context, so that make rebuilds nothing; another one for other content, so that Python never runs
 * the `.pyc` of an earlier file of the same size, and BuildKit never takes a file of another context for its own.
 */
export function contextTime(digest: string): number {
  return FIRST_TIME + Number.parseInt(digest.slice(0, 8), 16) % TIMES;
}

/** The permissions as Git keeps them: of a file's, only whether its owner may execute it. */
export function gitMode(type: ContextEntry["type"], mode: number): number {
  if (type === "symlink") return mode;
  return type === "dir" || (mode & 0o100) !== 0 ? 0o755 : 0o644;
}

export function contextBytes(entries: readonly ContextEntry[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}

/** The ignore files of a Dockerfile, the one that precedes first; `null`: it is not a file. */
export function ignoreFilesOf(dockerfile: string | null): readonly string[] {
  return [...dockerfile === null ? [] : [`${dockerfile}.dockerignore`], ".dockerignore"];
}

/** Reads a build context: its entries, its digest and the Dockerfile. */
import { createHash } from "node:crypto";
import { normalize } from "node:path/posix";
import { isUnituneError, UnituneError } from "../../core/errors.ts";
import { compileIgnore, type Ignore, readIgnore } from "../../images/ignore.ts";
import {
  contextBytes,
  contextDigest,
  type ContextEntry,
  contextWarnings,
  ignoreFilesOf,
  sortEntries,
} from "../../images/context.ts";
import type { ContextFacts, Image } from "../../plan/types.ts";
import { kindOf, readRegularFile } from "../regular_file.ts";
import { ContentHasher } from "./content.ts";
import { modeOf, unreadable, walk } from "./walk.ts";

export interface ReadContext {
  readonly facts: ContextFacts;
  /** Sorted by the code units of their paths. */
  readonly entries: readonly ContextEntry[];
  readonly warnings: readonly string[];
  /** Absolute path of the context. */
  readonly root: string;
  readonly dockerfile: { readonly path: string; readonly content: Uint8Array };
}

/** The largest Dockerfile or ignore file. */
const MOST_BYTES = 4 * 2 ** 20;
/** How many files are hashed before other work gets a turn. */
const TURN = 64;

type Read = Pick<Image, "context" | "dockerfile"> & Partial<Pick<Image, "ignoreFile" | "permissions">>;

export async function readContext(image: Read): Promise<ReadContext> {
  const { context: root, permissions = "git" } = image, dockerfile = normalize(image.dockerfile);
  const ignoreFiles = image.ignoreFile ? [normalize(image.ignoreFile)] : ignoreFilesOf(dockerfile);
  await needFolder(root);
  const content = await readDockerfile(root, dockerfile);
  const walked = await walk(root, await ignoreOf(root, ignoreFiles), permissions);
  const entries = await withDigests(
    root,
    sortEntries(withDockerfile(walked.entries, root, { path: dockerfile, content, permissions })),
  );
  return {
    facts: { digest: contextDigest(entries), bytes: contextBytes(entries), dockerfileDigest: sha256(content) },
    entries,
    warnings: [...walked.warnings, ...contextWarnings(entries)],
    root,
    dockerfile: { path: dockerfile, content },
  };
}

async function needFolder(root: string): Promise<void> {
  const info = await Deno.stat(root).catch(() => null);
  if (info?.isDirectory) return;
  throw new UnituneError(
    "CONTEXT_NOT_FOUND",
    `Cannot read context ${root} as it must be a folder: ${info ? `it is a ${kindOf(info)}` : "it does not exist"}`,
    { path: root, hint: "`context` of an image is relative to the file that declares it" },
  );
}

async function readDockerfile(root: string, dockerfile: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(`${root}/${dockerfile}`, MOST_BYTES);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "it does not exist" : (cause as Error).message;
    throw new UnituneError("DOCKERFILE_NOT_FOUND", `Cannot read ${dockerfile} of context ${root}: ${why}`, {
      path: dockerfile,
      hint: "Create one, or name it with `dockerfile`",
      cause,
    });
  }
}

/** Only the first existing ignore file counts. */
async function ignoreOf(root: string, files: readonly string[]): Promise<Ignore> {
  for (const file of files) {
    try {
      const text = new TextDecoder().decode(await readRegularFile(`${root}/${file}`, MOST_BYTES));
      return compileIgnore(readIgnore(text), file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw isUnituneError(error) ? error : unreadable(file, error);
    }
  }
  return compileIgnore([]);
}

/** The Dockerfile belongs to the context's digest and list even when it is ignored. */
function withDockerfile(
  entries: readonly ContextEntry[],
  root: string,
  { path, content, permissions }: Pick<Image, "permissions"> & { readonly path: string; readonly content: Uint8Array },
): readonly ContextEntry[] {
  if (entries.some((entry) => entry.path === path)) return entries;
  const mode = modeOf("file", Deno.statSync(`${root}/${path}`), permissions);
  const digest = sha256(content);
  return [...entries, { path, type: "file", mode, size: content.length, link: null, digest, ignored: true }];
}

async function withDigests(root: string, entries: readonly ContextEntry[]): Promise<ContextEntry[]> {
  const hasher = new ContentHasher(root);
  const result: ContextEntry[] = [];
  for (const [index, entry] of entries.entries()) {
    if (index % TURN === 0) await new Promise((resolve) => setTimeout(resolve));
    const unread = entry.type === "file" && entry.digest === null;
    result.push(unread ? { ...entry, digest: hasher.digest(entry.path, entry.size) } : entry);
  }
  return result;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

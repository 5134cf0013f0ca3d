/** Reads build contexts: their entries, their digests and their Dockerfiles. What images share is read once. */
import { createHash } from "node:crypto";
import { normalize } from "node:path/posix";
import { isUnituneError, UnituneError } from "../../core/errors.ts";
import type { Emit } from "../../core/events.ts";
import { contextWarnings } from "../../images/context_warnings.ts";
import { namedFiles } from "../../images/dockerfile/check_copies.ts";
import { compileIgnore, type Ignore, readIgnore } from "../../images/ignore.ts";
import {
  contextBytes,
  contextDigest,
  type ContextEntry,
  digestWith,
  ignoreFilesOf,
  sortEntries,
} from "../../images/context.ts";
import type { ContextFacts, Image } from "../../plan/types.ts";
import { kindOf, readRegularFile } from "../regular_file.ts";
import { ContentHasher } from "./content.ts";
import { Progress } from "./progress.ts";
import { StatCache } from "./stat_cache.ts";
import { Turns } from "./turns.ts";
import { modeOf, unreadable, walk } from "./walk.ts";

/** The files of a context: what all images share that have the folder, the ignore file and the permissions in common. */
export interface ContextFiles {
  /** Absolute path of the context. */
  readonly root: string;
  /** Sorted by the code units of their paths. */
  readonly entries: readonly ContextEntry[];
  readonly digest: string;
  readonly bytes: number;
  readonly warnings: readonly string[];
  /** Files of the config, which are left out. */
  readonly leftOut: readonly string[];
  /** Text of `.gitmodules`, if there is one. */
  readonly gitmodules: string | null;
  readonly cache: StatCache | null;
}

/** A folder that the Dockerfile names. */
interface ReadFolder {
  readonly files: ContextFiles;
  readonly warnings: readonly string[];
  readonly ignore: ReadContext["ignore"];
}

/** The context of one image. */
export interface ReadContext {
  readonly facts: ContextFacts;
  /** Sorted by the code units of their paths; with the Dockerfile, even if it is ignored. */
  readonly entries: readonly ContextEntry[];
  readonly warnings: readonly string[];
  /** Absolute path of the context. */
  readonly root: string;
  readonly files: ContextFiles;
  /** The rules that decided what is in the context, and the file that they are from. */
  readonly ignore: { readonly rules: Ignore; readonly file: string };
  /** The folders among the image's named contexts, by name. */
  readonly folders: Readonly<Record<string, ReadFolder>>;
  /** `inline`: it is not a file. */
  readonly dockerfile: { readonly path: string; readonly content: Uint8Array; readonly inline: boolean };
}

/** The largest Dockerfile or ignore file. */
const MOST_BYTES = 4 * 2 ** 20;

type Read =
  & Pick<Image, "context" | "dockerfile">
  & Partial<Pick<Image, "dockerfileInline" | "ignoreFile" | "permissions" | "contexts">>;

interface ReaderOptions {
  /** Folder that keeps what is known of files between runs; without one, every file is read. */
  readonly cache?: string | undefined;
  /** Receives progress. */
  readonly emit?: Emit | undefined;
  /** The time, in milliseconds since 1970. */
  readonly now?: () => number;
  /** Real paths of the config and its modules. A change in them would build images that use none of it. */
  readonly config?: readonly string[] | undefined;
}

/** Reads one context by itself. */
export function readContext(image: Read): Promise<ReadContext> {
  return new ContextReader().read(image);
}

export class ContextReader {
  readonly #options: ReaderOptions;
  readonly #files = new Map<string, Promise<ContextFiles>>();
  readonly #caches = new Map<string, Promise<StatCache>>();

  constructor(options: ReaderOptions = {}) {
    this.#options = options;
  }

  async read(image: Read): Promise<ReadContext> {
    const { context: root, permissions = "git", dockerfileInline = null, contexts = {} } = image;
    const path = normalize(image.dockerfile), inline = dockerfileInline !== null;
    await needFolder(root);
    const content = inline ? new TextEncoder().encode(dockerfileInline) : await readDockerfile(root, path);
    const named = image.ignoreFile ? [normalize(image.ignoreFile)] : ignoreFilesOf(inline ? null : path);
    const { files, ignore } = await this.#readFolder(root, named, permissions, namedFiles(textOf(content)));
    const folders: Record<string, ReadFolder> = {};
    for (const [alias, source] of Object.entries(contexts)) {
      if (!("folder" in source)) continue;
      await needFolder(source.folder);
      const copied = namedFiles(textOf(content), alias);
      const read = await this.#readFolder(source.folder, ignoreFilesOf(null), permissions, copied);
      const { entries, gitmodules, warnings } = read.files;
      folders[alias] = { ...read, warnings: [...warnings, ...contextWarnings(entries, gitmodules)] };
    }
    return withDockerfile(files, { path, content, inline, permissions, ignore, folders });
  }

  /** `ignoreFiles`: the one that precedes first. `copied`: files that the Dockerfile names. */
  async #readFolder(
    root: string,
    ignoreFiles: readonly string[],
    permissions: Image["permissions"],
    copied: ReadonlySet<string>,
  ): Promise<Pick<ReadFolder, "files" | "ignore">> {
    const { patterns, ...ignore } = await ignoreOf(root, ignoreFiles);
    const config = filesOfConfig(root, this.#options.config ?? [], copied);
    const key = JSON.stringify([root, permissions, patterns, config]);
    const files = this.#files.get(key) ?? this.#readFiles(root, { ignore: ignore.rules, permissions, config });
    this.#files.set(key, files);
    return { files: await files, ignore };
  }

  async #readFiles(
    root: string,
    { ignore, permissions, config }: Pick<Image, "permissions"> & {
      readonly ignore: Ignore;
      readonly config: readonly string[];
    },
  ): Promise<ContextFiles> {
    const cache = await this.#cacheOf(root), gitmodules = await readOptional(`${root}/.gitmodules`);
    const { entries: found, unread, warnings } = await walk(root, { ignore, permissions, cache });
    const [kept, left] = [false, true].map((isLeft) => found.filter(({ path }) => config.includes(path) === isLeft));
    const read = await readAll(root, sortEntries(kept!), { unread, cache, emit: this.#options.emit });
    const leftOut = sortEntries(left!).map(({ path }) => path);
    const bytes = contextBytes(read);
    await cache?.save(bytes);
    return { root, entries: read, digest: contextDigest(read), bytes, warnings, leftOut, gitmodules, cache };
  }

  #cacheOf(root: string): Promise<StatCache> | null {
    const { cache: folder, now = Date.now } = this.#options;
    if (folder === undefined) return null;
    const cache = this.#caches.get(root) ?? StatCache.open(folder, root, now());
    this.#caches.set(root, cache);
    return cache;
  }
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
async function ignoreOf(
  root: string,
  files: readonly string[],
): Promise<ReadContext["ignore"] & { readonly patterns: readonly string[] }> {
  for (const file of files) {
    try {
      const text = new TextDecoder().decode(await readRegularFile(`${root}/${file}`, MOST_BYTES));
      const patterns = readIgnore(text);
      return { patterns, rules: compileIgnore(patterns, file), file };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw isUnituneError(error) ? error : unreadable(file, error);
    }
  }
  return { patterns: [], rules: compileIgnore([]), file: files.at(-1)! };
}

/** Paths in the folder, without those that the Dockerfile copies by name. */
function filesOfConfig(root: string, config: readonly string[], copied: ReadonlySet<string>): string[] {
  const inside = config.filter((file) => file.startsWith(`${root}/`)).map((file) => file.slice(root.length + 1));
  return inside.filter((path) => !copied.has(path));
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

async function readOptional(file: string): Promise<string | null> {
  return await readRegularFile(file, MOST_BYTES).then((bytes) => new TextDecoder().decode(bytes), () => null);
}

type Dockerfile = ReadContext["dockerfile"] & Pick<Image, "permissions"> & Pick<ReadContext, "ignore" | "folders">;

/** The Dockerfile belongs to the context's digest and list even when it is ignored. */
function withDockerfile(files: ContextFiles, { permissions, ignore, folders, ...dockerfile }: Dockerfile): ReadContext {
  const { root, gitmodules } = files, { path, content, inline } = dockerfile, dockerfileDigest = sha256(content);
  const read = (entries: readonly ContextEntry[], digest: string, bytes: number): ReadContext => {
    const warnings = [...files.warnings, ...contextWarnings(entries, gitmodules)];
    const facts = { digest, bytes, dockerfileDigest, folders: factsOf(folders) };
    return { facts, entries, warnings, root, files, ignore, folders, dockerfile };
  };
  const at = placeOf(path, files.entries);
  if (inline || files.entries[at]?.path === path) return read(files.entries, files.digest, files.bytes);
  const mode = modeOf("file", Deno.statSync(`${root}/${path}`), permissions), size = content.length;
  const own = {
    path,
    type: "file",
    mode,
    size,
    link: null,
    digest: dockerfileDigest,
    pieces: [],
    ignored: true,
  } as const;
  const entries = [...files.entries.slice(0, at), own, ...files.entries.slice(at)];
  return read(entries, digestWith(files.digest, own), files.bytes + size);
}

function factsOf(folders: ReadContext["folders"]): ContextFacts["folders"] {
  const facts = Object.entries(folders).map(([alias, { files: { digest, bytes } }]) => [alias, { digest, bytes }]);
  return Object.fromEntries(facts);
}

/** The first place whose path is not before `path`. */
function placeOf(path: string, entries: readonly ContextEntry[]): number {
  let low = 0, high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.path < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface ReadAll extends Pick<Awaited<ReturnType<typeof walk>>, "unread"> {
  readonly cache: StatCache | null;
  readonly emit: Emit | undefined;
}

/** The entries, with the digests of all files. */
async function readAll(
  root: string,
  entries: readonly ContextEntry[],
  { unread, cache, emit }: ReadAll,
): Promise<ContextEntry[]> {
  const hasher = new ContentHasher(root), turns = new Turns(), result: ContextEntry[] = [];
  const files = entries.filter(({ path }) => unread.has(path));
  const progress = new Progress("files", { items: files.length, bytes: contextBytes(files) }, emit);
  for (const entry of entries) {
    if (!unread.has(entry.path)) {
      result.push(entry);
      continue;
    }
    const steps = hasher.hash(entry.path, entry.size);
    for (let step = steps.next();; step = steps.next()) {
      if (turns.areDue()) await turns.give();
      if (step.done) {
        cache?.remember(entry.path, unread.get(entry.path)!, step.value);
        result.push({ ...entry, ...step.value });
        break;
      }
      progress.add({ items: 0, bytes: step.value });
    }
    progress.add({ items: 1, bytes: 0 });
  }
  return result;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * What is known of a context's files from earlier runs: a file whose path, size, times, inode and device are the same is
 * not read again. An edit that keeps the size and restores the modification time is seen all the same, by the time of
 * the inode's change, which no program can set. Kept in a file that only the user can read; without it, everything is
 * read once more.
 */
import { createHash } from "node:crypto";
import { homedir } from "node:os";

/** What was computed from a file's content. */
export interface Content {
  /** sha256, hex. */
  readonly digest: string;
  /** sha256 of each piece of a file that is cut. */
  readonly pieces: readonly string[];
}

/** What a file looks like: its size, modification time, change time, inode and device. */
export type Stamp = readonly [number, number, number, number, number];
type Row = readonly [...Stamp, string, ...string[]];

interface Stored {
  readonly format: typeof FORMAT;
  readonly files: Readonly<Record<string, Row>>;
  /** Name of a segment by its parts → sha256 of its bytes. */
  readonly segments: Readonly<Record<string, string>>;
}

const FORMAT = "unitune.stat/v1";
/**
 * A file that changed less than this many milliseconds before it was read is read again next time: it may have changed
 * once more without a sign, as change times are known to the second, and file servers have clocks of their own.
 */
const SETTLED = 10_000;
/** Contexts that are smaller are read as fast as this file: so many files, so many bytes. */
const WORTH = { files: 200, bytes: 8 * 2 ** 20 };
/** What has not been used for this long is deleted. */
const KEPT = 60 * 86_400_000;

/** The folder for what can be computed again, as each system has it. */
export function cacheFolder(env: (name: string) => string | undefined = Deno.env.get): string {
  const home = homedir();
  const base = Deno.build.os === "windows"
    ? env("LOCALAPPDATA") || `${home}\\AppData\\Local`
    : Deno.build.os === "darwin"
    ? `${home}/Library/Caches`
    : env("XDG_CACHE_HOME") || `${home}/.cache`;
  return `${base}/unitune/contexts`;
}

export class StatCache {
  readonly #folder: string;
  readonly #file: string;
  readonly #now: number;
  readonly #files: Map<string, Row>;
  readonly #segments: Map<string, string>;
  /** Paths and segments that were asked for or told. */
  readonly #used = { paths: new Set<string>(), segments: new Set<string>() };
  #changed = false;

  private constructor(folder: string, root: string, now: number, stored: Stored | null) {
    this.#folder = folder;
    this.#file = fileOf(folder, root);
    this.#now = now;
    this.#files = new Map(Object.entries(stored?.files ?? {}));
    this.#segments = new Map(Object.entries(stored?.segments ?? {}));
  }

  /** `root`: the context's folder. `now`: before anything of it is looked at, in milliseconds since 1970. */
  static async open(folder: string, root: string, now: number): Promise<StatCache> {
    return new StatCache(folder, root, now, await load(fileOf(folder, root)));
  }

  /** What is known of the file as it is now. */
  find(path: string, stamp: Stamp | null): Content | null {
    const row = this.#files.get(path);
    this.#used.paths.add(path);
    if (!row || !stamp || stamp.some((value, at) => value !== row[at])) return null;
    return { digest: row[5], pieces: row.slice(6) as string[] };
  }

  /** `stamp`: from before the file was read. */
  remember(path: string, stamp: Stamp | null, { digest, pieces }: Content): void {
    if (!stamp || this.#now - stamp[2] < SETTLED) return;
    this.#files.set(path, [...stamp, digest, ...pieces]);
    this.#changed = true;
  }

  segment(name: string): string | undefined {
    this.#used.segments.add(name);
    return this.#segments.get(name);
  }

  rememberSegment(name: string, sha256: string): void {
    this.#used.segments.add(name);
    if (this.#segments.get(name) === sha256) return;
    this.#segments.set(name, sha256);
    this.#changed = true;
  }

  /** Keeps what was used of it. `bytes`: of the context's files. */
  async save(bytes: number): Promise<void> {
    const { paths, segments } = this.#used, small = paths.size < WORTH.files && bytes < WORTH.bytes;
    if (small || !this.#changed) return;
    this.#changed = false;
    const files = [...this.#files].filter(([path]) => paths.has(path));
    // A plan stores no segments, and forgets none.
    const named = [...this.#segments].filter(([name]) => segments.size === 0 || segments.has(name));
    const stored: Stored = {
      format: FORMAT,
      files: Object.fromEntries(files),
      segments: Object.fromEntries(named),
    };
    // A folder that cannot be written costs time at the next run, and nothing else.
    await write(this.#folder, this.#file, JSON.stringify(stored)).catch(() => undefined);
  }
}

function fileOf(folder: string, root: string): string {
  return `${folder}/${createHash("sha256").update(root).digest("hex").slice(0, 32)}.json`;
}

/** `null` where the system does not say all of it. */
export function stampOf({ size, mtime, ctime, ino, dev }: Deno.FileInfo): Stamp | null {
  if (!mtime || !ctime || ino === null) return null;
  return [size, mtime.getTime(), ctime.getTime(), ino, dev];
}

async function load(file: string): Promise<Stored | null> {
  try {
    const info = await Deno.lstat(file);
    const others = Deno.build.os !== "windows" && ((info.mode ?? 0) & 0o022) !== 0;
    if (!info.isFile || others) return null;
    const stored = JSON.parse(await Deno.readTextFile(file));
    return stored.format === FORMAT ? stored : null;
  } catch {
    return null;
  }
}

async function write(folder: string, file: string, text: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(fresh, text, { mode: 0o600, createNew: true });
  await Deno.rename(fresh, file);
  for (const { name } of Deno.readDirSync(folder)) {
    const info = await Deno.lstat(`${folder}/${name}`).catch(() => null);
    if (info?.mtime && Date.now() - info.mtime.getTime() > KEPT) await Deno.remove(`${folder}/${name}`);
  }
}

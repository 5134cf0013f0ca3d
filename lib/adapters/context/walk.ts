/** Lists the files of a context on disk, filtered by its ignore file. Links stay links. */
import { UnituneError } from "../../core/errors.ts";
import { type ContextEntry, gitMode } from "../../images/context.ts";
import type { Held, Ignore } from "../../images/ignore.ts";
import type { Image } from "../../plan/types.ts";
import { kindOf } from "../regular_file.ts";
import { badName, isMangled, unlistedNames } from "./names.ts";

type Permissions = Image["permissions"];

interface Walked {
  /** Not sorted; files have no digest yet. */
  readonly entries: readonly ContextEntry[];
  readonly warnings: readonly string[];
}

/** `permissions`: as Git keeps them, or as they are. */
export async function walk(root: string, ignore: Ignore, permissions: Permissions): Promise<Walked> {
  const walker = new Walker(root, ignore, permissions);
  await walker.folder("", null);
  walker.refuse(await unlistedNames(root));
  return walker;
}

class Walker implements Walked {
  readonly entries: ContextEntry[] = [];
  readonly warnings: string[] = [];

  constructor(readonly root: string, readonly ignore: Ignore, readonly permissions: Permissions) {}

  /** Returns whether anything in the folder is kept. */
  async folder(path: string, parent: Held | null): Promise<boolean> {
    let any = false;
    for await (const { name } of Deno.readDir(`${this.root}/${path}`)) {
      if (await this.#visit(path === "" ? name : `${path}/${name}`, parent)) any = true;
    }
    return any;
  }

  /** Refuses names that could not be listed, unless they are ignored. */
  refuse(paths: readonly string[]): void {
    for (const path of paths) if (!this.#ignored(path)) throw badName(path);
  }

  async #visit(path: string, parent: Held | null): Promise<boolean> {
    const { ignored, held } = this.ignore.decide(path, parent);
    const info = this.#reading(path, ignored, Deno.lstatSync);
    if (!info) return false;
    if (info.isDirectory) {
      const inside = (!ignored || this.ignore.mayHold(path)) && await this.#inside(path, held, ignored);
      if (ignored && !inside) return false;
      this.#add(path, "dir", info, null);
      return true;
    }
    if (ignored) return false;
    if (info.isSymlink) this.#add(path, "symlink", info, this.#reading(path, false, Deno.readLinkSync));
    else if (info.isFile) this.#add(path, "file", info, null);
    else {
      this.warnings.push(`Skips ${path}: a ${kindOf(info)} cannot be packed`);
      return false;
    }
    return true;
  }

  /** A file that cannot be read is an error, unless it is ignored. */
  #reading<T>(path: string, ignored: boolean, read: (path: string) => T): T | null {
    try {
      return read(`${this.root}/${path}`);
    } catch (cause) {
      if (ignored) return null;
      throw isMangled(path) ? badName(path) : unreadable(path, cause);
    }
  }

  async #inside(path: string, held: Held, ignored: boolean): Promise<boolean> {
    try {
      return await this.folder(path, held);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.PermissionDenied)) throw cause;
      if (ignored) return false;
      throw unreadable(path, cause);
    }
  }

  #add(path: string, type: ContextEntry["type"], info: Deno.FileInfo, link: string | null): void {
    const size = type === "file" ? info.size : 0;
    const mode = type === "symlink" ? 0o777 : modeOf(type, info, this.permissions); // a link's own differs by system
    this.entries.push({ path, type, mode, size, link, digest: null, ignored: false });
  }

  #ignored(path: string): boolean {
    let held: Held | null = null;
    let ignored = false;
    const parts = path.split("/");
    parts.forEach((_, index) => {
      const decision = this.ignore.decide(parts.slice(0, index + 1).join("/"), held);
      ({ held, ignored } = decision);
    });
    return ignored;
  }
}

/** The mode of a file or folder in the archive. */
export function modeOf(type: "file" | "dir", { mode }: Deno.FileInfo, permissions: Permissions): number {
  return permissions === "exact" ? (mode ?? 0) & 0o7777 : gitMode(type, mode ?? 0);
}

export function unreadable(path: string, cause: unknown): UnituneError {
  return new UnituneError("CONTEXT_UNREADABLE", `Cannot read ${path} of the context: ${(cause as Error).message}`, {
    path,
    hint: "Make it readable, or name it in .dockerignore",
    cause,
  });
}

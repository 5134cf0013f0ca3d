/** Reads the files of a context in pieces: never more than one piece is in memory. */
import { createHash, type Hash } from "node:crypto";
import { UnituneError } from "../../core/errors.ts";
import type { Part } from "../../images/segments.ts";
import { unreadable } from "./walk.ts";

const PIECE = 2 ** 20;

/** Hashes files one after another with one buffer. Blocking reads are several times faster for small files. */
export class ContentHasher {
  readonly #buffer = new Uint8Array(PIECE);

  constructor(readonly root: string) {}

  /** sha256 of a file's content, hex. `size` is the size that was found before. */
  digest(path: string, size: number): string {
    const hash = createHash("sha256");
    let total = 0;
    try {
      using file = Deno.openSync(`${this.root}/${path}`);
      for (let count = file.readSync(this.#buffer); count; count = file.readSync(this.#buffer)) {
        hash.update(this.#buffer.subarray(0, count));
        total += count;
      }
    } catch (cause) {
      throw unreadable(path, cause);
    }
    if (total !== size) throw changed(path);
    return hash.digest("hex");
  }
}

/** Reads the parts of files in order, and compares each file with its earlier digest. */
export class PartReader {
  #hash: Hash = createHash("sha256");

  constructor(readonly root: string) {}

  read(path: string, part: Part, into: Uint8Array): void {
    if (part.offset === 0) this.#hash = createHash("sha256");
    try {
      using file = Deno.openSync(`${this.root}/${path}`);
      if (file.statSync().size !== part.member.size) throw changed(path);
      file.seekSync(part.offset, Deno.SeekMode.Start);
      for (let at = 0; at < into.length;) {
        const count = file.readSync(into.subarray(at));
        if (!count) throw changed(path);
        at += count;
      }
    } catch (cause) {
      throw cause instanceof UnituneError ? cause : unreadable(path, cause);
    }
    this.#hash.update(into);
    const ends = part.offset + part.length === part.member.size;
    if (ends && this.#hash.digest("hex") !== part.member.digest) throw changed(path);
  }
}

function changed(path: string): UnituneError {
  return new UnituneError("CONTEXT_CHANGED", `Cannot pack ${path}: it changed while the context was read`, {
    path,
    hint: "Run the same command again while nothing writes to the context",
  });
}

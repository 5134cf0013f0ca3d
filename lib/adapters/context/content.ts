/** Reads the files of a context in pieces: never more than one piece is in memory. */
import { createHash } from "node:crypto";
import { UnituneError } from "../../core/errors.ts";
import { type Part, partDigest, SEGMENT_LIMIT } from "../../images/segments.ts";
import type { Content } from "./stat_cache.ts";
import { unreadable } from "./walk.ts";

/** A piece of a file that is cut is some of these. */
const PIECE = 2 ** 20;

/** Hashes files one after another with one buffer. Blocking reads are several times faster for small files. */
export class ContentHasher {
  readonly #buffer = new Uint8Array(PIECE);

  constructor(readonly root: string) {}

  /** Hashes a file's content in steps, each of which yields its bytes. `size`: what was found before. */
  *hash(path: string, size: number): Generator<number, Content> {
    const whole = createHash("sha256"), pieces: string[] = [];
    let piece = createHash("sha256"), total = 0;
    try {
      using file = Deno.openSync(`${this.root}/${path}`);
      for (let count = this.#fill(file); count > 0; count = this.#fill(file)) {
        const bytes = this.#buffer.subarray(0, count);
        whole.update(bytes);
        total += count;
        if (size > SEGMENT_LIMIT) {
          piece.update(bytes);
          if (total % SEGMENT_LIMIT === 0 || total === size) {
            pieces.push(piece.digest("hex"));
            piece = createHash("sha256");
          }
        }
        yield count;
      }
    } catch (cause) {
      throw unreadable(path, cause);
    }
    if (total !== size) throw changed(path);
    return { digest: whole.digest("hex"), pieces };
  }

  /** A read may give less than there is. */
  #fill(file: Deno.FsFile): number {
    let at = 0;
    for (let count = file.readSync(this.#buffer); count; count = file.readSync(this.#buffer.subarray(at))) {
      at += count;
      if (at === this.#buffer.length) break;
    }
    return at;
  }
}

/** Reads a part of a file below `root`, and compares it with its earlier digest. */
export function readPart(root: string, path: string, part: Part, into: Uint8Array): void {
  try {
    using file = Deno.openSync(`${root}/${path}`);
    if (part.offset > 0) file.seekSync(part.offset, Deno.SeekMode.Start);
    for (let at = 0; at < into.length;) {
      const count = file.readSync(into.subarray(at));
      if (!count) throw changed(path);
      at += count;
    }
  } catch (cause) {
    throw cause instanceof UnituneError ? cause : unreadable(path, cause);
  }
  if (createHash("sha256").update(into).digest("hex") !== partDigest(part)) throw changed(path);
}

function changed(path: string): UnituneError {
  return new UnituneError("CONTEXT_CHANGED", `Cannot pack ${path}: it changed while the context was read`, {
    path,
    hint: "Run the same command again while nothing writes to the context",
  });
}

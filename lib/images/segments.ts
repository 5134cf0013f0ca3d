/**
 * One tar archive, cut into segments that are stored separately: an edit changes only the segment that holds the file.
 * In the archive, `context/` is what `COPY` sees; `dockerfile/` holds the Dockerfile, and an ignore file that keeps
 * BuildKit from filtering the context again. Folders that the Dockerfile names have archives of their own.
 */
import { createHash } from "node:crypto";
import { familiarName } from "../core/image_names.ts";
import type { ContextEntry } from "./context.ts";
import { BLOCK, paddingOf, TAR_END, type TarEntry } from "./tar.ts";

/** A tar entry, and where its content comes from. */
interface Member extends TarEntry {
  /** A path in the context, or the bytes themselves; `null` without content. */
  readonly source: string | Uint8Array | null;
  /** sha256 (hex) of content that is read from the context. */
  readonly digest: string | null;
  /** The same of each piece of a file that is cut; otherwise none. */
  readonly pieces: readonly string[];
}

/** A piece of a member; its header precedes the first piece, and its padding follows the last. */
export interface Part {
  readonly member: Member;
  readonly offset: number;
  readonly length: number;
}

export interface Segment {
  readonly parts: readonly Part[];
  /** Whether the archive ends here. */
  readonly last: boolean;
}

/** A segment as it is stored. */
export interface StoredSegment {
  /** sha256 (hex) of its bytes of the archive, before they are compressed: the name of the segment. */
  readonly sha256: string;
  /** Stored (compressed) bytes. */
  readonly size: number;
  /** Bytes of the archive. */
  readonly bytes: number;
}

/** The most that a segment or a piece of a file holds, without headers. */
export const SEGMENT_LIMIT: number = 4 * 2 ** 20;
/** About how many bytes of small files one segment holds. */
const TARGET = 2 * 2 ** 20;

const NOTHING_IGNORED = "# The context was filtered before it was sent.\n";

export function segmentKey(sha256: string): string {
  return `contexts/${sha256}.tar.zst`;
}

export function listKey(sha256: string): string {
  return `lists/${sha256}.json`;
}

/** The Dockerfile's path below `dockerfile/`: its path in the context, or, outside the context, its path without `../`. */
export function dockerfileName(dockerfile: string): string {
  return dockerfile.replace(/^(\.\.\/)+/, "").replace(/^(\.\/)+/, "");
}

/** What `COPY` sees, the same for all images that share the context. */
export function contextMembers(entries: readonly ContextEntry[]): Member[] {
  const files = entries.filter(({ ignored }) => !ignored).map((entry): Member => {
    const { path, type, mode, size, link, digest, pieces } = entry;
    return { name: `context/${path}`, type, mode, size, link, source: type === "file" ? path : null, digest, pieces };
  });
  return [folder("context"), ...files];
}

/** The Dockerfile, beside the context. */
export function dockerfileMembers(dockerfile: string, content: Uint8Array): Member[] {
  const name = `dockerfile/${dockerfileName(dockerfile)}`;
  const parents = name.split("/").slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join("/"));
  return [
    ...parents.map(folder),
    file(name, content),
    file(`${name}.dockerignore`, new TextEncoder().encode(NOTHING_IGNORED)),
  ];
}

function folder(name: string): Member {
  return { name, type: "dir", mode: 0o755, size: 0, link: null, source: null, digest: null, pieces: [] };
}

function file(name: string, bytes: Uint8Array): Member {
  return { ...folder(name), type: "file", mode: 0o644, size: bytes.length, source: bytes };
}

/**
 * Cuts after files that a hash of their path selects, and around and inside large files. `last`: whether the archive
 * ends with these members.
 */
export function cutSegments(members: readonly Member[], last: boolean): Segment[] {
  const segments: Part[][] = [];
  let parts: Part[] = [];
  let bytes = 0;
  const cut = (): void => {
    if (parts.length > 0) segments.push(parts);
    parts = [];
    bytes = 0;
  };
  for (const member of members) {
    const own = BLOCK + member.size + paddingOf(member.size);
    if (bytes + own > SEGMENT_LIMIT + BLOCK) cut();
    for (let offset = 0; offset === 0 || offset < member.size; offset += SEGMENT_LIMIT) {
      if (offset > 0) cut();
      parts.push({ member, offset, length: Math.min(SEGMENT_LIMIT, member.size - offset) });
    }
    bytes += own;
    if (picked(member.name, own)) cut();
  }
  cut();
  return segments.map((parts, index) => ({ parts, last: last && index === segments.length - 1 }));
}

/** sha256 (hex) of what a part holds, if it is known before it is read. */
export function partDigest({ member, offset }: Part): string | null {
  return member.pieces[offset / SEGMENT_LIMIT] ?? member.digest;
}

/** A name for the bytes of a segment that takes no reading: a hash of its headers and of the digests of its content. */
export function segmentName({ parts, last }: Segment): string {
  const facts = parts.map((part) => {
    const { name, type, mode, size, link, source } = part.member;
    const content = source instanceof Uint8Array ? hashOf(source) : partDigest(part);
    return [name, type, mode, size, link, part.offset, part.length, content];
  });
  return hashOf(JSON.stringify(["unitune.segment/v1", last, facts]));
}

function hashOf(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The larger a file, the more likely the cut, in steps of powers of two: an edit hardly ever moves a cut. */
function picked(name: string, bytes: number): boolean {
  const weight = 2 ** Math.floor(Math.log2(bytes)) / TARGET;
  return createHash("sha256").update(name).digest().readUInt32BE(0) < weight * 2 ** 32;
}

/** How many zero bytes end the segment. */
export function tailOf(segment: Segment): number {
  return segment.last ? TAR_END : 0;
}

/** A folder that the Dockerfile names, as it is stored. */
export interface StoredFolder {
  /** Where it is unpacked, below `contexts/`. */
  readonly folder: string;
  /** The modification time of its files, in seconds since 1970. */
  readonly time: number;
  readonly segments: readonly StoredSegment[];
}

/**
 * The list of a context's segments in order, and of those of the folders that its Dockerfile names: the same segments
 * give the same bytes, however they are compressed. The archive of a folder has no end of its own, so that its segments
 * are those of a context with the same files.
 */
export function listBytes(segments: readonly StoredSegment[], folders: readonly StoredFolder[] = []): Uint8Array {
  const list = {
    format: "unitune.context/v2",
    segments: segments.map(named),
    ...(folders.length > 0 && { folders: folders.map((one) => ({ ...one, segments: one.segments.map(named) })) }),
  };
  return new TextEncoder().encode(`${JSON.stringify(list)}\n`);
}

function named({ sha256, bytes }: StoredSegment): Omit<StoredSegment, "size"> {
  return { sha256, bytes };
}

/** Where a named context is unpacked, below `contexts/`: a name may have slashes and colons. */
export function folderName(alias: string): string {
  return encodeURIComponent(familiarName(alias));
}

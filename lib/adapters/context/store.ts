/** Stores a context: sends the segments that the store lacks, and then the list. */
import { createHash } from "node:crypto";
import pLimit from "p-limit";
import type { Emit } from "../../core/events.ts";
import { RENEWED_AFTER_DAYS } from "../../core/facts/contexts.ts";
import type { ContextStorePort } from "../../core/ports.ts";
import { formatBytes } from "../../core/units.ts";
import { contextTime } from "../../images/context.ts";
import {
  contextMembers,
  cutSegments,
  dockerfileMembers,
  folderName,
  listBytes,
  listKey,
  type Part,
  type Segment,
  segmentKey,
  segmentName,
  type StoredFolder,
  type StoredSegment,
  tailOf,
} from "../../images/segments.ts";
import { headerBytes, paddingOf, tarHeader } from "../../images/tar.ts";
import { Buffers } from "./buffers.ts";
import { readPart } from "./content.ts";
import { openPacker, type Packed, type Packer } from "./packer.ts";
import { Progress } from "./progress.ts";
import type { ContextFiles, ReadContext } from "./read.ts";

export interface StoreResult {
  readonly listKey: string;
  /** sha256 of the list's bytes, hex. */
  readonly listDigest: string;
  readonly uploadedBytes: number;
  /** Stored bytes of all segments and of the list. */
  readonly bytes: number;
}

interface StoreOptions {
  readonly signal: AbortSignal;
  readonly emit?: Emit;
  /** The step that it is for. */
  readonly id?: string;
}

interface StoredSegments {
  readonly segments: readonly StoredSegment[];
  readonly uploadedBytes: number;
}

/** How many segments are in memory, being compressed or sent; and how many are looked for at once. */
const AT_ONCE = 4, LOOKS = 16;
const DAY = 86_400_000;

/** Files that are being stored, or are stored: images that share them wait for one another. */
const SHARED = new WeakMap<ContextStorePort, WeakMap<ContextFiles, Promise<StoredSegments>>>();

export async function storeContext(
  read: ReadContext,
  store: ContextStorePort,
  options: StoreOptions,
): Promise<StoreResult> {
  const { path, content } = read.dockerfile, sender = new Sender(store);
  const shared = await storeShared(read.files, store, options), folders: StoredFolder[] = [];
  let uploadedBytes = shared.uploadedBytes;
  for (const [alias, { files }] of Object.entries(read.folders)) {
    const { segments, uploadedBytes: sent } = await storeShared(files, store, options);
    folders.push({ folder: folderName(alias), time: contextTime(files.digest), segments });
    uploadedBytes += sent;
  }
  const own = cutSegments(dockerfileMembers(path, content), true);
  const last = await storeSegments(own, read.files, sender, { signal: options.signal });
  const stored = [...shared.segments, ...last], list = listBytes(stored, folders);
  const listDigest = createHash("sha256").update(list).digest("hex");
  options.signal.throwIfAborted();
  await sender.send(listKey(listDigest), () => Promise.resolve(list));
  uploadedBytes += sender.uploadedBytes;
  const all = [...stored, ...folders.flatMap(({ segments }) => segments)];
  options.emit?.({
    type: "debug",
    message: `${path}: ${all.length} segments, ${formatBytes(uploadedBytes)} sent`,
  });
  const bytes = list.length + all.reduce((sum, { size }) => sum + size, 0);
  return { listKey: listKey(listDigest), listDigest, uploadedBytes, bytes };
}

/** Stores the files of a context once; who comes later has sent nothing. */
async function storeShared(
  files: ContextFiles,
  store: ContextStorePort,
  options: StoreOptions,
): Promise<StoredSegments> {
  const known = SHARED.get(store) ?? new WeakMap<ContextFiles, Promise<StoredSegments>>();
  SHARED.set(store, known);
  const earlier = known.get(files);
  if (earlier) return { ...await earlier, uploadedBytes: 0 };
  const storing = storeFiles(files, store, options);
  known.set(files, storing);
  // What failed may go well for the next.
  return await storing.catch((error) => {
    known.delete(files);
    throw error;
  });
}

async function storeFiles(
  files: ContextFiles,
  store: ContextStorePort,
  options: StoreOptions,
): Promise<StoredSegments> {
  const sender = new Sender(store);
  const segments = await storeSegments(
    cutSegments(contextMembers(files.entries), false),
    files,
    sender,
    options,
  );
  await files.cache?.save(files.bytes);
  return { segments, uploadedBytes: sender.uploadedBytes };
}

/** Looks for the segments whose names are known; reads, names, compresses and sends the others. */
async function storeSegments(
  segments: readonly Segment[],
  files: ContextFiles,
  sender: Sender,
  { signal, emit, id }: StoreOptions,
): Promise<StoredSegment[]> {
  const stored = await heldSegments(segments, files, sender, signal);
  const missing = segments.filter((_, index) => !stored[index]);
  const amount = { items: missing.length, bytes: missing.reduce((sum, segment) => sum + bytesOf(segment), 0) };
  const progress = new Progress("segments", amount, emit, id);
  const packing = { packer: openPacker(amount.bytes), buffers: new Buffers(), sender };
  const running = new Set<Promise<void>>();
  try {
    for (const [index, segment] of segments.entries()) {
      if (stored[index]) continue;
      while (running.size >= AT_ONCE) await Promise.race(running);
      signal.throwIfAborted();
      const task = storeSegment(segment, files, packing)
        .then((result) => {
          stored[index] = result;
          progress.add({ items: 1, bytes: result.bytes });
        })
        .finally(() => running.delete(task));
      running.add(task);
      task.catch(() => {}); // handled by the race, or below
    }
    await Promise.all(running);
    return stored as StoredSegment[];
  } finally {
    await Promise.allSettled(running);
    packing.packer.close();
  }
}

/** The segments that are named without reading them, and that the store has. */
async function heldSegments(
  segments: readonly Segment[],
  { cache }: ContextFiles,
  sender: Sender,
  signal: AbortSignal,
): Promise<(StoredSegment | undefined)[]> {
  const limit = pLimit(LOOKS);
  return await Promise.all(segments.map((segment) => {
    const sha256 = cache?.segment(segmentName(segment));
    if (sha256 === undefined) return undefined;
    return limit(async () => {
      signal.throwIfAborted();
      const size = await sender.held(segmentKey(sha256));
      return size === null ? undefined : { sha256, size, bytes: bytesOf(segment) };
    });
  }));
}

interface Packing {
  readonly packer: Packer;
  readonly buffers: Buffers;
  readonly sender: Sender;
}

async function storeSegment(
  segment: Segment,
  { root, cache }: ContextFiles,
  { packer, buffers, sender }: Packing,
): Promise<StoredSegment> {
  const bytes = bytesOf(segment), raw = archiveBytes(segment, root, buffers.take(bytes));
  const sha256 = createHash("sha256").update(raw).digest("hex");
  cache?.rememberSegment(segmentName(segment), sha256);
  let packed: Packed | undefined;
  const size = await sender.send(segmentKey(sha256), async () => (packed = await packer.pack(raw)).body);
  buffers.give(packed?.raw ?? raw);
  return { sha256, size, bytes };
}

/** How many zero bytes follow a part. */
function endOf({ member, offset, length }: Part): number {
  return offset + length === member.size ? paddingOf(member.size) : 0;
}

/** How many bytes of the archive a segment is. */
function bytesOf(segment: Segment): number {
  const parts = segment.parts.reduce((sum, part) => {
    return sum + (part.offset === 0 ? headerBytes(part.member) : 0) + part.length + endOf(part);
  }, 0);
  return parts + tailOf(segment);
}

/** Writes a segment of the archive into zero bytes. */
function archiveBytes(segment: Segment, root: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  let at = 0;
  for (const part of segment.parts) {
    const header = part.offset === 0 ? tarHeader(part.member) : null, { source } = part.member;
    if (header) bytes.set(header, at);
    at += header?.length ?? 0;
    if (typeof source === "string") readPart(root, source, part, bytes.subarray(at, at + part.length));
    else if (source) bytes.set(source, at);
    at += part.length + endOf(part);
  }
  return bytes;
}

/** Sends an object unless the store will hold it for long enough. */
class Sender {
  uploadedBytes = 0;

  constructor(readonly store: ContextStorePort) {}

  /** The stored bytes of an object that the store will hold for long enough; otherwise `null`. */
  async held(key: string): Promise<number | null> {
    const found = await this.store.stat(key);
    return found && found.now - found.storedAt < RENEWED_AFTER_DAYS * DAY ? found.bytes : null;
  }

  /** `make` is called only if the object is to be sent. Returns its stored bytes. */
  async send(key: string, make: () => Promise<Uint8Array>): Promise<number> {
    const sending = SENDING.get(this.store) ?? new Map<string, Promise<number>>();
    SENDING.set(this.store, sending);
    const other = await sending.get(key)?.catch(() => null);
    if (typeof other === "number") return other;
    const own = this.#send(key, make);
    sending.set(key, own);
    return await own.finally(() => sending.delete(key));
  }

  async #send(key: string, make: () => Promise<Uint8Array>): Promise<number> {
    const held = await this.held(key);
    if (held !== null) return held;
    const body = await make();
    await this.store.put(key, body);
    this.uploadedBytes += body.length;
    return body.length;
  }
}

/** Objects that are being sent now: an image that shares one waits for it, and does not send or count it again. */
const SENDING = new WeakMap<ContextStorePort, Map<string, Promise<number>>>();

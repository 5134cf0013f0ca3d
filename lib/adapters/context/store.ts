/** Stores a context: sends the segments that the store lacks, four at a time, and then the list. */
import { createHash } from "node:crypto";
import type { Emit } from "../../core/events.ts";
import { RENEWED_AFTER_DAYS } from "../../core/facts/contexts.ts";
import type { ContextStorePort } from "../../core/ports.ts";
import { formatBytes } from "../../core/units.ts";
import {
  cutSegments,
  listBytes,
  listKey,
  membersOf,
  type Segment,
  segmentKey,
  type StoredSegment,
  tailOf,
} from "../../images/segments.ts";
import { paddingOf, tarHeader } from "../../images/tar.ts";
import { PartReader } from "./content.ts";
import { openPacker, type Packer } from "./packer.ts";
import type { ReadContext } from "./read.ts";

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
}

const AT_ONCE = 4;
const DAY = 86_400_000;

export async function storeContext(
  read: ReadContext,
  store: ContextStorePort,
  options: StoreOptions,
): Promise<StoreResult> {
  const { path, content } = read.dockerfile;
  const segments = cutSegments(membersOf(read.entries, path, content));
  const sender = new Sender(store);
  const stored = await storeSegments(segments, read, sender, options.signal);
  const list = listBytes(stored);
  const listDigest = createHash("sha256").update(list).digest("hex");
  options.signal.throwIfAborted();
  await sender.send(listKey(listDigest), list);
  const { uploadedBytes, sent } = sender;
  options.emit?.({
    type: "debug",
    message: `${path}: ${segments.length} segments, ${sent} objects sent (${formatBytes(uploadedBytes)})`,
  });
  const bytes = list.length + stored.reduce((sum, { size }) => sum + size, 0);
  return { listKey: listKey(listDigest), listDigest, uploadedBytes, bytes };
}

/** Reads in order. At most four segments are in memory, being compressed or sent. */
async function storeSegments(
  segments: readonly Segment[],
  read: ReadContext,
  sender: Sender,
  signal: AbortSignal,
): Promise<StoredSegment[]> {
  const packer = openPacker(read.facts.bytes);
  const reader = new PartReader(read.root);
  const stored: StoredSegment[] = [];
  const running = new Set<Promise<void>>();
  try {
    for (const [index, segment] of segments.entries()) {
      while (running.size >= AT_ONCE) await Promise.race(running);
      signal.throwIfAborted();
      const task = storeSegment(archiveBytes(segment, reader), packer, sender)
        .then((result) => void (stored[index] = result))
        .finally(() => running.delete(task));
      running.add(task);
      task.catch(() => {}); // handled by the race, or below
    }
    await Promise.all(running);
    return stored;
  } finally {
    await Promise.allSettled(running);
    packer.close();
  }
}

async function storeSegment(raw: Uint8Array<ArrayBuffer>, packer: Packer, sender: Sender): Promise<StoredSegment> {
  const bytes = raw.length;
  const { body, sha256 } = await packer.pack(raw);
  await sender.send(segmentKey(sha256), body);
  return { sha256, size: body.length, bytes };
}

/** The bytes of one segment of the archive. */
function archiveBytes(segment: Segment, reader: PartReader): Uint8Array<ArrayBuffer> {
  const pieces = segment.parts.map((part) => {
    const header = part.offset === 0 ? tarHeader(part.member) : new Uint8Array(0);
    const ends = part.offset + part.length === part.member.size;
    return { part, header, padding: ends ? paddingOf(part.member.size) : 0 };
  });
  const length = pieces.reduce((sum, { header, part, padding }) => sum + header.length + part.length + padding, 0);
  const bytes = new Uint8Array(length + tailOf(segment));
  let at = 0;
  for (const { part, header, padding } of pieces) {
    bytes.set(header, at);
    at += header.length;
    const { source } = part.member;
    if (typeof source === "string") reader.read(source, part, bytes.subarray(at, at + part.length));
    else if (source) bytes.set(source, at);
    at += part.length + padding;
  }
  return bytes;
}

/** Sends an object unless the store will hold it for long enough. */
class Sender {
  uploadedBytes = 0;
  sent = 0;

  constructor(readonly store: ContextStorePort) {}

  async send(key: string, body: Uint8Array): Promise<void> {
    const found = await this.store.stat(key);
    if (found && found.now - found.storedAt < RENEWED_AFTER_DAYS * DAY) return;
    await this.store.put(key, body);
    this.uploadedBytes += body.length;
    this.sent += 1;
  }
}

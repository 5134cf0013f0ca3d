/**
 * One apply or destroy of a name at a time: an object in the bootstrap's bucket, written only if there is none
 * (`If-None-Match: *`), and renewed while its holder lives. S3's clock decides when it is stale.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { messageOf, UnituneError } from "../../core/errors.ts";
import type { HeldLock, LockPort, LockRequest } from "../../core/ports.ts";
import { patientRetries } from "./clients.ts";
import type { Clients } from "./clients.ts";
import { calling, isAwsError, orNull, sortOf } from "./errors.ts";

interface LockOptions {
  readonly renewMs?: number;
  readonly staleMs?: number;
}

const RENEW_MS = 30_000;
const STALE_MS = 120_000;
/** Two writers at the same moment: S3 answers one of them with 409, and asks it to try again. */
const CONFLICT_MS = 300;

interface Found {
  readonly etag: string;
  readonly holder: string;
  /** By S3's clock. */
  readonly ageMs: number;
}

export function lock(
  clients: Clients,
  account: () => Promise<string>,
  { renewMs = RENEW_MS, staleMs = STALE_MS }: LockOptions = {},
): LockPort {
  return {
    acquire: async (request) => {
      const Bucket = `cdk-hnb659fds-assets-${await account()}-${clients.region}`,
        Key = `unitune/locks/${request.name}.json`;
      // Its own client, as an interrupt must not end the release.
      const { region, credentials, lastingHandler } = clients;
      const s3 = new S3Client({ region, credentials, requestHandler: lastingHandler, retryStrategy: patientRetries() });
      return await new Lock(s3, { Bucket, Key }, request).acquire(renewMs, staleMs);
    },
  };
}

class Lock {
  readonly #s3: S3Client;
  readonly #at: { readonly Bucket: string; readonly Key: string };
  readonly #request: LockRequest;
  readonly #lost = new AbortController();
  #etag = "";
  #writes = 0;
  #renewing: Promise<void> = Promise.resolve();

  constructor(s3: S3Client, at: { Bucket: string; Key: string }, request: LockRequest) {
    this.#s3 = s3;
    this.#at = at;
    this.#request = request;
  }

  async acquire(renewMs: number, staleMs: number): Promise<HeldLock | null> {
    const { Bucket, Key } = this.#at;
    return await calling("s3:PutObject", `${Bucket}/${Key}`, async () => {
      for (;;) {
        this.#request.signal.throwIfAborted();
        const written = await this.#write({ IfNoneMatch: "*" });
        if (written === "no bucket") return null;
        if (written === "written") return this.#held(renewMs);
        const found = await this.#find();
        if (!found) continue;
        if (found.ageMs < staleMs) throw this.#taken(found, staleMs);
        // Whoever is first takes over from a holder that is dead.
        if (await this.#write({ IfMatch: found.etag }) === "written") return this.#held(renewMs);
      }
    });
  }

  async #write(condition: { IfNoneMatch: string } | { IfMatch: string }): Promise<"written" | "taken" | "no bucket"> {
    // The number makes each write another object, with an ETag of its own.
    const Body = JSON.stringify({ holder: this.#request.holder, writes: ++this.#writes });
    try {
      const { ETag } = await this.#s3.send(new PutObjectCommand({ ...this.#at, ...condition, Body }));
      this.#etag = ETag ?? "";
      return "written";
    } catch (error) {
      if (isAwsError(error, "NoSuchBucket")) return "no bucket";
      if (isAwsError(error, "PreconditionFailed", "NoSuchKey")) return "taken";
      if (!isAwsError(error, "ConditionalRequestConflict")) throw error;
      await new Promise((resolve) => setTimeout(resolve, CONFLICT_MS));
      return "taken";
    }
  }

  async #find(): Promise<Found | null> {
    const command = new GetObjectCommand(this.#at);
    let now = Date.now();
    command.middlewareStack.add((next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      now = Date.parse(headers?.["date"] ?? "") || now;
      return result;
    }, { step: "deserialize", priority: "low", name: "storeClock" });
    const found = await orNull((error) => isAwsError(error, "NoSuchKey"), () => this.#s3.send(command));
    if (!found) return null;
    const holder = holderOf(await found.Body?.transformToString() ?? "");
    return { etag: found.ETag ?? "", holder, ageMs: now - (found.LastModified?.getTime() ?? 0) };
  }

  #taken({ holder, ageMs }: Found, staleMs: number): UnituneError {
    const { name, holder: own } = this.#request, seconds = Math.max(0, Math.round(ageMs / 1000));
    return new UnituneError("LOCKED", `Cannot ${own.split(" ")[0]} ${name} as another run changes it: ${holder}`, {
      path: `${this.#at.Bucket}/${this.#at.Key}`,
      hint: `Run the same command again when that run has ended. It was alive ${seconds} s ago; if it is dead, ` +
        `its lock is free ${Math.round(staleMs / 1000)} s after its last sign of life`,
    });
  }

  #held(renewMs: number): HeldLock {
    const timer = setInterval(() => this.#renewing = this.#renewing.then(() => this.#renew()), renewMs);
    // A lock must not keep a script running.
    Deno.unrefTimer(timer as unknown as number);
    return {
      lost: this.#lost.signal,
      release: async () => {
        clearInterval(timer);
        await this.#renewing;
        if (!this.#lost.signal.aborted) await this.#s3.send(new DeleteObjectCommand(this.#at));
        this.#s3.destroy();
      },
    };
  }

  /** An answer that AWS does not give now is no loss: the lock stands until it is stale. */
  async #renew(): Promise<void> {
    if (this.#lost.signal.aborted) return;
    try {
      if (await this.#write({ IfMatch: this.#etag }) !== "written") {
        this.#lost.abort(new DOMException("another run has taken over the lock", "AbortError"));
      }
    } catch (error) {
      if (sortOf(error)?.code !== "AWS_UNREACHABLE") this.#request.warn(`Cannot renew the lock: ${messageOf(error)}`);
    }
  }
}

function holderOf(body: string): string {
  try {
    const { holder } = JSON.parse(body) as { holder?: unknown };
    return typeof holder === "string" ? holder : "unknown";
  } catch {
    return "unknown";
  }
}

/**
 * Requests to one API server, by plain `fetch` with the cluster's CA: under Deno, the client library's own transport
 * misses the reset of a watch (2.0.1 never ends, 1.4.0 crashes the process).
 */
import { isUnituneError, messageOf } from "../../core/errors.ts";
import type { Clock } from "../../core/ports.ts";
import { systemClock } from "../clock.ts";
import { RequestWatch } from "../request_watch.ts";
import { errorOf, isBusy, KubeError, unreachable } from "./errors.ts";
import { type Line, linesOf } from "./lines.ts";
import { within } from "./within.ts";

export interface Connection {
  readonly endpoint: string;
  /** PEM, base64. */
  readonly caData: string;
  readonly token: () => Promise<string>;
  /** For the pauses between attempts. Default: the system's clock. */
  readonly clock?: Clock;
  readonly limits?: Partial<Limits>;
  readonly watch?: RequestWatch;
}

interface Limits {
  /** Milliseconds within which a request must be answered completely. */
  readonly answer: number;
  /** Milliseconds of silence after which a stream counts as broken: a dead connection reports nothing. */
  readonly silence: number;
  /** Milliseconds after which a request without an answer is not repeated any more. */
  readonly patience: number;
}

interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** Result of one attempt: a value, or an error and whether (and when) to try again. */
type Attempt<T> =
  | { readonly value: T }
  | { readonly error: unknown; readonly again: boolean; readonly after?: number };

const LIMITS: Limits = { answer: 30_000, silence: 75_000, patience: 60_000 };
/** How often a request is made that the server answers with an error. */
const TRIES = 5;
const FIRST_WAIT = 200;
const LONGEST_WAIT = 5_000;
const LONGEST_WISH = 10_000;
const TOKEN_KEPT = 60_000;

export class KubeHttp {
  readonly clock: Clock;
  readonly #connection: Connection;
  readonly #limits: Limits;
  readonly #client: Deno.HttpClient;
  readonly #watch: RequestWatch;
  #token: { readonly value: Promise<string>; readonly until: number } | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#limits = { ...LIMITS, ...connection.limits };
    this.clock = connection.clock ?? systemClock;
    this.#watch = connection.watch ?? new RequestWatch();
    // HTTP/1.1: a silently dead connection then breaks only one request, and not every later one, too.
    this.#client = Deno.createHttpClient({ caCerts: [atob(connection.caData)], http1: true, http2: false });
  }

  close(): void {
    this.#client.close();
  }

  /** Returns the answer's JSON. Retries if the server is busy or unreachable, and once with a new token. */
  json<T>(request: Request): Promise<T> {
    return this.#retrying(request, this.#limits.answer, async (response) => await response.json() as T);
  }

  /** The server's own time, in milliseconds. */
  now(): Promise<number> {
    return this.#retrying({ path: "/version" }, this.#limits.answer, async (response) => {
      await response.body?.cancel();
      return Date.parse(response.headers.get("date") ?? "");
    });
  }

  /** Yields the lines of a streamed answer as they arrive. Throws if it breaks or is silent for too long. */
  async *lines(request: Request): AsyncGenerator<Line> {
    const cut = new AbortController();
    const signal = request.signal ? AbortSignal.any([request.signal, cut.signal]) : cut.signal;
    try {
      const { silence } = this.#limits;
      const response = await this.#retrying({ ...request, signal }, silence, (response) => Promise.resolve(response));
      yield* linesOf(response, silence);
    } finally {
      cut.abort();
    }
  }

  async #retrying<T>(request: Request, limit: number, read: (response: Response) => Promise<T>): Promise<T> {
    const { host } = new URL(this.#connection.endpoint), long = limit !== this.#limits.answer;
    const watched = this.#watch.begin(host, { long });
    try {
      const value = await this.#persist(request, limit, read, (error) => watched.failed(messageOf(error)));
      watched.answered();
      return value;
    } catch (error) {
      if (error instanceof KubeError) watched.answered();
      throw error;
    } finally {
      watched.gaveUp();
    }
  }

  async #persist<T>(
    request: Request,
    limit: number,
    read: (response: Response) => Promise<T>,
    failed: (error: unknown) => void,
  ): Promise<T> {
    const giveUpAt = this.clock.now() + this.#limits.patience;
    let fresh = false;
    for (let attempt = 1;; attempt++) {
      const token = await this.#bearer(); // its failure has nothing to do with the API server
      const result = await this.#try(request, token, limit, read);
      if ("value" in result) return result.value;
      request.signal?.throwIfAborted();
      if (result.error instanceof KubeError && result.error.status === 401 && !fresh) {
        fresh = true;
        this.#token = undefined;
        continue;
      }
      const tired = result.error instanceof KubeError ? attempt >= TRIES : this.clock.now() >= giveUpAt;
      if (!result.again || tired) throw result.error;
      failed((result.error as Error).cause ?? result.error);
      const wait = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT);
      await this.clock.sleep(Math.min(result.after ?? wait, LONGEST_WISH), request.signal);
    }
  }

  async #try<T>(
    request: Request,
    token: string,
    limit: number,
    read: (response: Response) => Promise<T>,
  ): Promise<Attempt<T>> {
    const late = new AbortController();
    const signal = request.signal ? AbortSignal.any([request.signal, late.signal]) : late.signal;
    try {
      return await within(limit, async () => {
        const response = await this.#fetch(request, token, signal);
        if (response.ok) return { value: await read(response) };
        const error = await errorOf(response, request.method ?? "GET", request.path);
        const after = Number(response.headers.get("retry-after")) * 1000;
        return { error, again: isBusy(error, request.method), ...(after > 0 && { after }) };
      });
    } catch (error) {
      late.abort();
      if (isUnituneError(error)) throw error;
      return { error: unreachable(this.#connection.endpoint, error), again: true };
    }
  }

  async #fetch({ method = "GET", path, query = {}, body, contentType }: Request, token: string, signal: AbortSignal) {
    const url = new URL(`${this.#connection.endpoint}${path}`);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
    const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = contentType ?? "application/json";
    return await fetch(url, {
      method,
      headers,
      signal,
      client: this.#client,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** A token is valid for minutes and cheap to create: it is kept until it is refused, for a minute at most. */
  #bearer(): Promise<string> {
    if (this.#token && this.clock.now() < this.#token.until) return this.#token.value;
    const value = this.#connection.token();
    const kept = { value, until: this.clock.now() + TOKEN_KEPT };
    this.#token = kept;
    value.catch(() => {
      if (this.#token === kept) this.#token = undefined;
    });
    return value;
  }
}

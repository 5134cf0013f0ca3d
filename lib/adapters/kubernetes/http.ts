/**
 * Requests to one API server. Plain `fetch` with the cluster's CA: the client library's own transport loses resets of
 * a watch under Deno (2.0.1 never ends, 1.4.0 kills the process).
 */
import { EXIT, messageOf, UnituneError } from "../../core/errors.ts";

export interface Connection {
  readonly endpoint: string;
  /** PEM, base64. */
  readonly caData: string;
  readonly token: () => Promise<string>;
}

export interface Request {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** An answer that is no success: the API's own Status, and what it means for us. */
export class KubeError extends UnituneError {
  constructor(readonly status: number, code: string, message: string, path: string, hint?: string) {
    super(code, message, { path, hint, exit: EXIT.cluster });
  }
}

const CODES: Readonly<Record<number, string>> = {
  401: "KUBE_UNAUTHORIZED",
  403: "KUBE_FORBIDDEN",
  404: "KUBE_NOT_FOUND",
  409: "KUBE_ALREADY_EXISTS",
  410: "KUBE_EXPIRED",
  422: "KUBE_INVALID",
};
const HINTS: Readonly<Record<number, string>> = {
  401: "The cluster does not know the caller: run `unitune apply`, which makes its access entry",
  403: "The caller's access entry does not allow this",
};
const TRIES = 5;

export class KubeHttp {
  readonly #connection: Connection;
  readonly #client: Deno.HttpClient;
  #token: Promise<string> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#client = Deno.createHttpClient({ caCerts: [atob(connection.caData)] });
  }

  close(): void {
    this.#client.close();
  }

  async json<T>(request: Request): Promise<T> {
    return await (await this.send(request)).json() as T;
  }

  /** Sends; asks again when the server is busy or gone, and once with a new token. */
  async send(request: Request): Promise<Response> {
    for (let attempt = 1;; attempt++) {
      try {
        const response = await this.#once(request);
        if (response.ok) return response;
        const error = await errorOf(response, request);
        if (response.status === 401 && attempt === 1) this.#token = undefined;
        else if (!isBusy(response.status) || attempt >= TRIES) throw error;
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof KubeError) throw error;
        if (attempt >= TRIES) throw unreachable(this.#connection.endpoint, error);
      }
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** (attempt - 1)));
    }
  }

  async #once({ method = "GET", path, query = {}, body, contentType, signal }: Request): Promise<Response> {
    const url = new URL(`${this.#connection.endpoint}${path}`);
    for (const [key, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(key, value);
    const headers: Record<string, string> = {
      accept: "application/json",
      authorization: `Bearer ${await this.#bearer()}`,
    };
    if (body !== undefined) headers["content-type"] = contentType ?? "application/json";
    return await fetch(url, {
      method,
      headers,
      client: this.#client,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  }

  /** A token lives for minutes and costs nothing to make: it is kept until it is refused, a minute at most. */
  #bearer(): Promise<string> {
    if (this.#token) return this.#token;
    const made = this.#connection.token();
    this.#token = made;
    const forget = () => {
      if (this.#token === made) this.#token = undefined;
    };
    Deno.unrefTimer(setTimeout(forget, 60_000) as unknown as number);
    made.catch(forget);
    return made;
  }
}

function isBusy(status: number): boolean {
  return status === 429 || status >= 500;
}

async function errorOf(response: Response, { method = "GET", path }: Request): Promise<KubeError> {
  const text = await response.text();
  let message = text.slice(0, 500);
  try {
    message = (JSON.parse(text) as { message?: string }).message ?? message;
  } catch {
    // Not a Status: a proxy's page, or nothing at all.
  }
  const { status } = response;
  const code = CODES[status] ?? "KUBE_CALL";
  return new KubeError(status, code, `Cannot ${method} ${path}: ${status} ${message}`, path, HINTS[status]);
}

function unreachable(endpoint: string, cause: unknown): UnituneError {
  return new UnituneError("KUBE_UNREACHABLE", `Cannot reach the API server ${endpoint}: ${messageOf(cause)}`, {
    path: endpoint,
    hint:
      "A private endpoint answers only inside its network; a public one only to the ranges of cluster.endpoint.publicFrom",
    exit: EXIT.cluster,
    cause,
  });
}

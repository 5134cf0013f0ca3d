/**
 * Sends the SDK's requests by `fetch`, for unitune's own clients and for the CDK toolkit: node:http of older Deno
 * versions breaks keep-alive and `Expect`, and never reports a connection that is closed before its answer.
 * A request without an answer is repeated for minutes; all other errors are the SDK's to judge.
 */
import { FetchHttpHandler } from "@smithy/fetch-http-handler";
import type { HttpRequest, HttpResponse } from "@smithy/protocol-http";
import { messageOf } from "../../core/errors.ts";
import { systemClock } from "../clock.ts";
import { RequestWatch } from "../request_watch.ts";
import type { ServerClock } from "./server_clock.ts";
import { pageTitle } from "./web_page.ts";

/** Name of the error when there was no answer. */
export const NO_ANSWER = "NoAnswer";
/** Name of the error when something that is not AWS answered. */
export const WEB_PAGE = "WebPage";

/** Milliseconds; tests pass their own. */
interface Limits {
  /** Within which an attempt must be answered completely. */
  readonly answer: number;
  /** Of waiting, after which an unanswered request is not repeated any more. A machine that slept has not waited. */
  readonly patience: number;
}

/** Uploading a large part over a slow connection takes time. */
const LIMITS: Readonly<Record<Purpose, Limits>> = {
  calls: { answer: 30_000, patience: 150_000 },
  uploads: { answer: 10 * 60_000, patience: 150_000 },
};
const FIRST_WAIT = 200;
const LONGEST_WAIT = 5_000;
/** A body of this size takes a while on a slow connection. */
const LONG_BODY = 1024 * 1024;

type Purpose = "calls" | "uploads";

interface TransportOptions {
  readonly watch?: RequestWatch | undefined;
  /** Ends every request. */
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Limits | undefined;
  readonly clock?: ServerClock | undefined;
}

interface HandlerOptions {
  readonly abortSignal?: AbortSignal;
}

export function transport(purpose: Purpose, options: TransportOptions = {}): FetchHttpHandler {
  return new Transport(options.limits ?? LIMITS[purpose], options);
}

class Transport extends FetchHttpHandler {
  readonly #limits: Limits;
  readonly #watch: RequestWatch;
  readonly #signal: AbortSignal | undefined;
  readonly #clock: ServerClock | undefined;

  constructor(limits: Limits, { watch = new RequestWatch(), signal, clock }: TransportOptions) {
    super({ customFetch: answered });
    this.#limits = limits;
    this.#watch = watch;
    this.#signal = signal;
    this.#clock = clock;
  }

  override async handle(
    request: HttpRequest,
    { abortSignal }: HandlerOptions = {},
  ): Promise<{ response: HttpResponse }> {
    const signals = [abortSignal, this.#signal].filter((signal) => signal !== undefined);
    const ends = AbortSignal.any(signals), long = lengthOf(request.body) > LONG_BODY;
    const { answer: limit, patience } = this.#limits, watched = this.#watch.begin(request.hostname, { long });
    try {
      for (let attempt = 0, waited = 0;; attempt++) {
        const began = Date.now();
        try {
          const answer = await this.#attempt(request, ends);
          watched.answered();
          this.#clock?.see(answer.response.headers["date"]);
          return answer;
        } catch (error) {
          const pause = Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_WAIT);
          waited += Math.min(Date.now() - began, limit) + pause;
          if (ends.aborted || !isSilence(error) || !isRepeatable(request.body) || waited >= patience) throw error;
          watched.failed(messageOf(error));
          await systemClock.sleep(pause, ends);
        }
      }
    } finally {
      watched.gaveUp();
    }
  }

  async #attempt(request: HttpRequest, ends: AbortSignal): Promise<{ response: HttpResponse }> {
    const late = new AbortController(), { answer } = this.#limits;
    const timer = setTimeout(() => late.abort(), answer);
    try {
      return await super.handle(request, { abortSignal: AbortSignal.any([ends, late.signal]) });
    } catch (error) {
      if (!late.signal.aborted || ends.aborted) throw error;
      throw named(NO_ANSWER, `no answer within ${answer / 1000} s`);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Returns the whole answer of AWS, or throws. */
async function answered(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    const { status, statusText, headers, body } = await fetch(input, init).then(whole);
    const page = pageTitle(headers.get("content-type"), body);
    if (page === null) return new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
    // A gateway that is out of service answers with a page, too: the next attempt may reach AWS.
    throw named(
      status >= 500 ? NO_ANSWER : WEB_PAGE,
      `a web page answered${page && ` ("${page}")`} with HTTP ${status}`,
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Without the cause: the SDK would find a code in it and start all over again.
    throw named(/proxy auth/i.test(error.message) ? WEB_PAGE : NO_ANSWER, reasonOf(error.message));
  }
}

/** Deno's message without the addresses: the host is told anyway. */
function reasonOf(message: string): string {
  return message.replace(/^error sending request .*?: (?=client error)/, "").replace(/^client error \(\w+\): /, "");
}

async function whole(response: Response) {
  const { status, statusText, headers } = response;
  return { status, statusText, headers, body: await response.arrayBuffer() };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function isSilence(error: unknown): boolean {
  return (error as Error).name === NO_ANSWER;
}

/** A stream can be read only once. */
function isRepeatable(body: unknown): boolean {
  return body === undefined || body === null || typeof body === "string" || body instanceof Uint8Array ||
    body instanceof ArrayBuffer;
}

function lengthOf(body: unknown): number {
  if (typeof body === "string") return body.length;
  return body instanceof Uint8Array || body instanceof ArrayBuffer ? body.byteLength : 0;
}

/** Watches requests: tells a person which host does not answer, for how long, why, and when it answers again. */

/** When a silence is told, in milliseconds since the request began. */
interface Pace {
  readonly first: number;
  readonly second: number;
  /** Between any two later messages. */
  readonly later: number;
}

const PACE: Pace = { first: 5_000, second: 10_000, later: 30_000 };

interface Silence {
  readonly since: number;
  readonly waiting: Set<WatchedRequest>;
  reason: string;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** One request and all its attempts. It ends with `answered` or `gaveUp`. */
interface WatchedRequest {
  /** An attempt got no answer. */
  failed(reason: string): void;
  answered(): void;
  gaveUp(): void;
}

interface WatchOptions {
  /** For a request that takes long by nature: only a failed attempt counts as silence. Default: `false`. */
  readonly long?: boolean | undefined;
}

export class RequestWatch {
  readonly #tell: (message: string) => void;
  readonly #pace: Pace;
  /** By host. */
  readonly #silences = new Map<string, Silence>();
  #running = 0;
  #movedAt = Date.now();

  constructor(tell: (message: string) => void = () => undefined, pace: Pace = PACE) {
    this.#tell = tell;
    this.#pace = pace;
  }

  /** How many milliseconds ago the last request ended; 0 while one is under way. */
  get idleMs(): number {
    return this.#running > 0 ? 0 : Date.now() - this.#movedAt;
  }

  begin(host: string, { long = false }: WatchOptions = {}): WatchedRequest {
    const since = Date.now();
    let timer: ReturnType<typeof setTimeout> | undefined, ended = false, reason = "";
    const wait = () => timer ??= setTimeout(() => this.#overdue(host, request, { since, reason }), this.#pace.first);
    const end = (answered: boolean) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      this.#running -= 1;
      this.#movedAt = Date.now();
      this.#settle(host, request, answered);
    };
    const request: WatchedRequest = {
      failed: (why) => {
        reason = why;
        wait();
        const silence = this.#silences.get(host);
        if (silence?.waiting.has(request)) silence.reason = why;
      },
      answered: () => end(true),
      gaveUp: () => end(false),
    };
    this.#running += 1;
    if (!long) wait();
    return request;
  }

  #overdue(host: string, request: WatchedRequest, { since, reason }: { since: number; reason: string }): void {
    const known = this.#silences.get(host);
    if (known) {
      known.waiting.add(request);
      return;
    }
    const silence: Silence = { since, waiting: new Set([request]), reason, timer: undefined };
    this.#silences.set(host, silence);
    this.#tell(`waiting for ${host}${because(silence)}`);
    this.#repeat(host, silence, this.#pace.second - this.#pace.first);
  }

  #repeat(host: string, silence: Silence, milliseconds: number): void {
    silence.timer = setTimeout(() => {
      this.#tell(`no answer from ${host} for ${secondsSince(silence.since)} s${because(silence)}; trying again`);
      this.#repeat(host, silence, this.#pace.later);
    }, milliseconds);
  }

  #settle(host: string, request: WatchedRequest, answered: boolean): void {
    const silence = this.#silences.get(host);
    if (!silence?.waiting.delete(request) || silence.waiting.size > 0) return;
    clearTimeout(silence.timer);
    this.#silences.delete(host);
    if (answered) this.#tell(`${host} answered after ${secondsSince(silence.since)} s`);
  }
}

function because({ reason }: Silence): string {
  return reason && `: ${reason}`;
}

function secondsSince(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

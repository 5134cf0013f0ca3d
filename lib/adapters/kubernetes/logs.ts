/**
 * Reads a container's log, line by line, to its end. A broken connection neither loses nor repeats a line; where the node
 * has put the lines away meanwhile, a line says so.
 */
import { messageOf, UnituneError } from "../../core/errors.ts";
import type { Kube } from "../../core/kube.ts";
import { containerStatuses } from "../../core/pods.ts";
import { isPassing, KubeError } from "./errors.ts";
import type { KubeHttp } from "./http.ts";
import { SeenLines } from "./seen_lines.ts";

type State = "waiting" | "running" | "ended" | "never";

/** The pause between two checks of a container that has not started, and between two attempts to read its log. */
const PAUSE = 300;
/** Attempts, without a new line, to read the log of an ended container: its node may be gone, and the log with it. */
const LAST_TRIES = 5;
/** Stands where lines may be missing. */
const GAP = "[the node began a new log file while the connection was broken: lines before this one may be missing]";
const STAMPED = /^(\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;

export async function* followLog(
  http: KubeHttp,
  pod: string,
  container: string,
  namespace: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  const seen = new SeenLines();
  let state: State | undefined, failures = 0;
  while (!signal.aborted) {
    try {
      state = await containerState(http, path, container, signal);
      if (state === "never") return;
      if (state !== "waiting") {
        for await (const line of newLines(http, path, container, seen, state === "ended", signal)) {
          failures = 0;
          yield line;
        }
        // The container ended before the request, so this was the whole log.
        if (state === "ended") return;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (state !== undefined && isMissing(error)) return; // the pod is gone, and its log with it
      if (state === undefined || !mayPass(error)) throw error;
      if (state === "ended" && ++failures >= LAST_TRIES) throw lost(`${namespace}/${pod}`, container, error);
    }
    await http.clock.sleep(PAUSE, signal).catch(() => undefined);
  }
}

export async function tailLog(
  http: KubeHttp,
  pod: string,
  container: string,
  namespace: string,
  lines: number,
): Promise<string[]> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
  const read = await Array.fromAsync(http.lines({ path, query: { container, tailLines: String(lines) } }));
  return read.map(({ text }) => text);
}

/** Yields the lines of one request that are new. */
async function* newLines(
  http: KubeHttp,
  path: string,
  container: string,
  seen: SeenLines,
  ended: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let isFirst = true;
  const query = { container, follow: ended ? undefined : "true", timestamps: "true", sinceTime: seen.resume() };
  for await (const { text: line, whole } of http.lines({ path: `${path}/log`, query, signal })) {
    // The next request reads half a line of a growing log again, completely.
    if (!whole && !ended) return;
    const [, stamp, text] = STAMPED.exec(line) ?? [];
    // A line without a time is from the node: it cannot read the log now.
    if (stamp === undefined || text === undefined) throw new Error(line);
    if (isFirst && seen.isGap(line)) yield GAP;
    isFirst = false;
    if (seen.isNew(stamp, line)) yield text;
  }
}

/** A 400 says that the container has not started. Its state then decides what to do. */
function mayPass(error: unknown): boolean {
  return isPassing(error) || (error instanceof KubeError && error.status === 400);
}

function isMissing(error: unknown): boolean {
  return error instanceof KubeError && error.status === 404;
}

function lost(pod: string, container: string, cause: unknown): UnituneError {
  return new UnituneError("KUBE_LOG_LOST", `Cannot read the log of ${pod} (${container}): ${messageOf(cause)}`, {
    path: pod,
    hint: "The container ended, and its node no longer returns the log",
    cause,
  });
}

async function containerState(http: KubeHttp, path: string, container: string, signal: AbortSignal): Promise<State> {
  const pod = await http.json<Kube<"Pod">>({ path, signal }), phase = pod.status?.phase;
  const state = containerStatuses(pod).find(({ name }) => name === container)?.state;
  if (state?.terminated) return "ended";
  if (state?.running) return "running";
  // A pod that ended without starting this container (evicted, an init container failed) never will.
  return phase === "Failed" || phase === "Succeeded" ? "never" : "waiting";
}

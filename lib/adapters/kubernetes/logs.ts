/** A container's log, line by line, to its end; a cut connection neither loses nor repeats a line. */
import type { KubeObject } from "../../core/ports.ts";
import { KubeError, type KubeHttp } from "./http.ts";
import { linesOf } from "./lines.ts";

interface Status {
  readonly name: string;
  readonly state?: { readonly running?: unknown; readonly terminated?: unknown };
}

const STAMPED = /^(\S+Z) ?(.*)$/s;

export async function* followLog(
  http: KubeHttp,
  pod: string,
  container: string,
  namespace: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  // The last moment seen, and how many lines of it: the server resumes at whole seconds.
  let last = "", sameMoment = 0;
  while (!signal.aborted) {
    const state = await containerState(http, path, container, signal);
    if (state === "gone") return;
    if (state === "waiting") {
      await pause(signal);
      continue;
    }
    const resumed = last, already = sameMoment;
    let skip = already;
    for await (const line of stampedLines(http, path, container, last, signal)) {
      const [, stamp, text] = STAMPED.exec(line) ?? [];
      if (stamp === undefined || text === undefined) continue;
      if (resumed && stamp < resumed) continue;
      if (stamp === resumed && skip > 0) {
        skip--;
        continue;
      }
      sameMoment = stamp === last ? sameMoment + 1 : 1;
      last = stamp;
      yield text;
    }
    // Ended before it was read: then the stream ended because the log did.
    if (state === "ended") return;
  }
}

async function* stampedLines(http: KubeHttp, path: string, container: string, since: string, signal: AbortSignal) {
  try {
    const response = await http.send({
      path: `${path}/log`,
      query: {
        container,
        follow: "true",
        timestamps: "true",
        sinceTime: since ? `${since.slice(0, 19)}Z` : undefined,
      },
      signal,
    });
    yield* linesOf(response);
  } catch (error) {
    if (error instanceof KubeError && error.status !== 400 && error.status !== 404) throw error;
    if (!signal.aborted) await pause(signal); // cut, or not to be read yet: the container's state decides
  }
}

async function containerState(http: KubeHttp, path: string, container: string, signal: AbortSignal) {
  try {
    const { status } = await http.json<KubeObject>({ path, signal });
    const all: Status[] = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const state = all.find(({ name }) => name === container)?.state;
    return state?.terminated ? "ended" : state?.running ? "running" : "waiting";
  } catch (error) {
    if (signal.aborted || (error instanceof KubeError && error.status === 404)) return "gone";
    throw error;
  }
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 300);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

/** An API server on loopback that answers as a test tells it to: for the wire's accidents, which no real one has to order. */
import type { Clock } from "../../../lib/core/ports.ts";
import { kubernetes } from "../../../lib/adapters/kubernetes/mod.ts";

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string;
}

/** Answers a call; `undefined` stands for 404. */
export type Answer = (call: Call) => Response | undefined | Promise<Response | undefined>;

const CORE = [
  { name: "pods", kind: "Pod", namespaced: true },
  { name: "pods/log", kind: "Pod", namespaced: true },
  { name: "configmaps", kind: "ConfigMap", namespaced: true },
  { name: "namespaces", kind: "Namespace", namespaced: false },
];

export const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...headers } });

export const status = (code: number, reason: string, message: string): Response =>
  json({ code, reason, message }, code);

/** A body that gives its parts and then ends, is cut, or stays silent. */
export function stream(parts: readonly string[], end: "end" | "cut" | "silence"): Response {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const left = [...parts];
  const body = new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part !== undefined) return controller.enqueue(new TextEncoder().encode(part));
      // Every part was taken from the queue, which a cut would empty. Later, as the last one is still on its way.
      return new Promise((resolve) => {
        timer = setTimeout(() => {
          if (end === "end") controller.close();
          if (end === "cut") controller.error(new Error("cut by the test"));
          resolve();
        }, 20);
      });
    },
    cancel: () => clearTimeout(timer),
  });
  return new Response(body);
}

/** Waits that take no time; they are counted. */
function impatient(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  const sleep = async (milliseconds: number, signal?: AbortSignal) => {
    slept.push(milliseconds);
    await new Promise((resolve) => setTimeout(resolve, 1));
    signal?.throwIfAborted();
  };
  return { now: () => Date.now(), sleep, slept };
}

/** Serves `answer` (discovery of the core group is answered already) and hands in an adapter that speaks to it. */
export async function serving(
  answer: Answer,
  use: (world: {
    readonly kube: ReturnType<typeof kubernetes>;
    readonly calls: readonly Call[];
    readonly slept: readonly number[];
  }) => Promise<void>,
  options: { token?: () => Promise<string> } = {},
): Promise<void> {
  const calls: Call[] = [];
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: () => {},
    onError: () => status(500, "", "test"),
  }, async (request) => {
    const { pathname: path, searchParams: query } = new URL(request.url);
    if (path === "/api/v1") return json({ resources: CORE });
    const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    const call = { method: request.method, path, query, token };
    calls.push(call);
    return await answer(call) ?? status(404, "NotFound", `${path} not found`);
  });
  const clock = impatient();
  const kube = kubernetes({
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    caData: "",
    token: options.token ?? (() => Promise.resolve("token")),
    clock,
    limits: { answer: 300, silence: 300, patience: 2_000 },
  });
  try {
    await use({ kube, calls, slept: clock.slept });
  } finally {
    kube.close();
    await server.shutdown();
  }
}

/**
 * Traces of a run for OpenTelemetry, by OTLP over HTTP. The switch and the settings are those of Deno's own support,
 * which a compiled program lacks: `deno compile` fixes at that time whether it is on.
 */
import { randomBytes } from "node:crypto";
import { messageOf } from "../../core/errors.ts";
import type { Host } from "../../core/events.ts";
import { VERSION } from "../../core/version.ts";
export type { RunEnd } from "./spans.ts";

import { attributesOf, type RunEnd, type Span, SpanRecorder, traceParentOf } from "./spans.ts";

/** A run that is traced. */
export interface Tracing {
  /** The host, with every event noted on the way. */
  readonly through: (host: Host) => Host;
  /** Sends the trace; returns why it could not be sent, or `null`. */
  readonly end: (end: RunEnd) => Promise<string | null>;
}

type Env = (name: string) => string | undefined;

/** A collector that does not answer must not hold the end of a command. */
const LIMIT_MS = 10_000;

/** `name`: what the whole run is called. */
export function startTracing(name: string, env: Env): Tracing {
  const newId = () => randomBytes(8).toString("hex");
  const recorder = new SpanRecorder(name, Date.now(), newId, traceParentOf(env("TRACEPARENT")));
  return {
    through: (host) => ({
      ...host,
      emit: (event) => {
        recorder.record(event);
        host.emit(event);
      },
    }),
    end: async (end) => {
      const url = endpointOf(env);
      try {
        await send(url, recorder.finish(end), env);
        return null;
      } catch (error) {
        return `Cannot send the trace to ${url}: ${messageOf(error)}`;
      }
    },
  };
}

/** As OTLP's specification has it: the one for traces as it is, the one for all signals with a path. */
function endpointOf(env: Env): string {
  const base = env("OTEL_EXPORTER_OTLP_ENDPOINT") || "http://localhost:4318";
  return env("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") || `${base.replace(/\/+$/, "")}/v1/traces`;
}

async function send(url: string, spans: readonly Span[], env: Env): Promise<void> {
  const service = env("OTEL_SERVICE_NAME");
  const resource = {
    "service.name": "unitune",
    "service.version": VERSION,
    ...pairsOf(env("OTEL_RESOURCE_ATTRIBUTES")),
    ...service && { "service.name": service },
  };
  const scopeSpans = [{ scope: { name: "unitune", version: VERSION }, spans }];
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans }] });
  const headers = pairsOf(env("OTEL_EXPORTER_OTLP_TRACES_HEADERS") || env("OTEL_EXPORTER_OTLP_HEADERS"));
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answers ${response.status}`);
}

/** `key=value,other=value`, with values that are percent-encoded. */
function pairsOf(text = ""): Record<string, string> {
  return Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const [key = "", ...value] = pair.split("=");
      return key.trim() === "" ? [] : [[key.trim(), decoded(value.join("=").trim())]];
    }),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The switch of traces: their code is loaded only when they are on. */
import type { Tracing } from "./mod.ts";

export type { RunEnd, Tracing } from "./mod.ts";

/** Traces a run, if `OTEL_DENO` says so; `null` otherwise. `name`: what the whole run is called. */
export async function startTracing(
  name: string,
  env: (name: string) => string | undefined,
): Promise<Tracing | null> {
  if (!isTrue(env("OTEL_DENO")) || isTrue(env("OTEL_SDK_DISABLED"))) return null;
  return (await import("./mod.ts")).startTracing(name, env);
}

function isTrue(value: string | undefined): boolean {
  return value === "true" || value === "1";
}

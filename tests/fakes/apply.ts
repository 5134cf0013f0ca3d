/** Server-side apply over plain data, as far as the fake needs it: objects are merged, lists replaced. */
import type { KubeObject } from "../../lib/core/ports.ts";

type Data = Record<string, unknown>;

const isData = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);

/** `live` with all that `intent` says. */
export function merged<T extends KubeObject>(live: T, intent: KubeObject): T {
  return merge(live, intent) as T;
}

function merge(live: unknown, intent: unknown): unknown {
  if (!isData(live) || !isData(intent)) return intent;
  const result: Data = { ...live };
  for (const [key, value] of Object.entries(intent)) result[key] = merge(live[key], value);
  return result;
}

/** `live` without the fields that were applied before and are so no more. */
export function withoutDropped<T extends KubeObject>(live: T, before: KubeObject | undefined, now: KubeObject): T {
  return (before ? drop(live, before, now) : live) as T;
}

function drop(live: unknown, before: unknown, now: unknown): unknown {
  if (!isData(live) || !isData(before)) return live;
  const result: Data = { ...live };
  for (const [key, value] of Object.entries(before)) {
    const kept = isData(now) ? now[key] : undefined;
    if (kept !== undefined || isData(value)) result[key] = drop(live[key], value, kept);
    else delete result[key];
    if (isData(result[key]) && kept === undefined && Object.keys(result[key]).length === 0) delete result[key];
  }
  return result;
}

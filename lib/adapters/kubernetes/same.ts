import type { KubeObject } from "../../core/kube.ts";

/** What the server keeps for itself: it moves without anybody's wish. */
const OWN = ["managedFields", "resourceVersion", "generation"];

/** Are two states of an object the same, but for the server's own bookkeeping and its status? */
export function sameObject(a: KubeObject, b: KubeObject): boolean {
  return canonical(bare(a)) === canonical(bare(b));
}

function bare(object: KubeObject): unknown {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !OWN.includes(key)));
  const { status: _, ...rest } = object;
  return { ...rest, metadata };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join()}}`;
}

import type { KubeObject } from "../../core/kube.ts";

/** Fields that the server maintains: they change by themselves. */
const OWN = ["managedFields", "resourceVersion", "generation"];

/** Whether two states of an object are the same, apart from the server's own fields and the status. */
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

/** A watch that goes on over cut connections and expired versions, until its signal. */
import type { KubeObject, KubeSelector, WatchEvent } from "../../core/ports.ts";
import { KubeError, type KubeHttp } from "./http.ts";
import type { Kinds } from "./kinds.ts";
import { linesOf } from "./lines.ts";

interface List {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: KubeObject[];
}

export async function listObjects(http: KubeHttp, kinds: Kinds, selector: KubeSelector, signal?: AbortSignal) {
  const { apiVersion, kind, namespace, labels, fields } = selector;
  const list = await http.json<List>({
    path: await kinds.path(selector, namespace),
    query: { labelSelector: labels, fieldSelector: fields },
    ...(signal && { signal }),
  });
  // Items of a list do not say what they are.
  const items = list.items.map((item) => ({ ...item, apiVersion, kind }));
  return { version: list.metadata.resourceVersion, items };
}

export async function* watchObjects(
  http: KubeHttp,
  kinds: Kinds,
  selector: KubeSelector,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const known = new Map<string, KubeObject>();
  const key = ({ metadata }: KubeObject) => `${metadata.namespace ?? ""}/${metadata.name}`;
  while (!signal.aborted) {
    try {
      const { version, items } = await listObjects(http, kinds, selector, signal);
      const now = new Map(items.map((item) => [key(item), item]));
      for (const [name, object] of known) {
        if (!now.has(name)) yield { type: "DELETED", object };
      }
      for (const [name, object] of now) {
        const before = known.get(name);
        if (before?.metadata["resourceVersion"] === object.metadata["resourceVersion"]) continue;
        yield { type: before ? "MODIFIED" : "ADDED", object };
      }
      known.clear();
      now.forEach((object, name) => known.set(name, object));
      for await (const event of follow(http, kinds, selector, version, signal)) {
        if (event.type === "DELETED") known.delete(key(event.object));
        else known.set(key(event.object), event.object);
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      // An expired version is answered by a new list; any other refusal is the caller's to know.
      if (!(error instanceof KubeError && error.status === 410)) throw error;
    }
  }
}

async function* follow(
  http: KubeHttp,
  kinds: Kinds,
  selector: KubeSelector,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { namespace, labels, fields } = selector;
  const response = await http.send({
    path: await kinds.path(selector, namespace),
    query: {
      watch: "1",
      resourceVersion: version,
      allowWatchBookmarks: "true",
      timeoutSeconds: "240",
      labelSelector: labels,
      fieldSelector: fields,
    },
    signal,
  });
  try {
    for await (const line of linesOf(response)) {
      const event = JSON.parse(line) as { type: string; object: KubeObject & { code?: number; message?: string } };
      if (event.type === "ERROR") return; // listed again by the caller
      if (event.type !== "BOOKMARK") yield event as WatchEvent;
    }
  } catch (error) {
    // A cut connection, or half a line of one: the list that follows tells what was missed.
    if (error instanceof KubeError) throw error;
  }
}

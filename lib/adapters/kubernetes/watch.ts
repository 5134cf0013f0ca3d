/** A watch that survives broken connections and expired versions, until its signal aborts. */
import type { KubeObject, ObjectOf } from "../../core/kube.ts";
import type { KubeSelector, WatchEvent } from "../../core/kube_port.ts";
import { isPassing, KubeError, statusError } from "./errors.ts";
import type { KubeHttp } from "./http.ts";
import type { Kinds } from "./kinds.ts";

interface List<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

type WatchedEvent<T extends KubeObject> = WatchEvent<T> | { readonly type: "BOOKMARK"; readonly object: T };

type RawEvent<T extends KubeObject> =
  | WatchedEvent<T>
  | { readonly type: "ERROR"; readonly object: { readonly code: number; readonly message?: string } };

const EXPIRED = 410;
const FIRST_WAIT = 100;
const LONGEST_WAIT = 5_000;

export async function listObjects<S extends KubeSelector>(
  http: KubeHttp,
  kinds: Kinds,
  selector: S,
  signal?: AbortSignal,
): Promise<{ readonly version: string; readonly items: readonly ObjectOf<S>[] }> {
  const { apiVersion, kind, namespace, labels, fields } = selector;
  const list = await http.json<List<ObjectOf<S>>>({
    path: await kinds.path(selector, namespace),
    query: { labelSelector: labels, fieldSelector: fields },
    ...(signal && { signal }),
  });
  // Items of a list have no kind.
  const items = list.items.map((item) => ({ ...item, apiVersion, kind }));
  return { version: list.metadata.resourceVersion, items };
}

export async function* watchObjects<S extends KubeSelector>(
  http: KubeHttp,
  kinds: Kinds,
  selector: S,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<ObjectOf<S>>> {
  const known = new Map<string, ObjectOf<S>>();
  let version: string | undefined, begun = false, failures = 0;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await listObjects(http, kinds, selector, signal);
        begun = true;
        yield* differences(known, list.items);
        version = list.version;
      }
      for await (const event of follow(http, kinds, selector, version, signal)) {
        failures = 0;
        version = versionOf(event.object);
        if (event.type === "BOOKMARK") continue;
        if (event.type === "DELETED") known.delete(keyOf(event.object));
        else known.set(keyOf(event.object), event.object);
        yield event;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof KubeError && error.status === EXPIRED) version = undefined;
      else if (!begun || !isPassing(error)) throw error;
    }
    // Avoid a tight loop if the server keeps ending the watch at once.
    await http.clock.sleep(Math.min(FIRST_WAIT * 2 ** failures++, LONGEST_WAIT), signal).catch(() => undefined);
  }
}

/** Yields what happened between the last event and this list. Afterwards, `known` equals the list. */
function* differences<T extends KubeObject>(known: Map<string, T>, items: readonly T[]): Generator<WatchEvent<T>> {
  const now = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, object] of [...known]) {
    if (now.has(key)) continue;
    known.delete(key);
    yield { type: "DELETED", object };
  }
  for (const [key, object] of now) {
    const before = known.get(key);
    known.set(key, object);
    if (before && versionOf(before) === versionOf(object)) continue;
    yield { type: before ? "MODIFIED" : "ADDED", object };
  }
}

/** Yields the events of one request. Ends when the server ends it, and throws if the connection breaks. */
async function* follow<S extends KubeSelector>(
  http: KubeHttp,
  kinds: Kinds,
  selector: S,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<WatchedEvent<ObjectOf<S>>> {
  const { namespace, labels, fields } = selector;
  const path = await kinds.path(selector, namespace);
  const query = {
    watch: "1",
    resourceVersion: version,
    allowWatchBookmarks: "true",
    timeoutSeconds: "240",
    labelSelector: labels,
    fieldSelector: fields,
  };
  for await (const { text, whole } of http.lines({ path, query, signal })) {
    if (!whole) return; // half an event from a broken connection
    const event = JSON.parse(text) as RawEvent<ObjectOf<S>>;
    if (event.type === "ERROR") throw statusError(event.object.code, event.object, text, "GET", path);
    yield event;
  }
}

/** The uid distinguishes an object from a later one of the same name. */
function keyOf({ metadata }: KubeObject): string {
  return metadata.uid ?? `${metadata.namespace ?? ""}/${metadata.name}`;
}

function versionOf({ metadata }: KubeObject): string {
  return String(metadata.resourceVersion);
}

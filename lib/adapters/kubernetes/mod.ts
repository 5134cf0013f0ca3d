/** The KubePort of a real API server. */
import { CLUSTER } from "../../core/pins.ts";
import { type KubeObject, type KubeRef, type ObjectOf, refOf } from "../../core/kube.ts";
import { foreignFields, objectChanges } from "../../core/kube_fields.ts";
import { isOurs, notOurs } from "../../core/kube_owner.ts";
import type { Applied, ApplyOptions, KubePort } from "../../core/kube_port.ts";
import { KubeError } from "./errors.ts";
import { type Connection, KubeHttp } from "./http.ts";
import { Kinds } from "./kinds.ts";
import { followLog, tailLog } from "./logs.ts";
import { sameObject } from "./same.ts";
import { listObjects, watchObjects } from "./watch.ts";

export function kubernetes(connection: Connection): KubePort & { close(): void } {
  const http = new KubeHttp(connection);
  const kinds = new Kinds(http);
  const get = async <const R extends KubeRef>(ref: R): Promise<ObjectOf<R> | null> => {
    if (!(await kinds.has(ref))) return null;
    return await orNull(async () => http.json<ObjectOf<R>>({ path: await kinds.path(ref, ref.namespace, ref.name) }));
  };
  return {
    close: () => http.close(),
    get,
    apply: (object, options = {}) => apply(object, options, http, kinds, get),
    create: async <T extends KubeObject>(object: T) => {
      return await http.json<T>({
        method: "POST",
        path: await kinds.path(object, object.metadata.namespace),
        query: { fieldManager: CLUSTER.fieldManager },
        body: object,
      });
    },
    list: async (selector) => {
      return await kinds.has(selector) ? (await listObjects(http, kinds, selector)).items : [];
    },
    remove: async (ref) => {
      if (!(await kinds.has(ref))) return false;
      const path = await kinds.path(ref, ref.namespace, ref.name);
      const removed = await orNull(() =>
        http.json({ method: "DELETE", path, body: { propagationPolicy: "Foreground" } })
      );
      return removed !== null;
    },
    watch: (selector, signal) => watchObjects(http, kinds, selector, signal),
    logs: (pod, container, namespace, signal) => followLog(http, pod, container, namespace, signal),
    tail: (pod, container, namespace, lines) => tailLog(http, pod, container, namespace, lines),
    now: () => http.now(),
    version: async () => (await http.json<{ gitVersion: string }>({ path: "/version" })).gitVersion,
  };
}

/** Server-side apply; an object with our label never takes over one without. The returned action is derived from the object before and after. */
async function apply(
  object: KubeObject,
  { dryRun = false, manager = CLUSTER.fieldManager }: ApplyOptions,
  http: KubeHttp,
  kinds: Kinds,
  get: KubePort["get"],
): Promise<Applied> {
  const { metadata } = object;
  const before = await get(refOf(object));
  if (before && isOurs(object) && !isOurs(before)) throw notOurs(before, "Cannot apply");
  const after = await http.json<KubeObject>({
    method: "PATCH",
    path: await kinds.path(object, metadata.namespace, metadata.name),
    query: { fieldManager: manager, force: "true", dryRun: dryRun ? "All" : undefined },
    contentType: "application/apply-patch+yaml", // JSON is YAML
    body: object,
  });
  if (!before) return { action: "create" };
  const others = dryRun ? foreignFields(before, manager) : [], foreign = others.length > 0 ? { foreign: others } : {};
  if (sameObject(before, after)) return { action: "none", ...foreign };
  return { action: "update", ...foreign, ...dryRun && { fields: objectChanges(before, after, manager) } };
}

async function orNull<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return null;
    throw error;
  }
}

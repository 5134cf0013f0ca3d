/**
 * An API server in memory, held to the same contract as the real one (`tests/adapters/kube_contract.ts`).
 * `put` and `log` play the controllers and the containers; `calls` tells what was asked.
 */
import { KubeError } from "../../lib/adapters/kubernetes/errors.ts";
import { sameObject } from "../../lib/adapters/kubernetes/same.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import { objectChanges } from "../../lib/core/kube_fields.ts";
import { isOurs, notOurs } from "../../lib/core/kube_owner.ts";
import { type KubeKind, type KubeObject, type KubeRef, type ObjectOf, refOf } from "../../lib/core/kube.ts";
import type { Applied, ApplyOptions, KubePort, KubeSelector, WatchEvent } from "../../lib/core/kube_port.ts";
import { merged, withoutDropped } from "./apply.ts";
import { Queue } from "./queue.ts";

/** Kind → is it in a namespace? */
const KINDS: Readonly<Record<string, boolean>> = {
  "v1/Namespace": false,
  "v1/Node": false,
  "v1/ConfigMap": true,
  "v1/Event": true,
  "v1/PersistentVolume": false,
  "v1/PersistentVolumeClaim": true,
  "v1/Pod": true,
  "v1/Secret": true,
  "v1/Service": true,
  "v1/ServiceAccount": true,
  "batch/v1/Job": true,
  "coordination.k8s.io/v1/Lease": true,
  "networking.k8s.io/v1/Ingress": true,
  "rbac.authorization.k8s.io/v1/ClusterRoleBinding": false,
};
/** The labels of what unitune created. */
export const OURS = { "app.kubernetes.io/managed-by": "unitune" } as const;
/** What the chart `karpenter-crd` adds. */
export const KARPENTER_KINDS: Readonly<Record<string, boolean>> = {
  "karpenter.k8s.aws/v1/EC2NodeClass": false,
  "karpenter.sh/v1/NodeClaim": false,
  "karpenter.sh/v1/NodePool": false,
};

export class FakeKube implements KubePort {
  /** `apply ConfigMap/name`, in order. */
  readonly calls: string[] = [];
  /** Kinds that the server knows; add {@linkcode KARPENTER_KINDS} when Helm has run. */
  readonly kinds: Record<string, boolean>;
  readonly #objects = new Map<string, KubeObject>();
  readonly #intents = new Map<string, KubeObject>();
  readonly #watches = new Set<{ readonly selector: KubeSelector; readonly queue: Queue<WatchEvent> }>();
  readonly #logs = new Map<string, Queue<string>>();
  /** The server's clock, in milliseconds. */
  time = Date.parse("2026-11-24T00:00:00Z");
  #version = 0;

  constructor(kinds: Readonly<Record<string, boolean>> = {}) {
    this.kinds = { ...KINDS, ...kinds };
    for (const name of ["default", "kube-system"]) {
      this.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
  }

  /** Writes an object as a controller would: status and all. */
  put<T extends KubeObject>(object: T): T {
    const key = keyOf(refOf(object));
    const before = this.#objects.get(key);
    const { metadata: { uid = crypto.randomUUID(), creationTimestamp = "2026-11-24T00:00:00Z" } } = before ?? object;
    const metadata = { uid, creationTimestamp, ...object.metadata, resourceVersion: String(++this.#version) };
    const after = { ...object, metadata };
    this.#objects.set(key, after);
    this.#tell(before, after);
    return after;
  }

  /** A container's log: `push` lines, then `end` it. */
  log(pod: string, container: string, namespace: string): Queue<string> {
    const key = `${namespace}/${pod}/${container}`;
    const queue = this.#logs.get(key) ?? new Queue<string>();
    this.#logs.set(key, queue);
    return queue;
  }

  apply(
    object: KubeObject,
    { dryRun = false, manager = "unitune" }: ApplyOptions = {},
  ): Promise<Applied> {
    return this.#answer(`${dryRun ? "dry-run" : "apply"} ${object.kind}/${object.metadata.name}`, () => {
      this.#check(object);
      const key = keyOf(refOf(object));
      const before = this.#objects.get(key);
      if (before && isOurs(object) && !isOurs(before)) throw notOurs(before, "Cannot apply");
      const intent = `${manager} ${key}`;
      const after = before ? merged(withoutDropped(before, this.#intents.get(intent), object), object) : object;
      const same = before !== undefined && sameObject(before, after);
      if (!dryRun) {
        this.#intents.set(intent, structuredClone(object));
        if (!same) this.put(structuredClone(after));
      }
      if (!before || same) return { action: before ? "none" : "create" };
      return { action: "update", ...dryRun && { fields: objectChanges(before, after, manager) } };
    });
  }

  create<T extends KubeObject>(object: T): Promise<T> {
    const name = `${object.kind}/${object.metadata.name}`;
    return this.#answer(`create ${name}`, () => {
      this.#check(object);
      if (this.#objects.has(keyOf(refOf(object)))) {
        throw new KubeError(409, "KUBE_ALREADY_EXISTS", `Cannot create ${name}: it already exists`, name);
      }
      return this.put(structuredClone(object));
    });
  }

  get<const R extends KubeRef>(ref: R): Promise<ObjectOf<R> | null> {
    const found = () => (this.#objects.get(keyOf(ref)) ?? null) as ObjectOf<R> | null;
    return this.#answer(`get ${ref.kind}/${ref.name}`, found);
  }

  list<const S extends KubeSelector>(selector: S): Promise<readonly ObjectOf<S>[]> {
    return this.#answer(`list ${selector.kind}`, () => this.#matching(selector));
  }

  remove(ref: KubeRef): Promise<boolean> {
    return this.#answer(`remove ${ref.kind}/${ref.name}`, () => {
      const object = this.#objects.get(keyOf(ref));
      if (!object) return false;
      this.#objects.delete(keyOf(ref));
      for (const intent of [...this.#intents.keys()]) {
        if (intent.endsWith(` ${keyOf(ref)}`)) this.#intents.delete(intent);
      }
      this.#tell(object, undefined);
      if (ref.kind === "Namespace") this.#empty(ref.name);
      return true;
    });
  }

  async *watch<const S extends KubeSelector>(
    selector: S,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<ObjectOf<S>>> {
    this.calls.push(`watch ${selector.kind}`);
    if (this.kinds[kindOf(selector)] === undefined) throw unknownKind(selector);
    const queue = new Queue<WatchEvent>();
    for (const object of this.#matching(selector)) queue.push({ type: "ADDED", object });
    const watch = { selector, queue };
    this.#watches.add(watch);
    try {
      yield* queue.read(signal) as AsyncIterable<WatchEvent<ObjectOf<S>>>;
    } finally {
      this.#watches.delete(watch);
    }
  }

  async *logs(pod: string, container: string, namespace: string, signal: AbortSignal): AsyncGenerator<string> {
    if (!this.#objects.has(keyOf({ apiVersion: "v1", kind: "Pod", name: pod, namespace }))) {
      throw new KubeError(404, "KUBE_NOT_FOUND", `Cannot read the log of ${namespace}/${pod}: it is not there`, pod);
    }
    yield* this.log(pod, container, namespace).read(signal);
  }

  tail(pod: string, container: string, namespace: string, lines: number): Promise<readonly string[]> {
    return this.#answer(`tail ${pod}`, () => {
      if (!this.#objects.has(keyOf({ apiVersion: "v1", kind: "Pod", name: pod, namespace }))) {
        throw new KubeError(404, "KUBE_NOT_FOUND", `Cannot read the log of ${namespace}/${pod}: it is not there`, pod);
      }
      return this.log(pod, container, namespace).now().slice(-lines);
    });
  }

  version(): Promise<string> {
    return Promise.resolve("v1.35.4");
  }

  now(): Promise<number> {
    return this.#answer("now", () => this.time);
  }

  async #answer<T>(call: string, work: () => T): Promise<T> {
    this.calls.push(call);
    await Promise.resolve();
    return work();
  }

  #check(object: KubeObject): void {
    const namespaced = this.kinds[kindOf(object)];
    if (namespaced === undefined) throw unknownKind(object);
    const { namespace } = object.metadata;
    if (!namespaced || this.#objects.has(keyOf({ apiVersion: "v1", kind: "Namespace", name: namespace ?? "" }))) return;
    throw new KubeError(404, "KUBE_NOT_FOUND", `Cannot apply: namespaces "${namespace}" not found`, String(namespace));
  }

  #matching<S extends KubeSelector>(selector: S): ObjectOf<S>[] {
    return [...this.#objects.values()].filter((object): object is ObjectOf<S> => matches(object, selector));
  }

  #empty(namespace: string): void {
    for (const [key, object] of [...this.#objects]) {
      if (object.metadata.namespace !== namespace) continue;
      this.#objects.delete(key);
      this.#tell(object, undefined);
    }
  }

  /** As the real server: an object that leaves a selection is deleted as far as its watchers can see. */
  #tell(before: KubeObject | undefined, after: KubeObject | undefined): void {
    for (const { selector, queue } of this.#watches) {
      const was = before !== undefined && matches(before, selector);
      const is = after !== undefined && matches(after, selector);
      if (is) queue.push({ type: was ? "MODIFIED" : "ADDED", object: after });
      else if (was) queue.push({ type: "DELETED", object: after ?? before });
    }
  }
}

const kindOf = ({ apiVersion, kind }: KubeKind): string => `${apiVersion}/${kind}`;
const keyOf = (ref: KubeRef): string => `${kindOf(ref)} ${ref.namespace ?? ""}/${ref.name}`;

function unknownKind({ apiVersion, kind }: KubeKind): UnituneError {
  return new UnituneError("KUBE_KIND_UNKNOWN", `Cannot find kind ${kind} of ${apiVersion} in the cluster`);
}

function matches(object: KubeObject, { apiVersion, kind, namespace, labels, fields }: KubeSelector): boolean {
  if (object.apiVersion !== apiVersion || object.kind !== kind) return false;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  const label = (key: string) => object.metadata.labels?.[key];
  const field = (path: string) => path.split(".").reduce<unknown>((value, key) => (value as never)?.[key], object);
  return holds(labels, label) && holds(fields, (path) => String(field(path) ?? ""));
}

/** `a=b,c!=d,e`: all must hold. */
function holds(selector: string | undefined, read: (key: string) => string | undefined): boolean {
  return (selector ?? "").split(",").filter(Boolean).every((term) => {
    const [, key = "", not, value] = /^([^=!]+)(?:(!)?==?(.*))?$/.exec(term) ?? [];
    if (value === undefined) return read(key) !== undefined;
    return (read(key) === value) !== (not !== undefined);
  });
}

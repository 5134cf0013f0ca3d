/** The API server of the cluster, as far as unitune uses it. */
import type { FieldChange } from "./fields.ts";
import type { ForeignField } from "./kube_fields.ts";
import type { KubeKind, KubeObject, KubeRef, ObjectOf } from "./kube.ts";

/** Selects objects of a kind. */
export interface KubeSelector extends KubeKind {
  readonly namespace?: string | undefined;
  readonly labels?: string | undefined;
  readonly fields?: string | undefined;
}

export interface WatchEvent<T extends KubeObject = KubeObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: T;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
  /** The manager of these fields: applies by other managers do not change them. */
  readonly manager?: string;
}

export interface Applied {
  readonly action: "create" | "update" | "none";
  /** Only of a dry run that would update: what changes, against the object as it is. */
  readonly fields?: readonly FieldChange[];
  /** Only of a dry run: what others have added to the existing object. */
  readonly foreign?: readonly ForeignField[];
}

export interface KubePort {
  /**
   * Server-side apply, by default with field manager `unitune`. `dryRun` asks the server and changes nothing. Throws
   * `KUBE_NOT_OURS` if the object has unitune's label and the existing one has not.
   */
  apply(object: KubeObject, options?: ApplyOptions): Promise<Applied>;
  /** Returns the object as the server created it. */
  create<T extends KubeObject>(object: T): Promise<T>;
  /** `null` when the object does not exist, or its kind does not (no such CRD). */
  get<const R extends KubeRef>(ref: R): Promise<ObjectOf<R> | null>;
  list<const S extends KubeSelector>(selector: S): Promise<readonly ObjectOf<S>[]>;
  /** `false` when it did not exist. Foreground propagation. */
  remove(ref: KubeRef): Promise<boolean>;
  /** The objects that match now (ADDED), then each change; reconnects after a cut connection, until the signal. */
  watch<const S extends KubeSelector>(selector: S, signal: AbortSignal): AsyncIterable<WatchEvent<ObjectOf<S>>>;
  /** The lines of a container's log from its start; a cut connection neither loses nor repeats a line. */
  logs(pod: string, container: string, namespace: string, signal: AbortSignal): AsyncIterable<string>;
  /** The last lines that a container has written so far. */
  tail(pod: string, container: string, namespace: string, lines: number): Promise<readonly string[]>;
  /** `v1.35.4`. */
  version(): Promise<string>;
  /** Milliseconds by the server's clock, which also sets `creationTimestamp`. */
  now(): Promise<number>;
}

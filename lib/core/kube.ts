/**
 * Kubernetes objects as plain data. The kinds that unitune creates or reads have the types of Kubernetes' own client,
 * and Karpenter's those of `karpenter.ts`: types alone, so that nothing of the client is ever loaded.
 */
import type {
  CoreV1Event,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1DaemonSet,
  V1Job,
  V1Lease,
  V1Namespace,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1Secret,
  V1ServiceAccount,
  V1StorageClass,
} from "@kubernetes/client-node";
import type { EC2NodeClass, NodeClaim, NodePool } from "./karpenter.ts";

/** Names an object, and says what it belongs to. */
export interface KubeMetadata {
  /** Unique for its kind in its namespace. */
  readonly name: string;
  /** Without one, the object belongs to the cluster. */
  readonly namespace?: string;
  /** What it is selected by. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What programs note on it. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Objects with which it goes. */
  readonly ownerReferences?: readonly KubeOwner[];
  /** The server's own: different for a later object of the same name. */
  readonly uid?: string;
  /** The server's own: different after every change. */
  readonly resourceVersion?: string;
  /** The server's own: counts the changes of the spec. */
  readonly generation?: number;
  /** The server's own: RFC 3339. */
  readonly creationTimestamp?: string;
  /** The server's own: RFC 3339, of an object that is being deleted. */
  readonly deletionTimestamp?: string;
}

/** An object that another one belongs to. */
export interface KubeOwner {
  /** Group and version. */
  readonly apiVersion: string;
  /** Kind. */
  readonly kind: string;
  /** Name. */
  readonly name: string;
  /** Of this very object, not of another one of its name. */
  readonly uid: string;
  /** Is it the one that manages the object? */
  readonly controller?: boolean;
  /** Does its deletion in the foreground wait for the object? */
  readonly blockOwnerDeletion?: boolean;
}

/** A Kubernetes object as plain data. */
export interface KubeObject {
  /** Group and version. */
  readonly apiVersion: string;
  /** Kind. */
  readonly kind: string;
  /** Name, namespace, labels. */
  readonly metadata: KubeMetadata;
  /** Whatever its kind has. */
  readonly [field: string]: unknown;
}

/** Which kind of object. */
export interface KubeKind {
  /** Group and version. */
  readonly apiVersion: string;
  /** Kind. */
  readonly kind: string;
}

/** Which object. */
export interface KubeRef extends KubeKind {
  /** Name. */
  readonly name: string;
  /** Without one, the object belongs to the cluster. */
  readonly namespace?: string | undefined;
}

/** The kinds whose fields are known here. */
export const KINDS = {
  clusterRoleBinding: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
  configMap: { apiVersion: "v1", kind: "ConfigMap" },
  daemonSet: { apiVersion: "apps/v1", kind: "DaemonSet" },
  event: { apiVersion: "v1", kind: "Event" },
  job: { apiVersion: "batch/v1", kind: "Job" },
  lease: { apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
  namespace: { apiVersion: "v1", kind: "Namespace" },
  nodeClaim: { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" },
  nodeClass: { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" },
  nodePool: { apiVersion: "karpenter.sh/v1", kind: "NodePool" },
  persistentVolume: { apiVersion: "v1", kind: "PersistentVolume" },
  persistentVolumeClaim: { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  pod: { apiVersion: "v1", kind: "Pod" },
  secret: { apiVersion: "v1", kind: "Secret" },
  serviceAccount: { apiVersion: "v1", kind: "ServiceAccount" },
  storageClass: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" },
} as const;

interface Models {
  readonly ClusterRoleBinding: Json<V1ClusterRoleBinding>;
  readonly ConfigMap: Json<V1ConfigMap>;
  readonly DaemonSet: Json<V1DaemonSet>;
  readonly EC2NodeClass: EC2NodeClass;
  readonly Event: Json<CoreV1Event>;
  readonly Job: Json<V1Job>;
  readonly Lease: Json<V1Lease>;
  readonly Namespace: Json<V1Namespace>;
  readonly NodeClaim: NodeClaim;
  readonly NodePool: NodePool;
  readonly PersistentVolume: Json<V1PersistentVolume>;
  readonly PersistentVolumeClaim: Json<V1PersistentVolumeClaim>;
  readonly Pod: Json<V1Pod>;
  readonly Secret: Json<V1Secret>;
  readonly ServiceAccount: Json<V1ServiceAccount>;
  readonly StorageClass: Json<V1StorageClass>;
}

/** What the client makes of an object, as the object itself is: no Date is one, and nothing can be changed. */
type Json<T> = T extends Date ? string : T extends object ? { readonly [K in keyof T]: Json<T[K]> } : T;

/** A kind whose fields are known here. */
export type Known = typeof KINDS[keyof typeof KINDS];

/** An object of a kind that is known here: `Kube<"Job">`. */
export type Kube<K extends Known["kind"] = Known["kind"]> = K extends Known["kind"] ?
    & Extract<Known, { readonly kind: K }>
    & { readonly metadata: KubeMetadata }
    & Omit<Models[K], "apiVersion" | "kind" | "metadata">
  : never;

/** The object that a kind, reference or selector stands for: typed, if its kind is known here. */
export type ObjectOf<R extends KubeKind> = R extends Known ? Kube<R["kind"]> : KubeObject;

/** Whether an object is of a kind. */
export function isA<const K extends Known>(object: KubeObject, { apiVersion, kind }: K): object is Kube<K["kind"]> {
  return object.apiVersion === apiVersion && object.kind === kind;
}

/** Where an object is found. */
export function refOf<T extends KubeObject>(object: T): Pick<T, "apiVersion" | "kind"> & Omit<KubeRef, keyof KubeKind> {
  const { apiVersion, kind, metadata: { name, namespace } } = object;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

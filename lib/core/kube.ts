/**
 * Kubernetes objects as plain data. The kinds that unitune creates or reads have the types of the Kubernetes client,
 * and Karpenter's kinds those of `karpenter.ts`. Only types are imported, so the client is never loaded.
 */
import type {
  CoreV1Event,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1DaemonSet,
  V1Ingress,
  V1Job,
  V1Lease,
  V1Namespace,
  V1NetworkPolicy,
  V1Node,
  V1PersistentVolume,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1ResourceQuota,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StorageClass,
} from "@kubernetes/client-node";
import type { EC2NodeClass, NodeClaim, NodePool } from "./karpenter.ts";

/** Identifies an object. */
export interface KubeMetadata {
  /** Unique within its kind and namespace. */
  readonly name: string;
  /** Without one, the object belongs to the cluster. */
  readonly namespace?: string;
  /** What selectors match. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What programs attach to it. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Objects that it is deleted with. */
  readonly ownerReferences?: readonly KubeOwner[];
  /** Set by the server: different for a later object of the same name. */
  readonly uid?: string;
  /** Set by the server: different after every change. */
  readonly resourceVersion?: string;
  /** Set by the server: counts the changes of the spec. */
  readonly generation?: number;
  /** Set by the server: RFC 3339. */
  readonly creationTimestamp?: string;
  /** Set by the server: RFC 3339, only on an object that is being deleted. */
  readonly deletionTimestamp?: string;
  /** What must happen before the server deletes it: programs add and remove them. */
  readonly finalizers?: readonly string[];
}

/** The owner of another object. */
export interface KubeOwner {
  /** Group and version. */
  readonly apiVersion: string;
  /** Kind. */
  readonly kind: string;
  /** Name. */
  readonly name: string;
  /** Identifies this object, not a later one of the same name. */
  readonly uid: string;
  /** Is it the controller that manages the object? */
  readonly controller?: boolean;
  /** Does foreground deletion of the owner wait for the object? */
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
  /** The fields of its kind. */
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
  ingress: { apiVersion: "networking.k8s.io/v1", kind: "Ingress" },
  job: { apiVersion: "batch/v1", kind: "Job" },
  lease: { apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
  limitRange: { apiVersion: "v1", kind: "LimitRange" },
  namespace: { apiVersion: "v1", kind: "Namespace" },
  node: { apiVersion: "v1", kind: "Node" },
  networkPolicy: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  nodeClaim: { apiVersion: "karpenter.sh/v1", kind: "NodeClaim" },
  nodeClass: { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass" },
  nodePool: { apiVersion: "karpenter.sh/v1", kind: "NodePool" },
  persistentVolume: { apiVersion: "v1", kind: "PersistentVolume" },
  persistentVolumeClaim: { apiVersion: "v1", kind: "PersistentVolumeClaim" },
  pod: { apiVersion: "v1", kind: "Pod" },
  podDisruptionBudget: { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
  resourceQuota: { apiVersion: "v1", kind: "ResourceQuota" },
  secret: { apiVersion: "v1", kind: "Secret" },
  service: { apiVersion: "v1", kind: "Service" },
  serviceAccount: { apiVersion: "v1", kind: "ServiceAccount" },
  storageClass: { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" },
} as const;

interface Models {
  readonly ClusterRoleBinding: Json<V1ClusterRoleBinding>;
  readonly ConfigMap: Json<V1ConfigMap>;
  readonly DaemonSet: Json<V1DaemonSet>;
  readonly EC2NodeClass: EC2NodeClass;
  readonly Event: Json<CoreV1Event>;
  readonly Ingress: Json<V1Ingress>;
  readonly Job: Json<V1Job>;
  readonly Lease: Json<V1Lease>;
  readonly LimitRange: LimitRange;
  readonly Namespace: Json<V1Namespace>;
  readonly Node: Json<V1Node>;
  readonly NetworkPolicy: Json<V1NetworkPolicy>;
  readonly NodeClaim: NodeClaim;
  readonly NodePool: NodePool;
  readonly PersistentVolume: Json<V1PersistentVolume>;
  readonly PersistentVolumeClaim: Json<V1PersistentVolumeClaim>;
  readonly Pod: Json<V1Pod>;
  readonly PodDisruptionBudget: Json<V1PodDisruptionBudget>;
  readonly ResourceQuota: Json<V1ResourceQuota>;
  readonly Secret: Json<V1Secret>;
  readonly Service: Json<V1Service>;
  readonly ServiceAccount: Json<V1ServiceAccount>;
  readonly StorageClass: Json<V1StorageClass>;
}

/** In the client's type `default` has another name, as TypeScript reserves the word. */
interface LimitRange {
  readonly spec?: {
    readonly limits: readonly {
      readonly type: string;
      readonly defaultRequest?: Readonly<Record<string, string>>;
      readonly default?: Readonly<Record<string, string>>;
    }[];
  };
}

/** The client's type of an object as JSON: dates are strings, and every field is readonly. */
type Json<T> = T extends Date ? string : T extends object ? { readonly [K in keyof T]: Json<T[K]> } : T;

/** A kind whose fields are known here. */
export type Known = typeof KINDS[keyof typeof KINDS];

/** An object of a kind that is known here: `Kube<"Job">`. */
export type Kube<K extends Known["kind"] = Known["kind"]> = K extends Known["kind"] ?
    & Extract<Known, { readonly kind: K }>
    & { readonly metadata: KubeMetadata }
    & Omit<Models[K], "apiVersion" | "kind" | "metadata">
  : never;

/** The object that a kind, reference or selector refers to: typed, if its kind is known here. */
export type ObjectOf<R extends KubeKind> = R extends Known ? Kube<R["kind"]> : KubeObject;

/** Whether an object is of a kind. */
export function isA<const K extends Known>(object: KubeObject, { apiVersion, kind }: K): object is Kube<K["kind"]> {
  return object.apiVersion === apiVersion && object.kind === kind;
}

/** The reference to an object. */
export function refOf<T extends KubeObject>(object: T): Pick<T, "apiVersion" | "kind"> & Omit<KubeRef, keyof KubeKind> {
  const { apiVersion, kind, metadata: { name, namespace } } = object;
  return { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) };
}

/**
 * Deletes everything in order, then proves that nothing is left. Load balancers first, while their controllers run.
 * Karpenter's finalizers set the further order: pools and their NodeClaims, then classes, then the chart. What is left
 * when Karpenter or the API server does not work is ended by the stack's clean-up function.
 */
import { deepFreeze } from "../core/freeze.ts";
import { stackName } from "../core/names.ts";
import { KINDS } from "../core/kube.ts";
import { CLUSTER } from "../core/pins.ts";
import type { PermissionPart } from "../permissions/parts.ts";
import { stackKinds } from "../plan/stacks.ts";
import type { Config } from "../plan/types.ts";
import { RunLock } from "./lock.ts";
import { jobOperation, type Operation } from "./operation.ts";
import { prove, type Remains } from "./proof.ts";
import type { StepResult } from "./report.ts";
import { DONE, runSteps, type StepKinds, titleOf } from "./run.ts";
import { ensureAccess } from "./steps/access.ts";
import { removeNamespace, uninstallCharts } from "./steps/charts.ts";
import { deleteCaches, deleteClaims, deleteExposed } from "./steps/guests.ts";
import { ensureOurs, ensureOursInside } from "./steps/ownership.ts";
import { ensureAllowed, PERMISSIONS_STEP } from "./steps/permissions.ts";
import {
  deleteDisks,
  deleteLeftovers,
  deleteRepositories,
  emptyContexts,
  GONE,
  requireEmptyVpc,
} from "./steps/remains.ts";
import { inCluster, type Reach, withCluster } from "./steps/reach.ts";
import { deleteObjects, plural, type Removal } from "./steps/removal.ts";

/** Options of `destroy`. */
export interface DestroyOptions {
  /** Also delete repositories that hold images, and disks of claims. Default: `false`. */
  readonly deleteData?: boolean | undefined;
}

/** A step of `destroy`. */
export type DestroyStep =
  | DestroyStepBase<
    | "permissions"
    | "access"
    | "exposed"
    | "caches"
    | "claims"
    | "charts"
    | "contexts"
    | "revoke"
    | "occupants"
    | "leftovers"
    | "disks"
    | "repositories"
  >
  | (DestroyStepBase<"namespace"> & {
    /** Name of the namespace. */
    readonly namespace: string;
  })
  | (DestroyStepBase<"objects"> & Removal)
  | (DestroyStepBase<"stack"> & {
    /** Name of the stack. */
    readonly stack: string;
  });

/** The fields that every step has. */
export interface DestroyStepBase<K extends string> {
  /** Kind of the step. */
  readonly kind: K;
  /** Id of the step. */
  readonly id: string;
  /** Ids of the steps that run before it. */
  readonly after: readonly string[];
}

/** All that `destroy` does, as data: a dry run prints it, and `destroy` runs it. */
export interface DestroyPlan {
  /** The config. */
  readonly config: Config;
  /** Whether repositories and disks are deleted, too. */
  readonly deleteData: boolean;
  /** The steps, in order, each with its title. */
  readonly steps: readonly (DestroyStep & { readonly title: string })[];
}

/** The result of `destroy`. */
export interface DestroyReport extends Remains {
  /** The result of each step. */
  readonly results: readonly StepResult[];
}

interface Removing extends Reach {
  readonly deleteData: boolean;
}

/** The permission parts that `destroy` needs. */
const PARTS: readonly PermissionPart[] = [
  "lock",
  "stacks",
  "owners",
  "access",
  "contexts",
  "leftovers",
  "repositories",
];

const STEPS: StepKinds<DestroyStep, Removing> = {
  permissions: {
    title: () => "AWS permissions",
    perform: async (_, { operation, deleteData }) => {
      const outcome = await ensureAllowed("destroy", deleteData ? [...PARTS, "data"] : PARTS, operation);
      await ensureOurs(operation, false);
      return outcome;
    },
  },
  access: inCluster({
    title: () => "access to the cluster",
    perform: async (_, { operation }) => {
      await ensureAccess(operation);
      await ensureOursInside(operation.config.name, await operation.session.kube());
      return DONE;
    },
  }),
  namespace: inCluster({
    title: ({ namespace }) => `namespace ${namespace}`,
    perform: async ({ namespace }, { operation }, task) => {
      return await removeNamespace(namespace, await jobOperation(operation, task)) ? DONE : GONE;
    },
  }),
  exposed: inCluster({
    title: () => "load balancers of Services and Ingresses",
    perform: async (_, { operation }, task) => await deleteExposed(await jobOperation(operation, task)),
  }),
  objects: inCluster({
    title: ({ of, dependants, whose }) => {
      return `${whose === "all" ? "all " : ""}${plural(of)}${dependants ? ` and their ${plural(dependants)}` : ""}`;
    },
    perform: async (removal, { operation }, task) => {
      return await deleteObjects(removal, await jobOperation(operation, task));
    },
  }),
  caches: inCluster({
    title: () => "cache volumes of builds",
    perform: async (_, { operation }, task) => await deleteCaches(await jobOperation(operation, task)),
  }),
  claims: inCluster({
    title: () => "claims with their disks",
    perform: async (_, { operation }, task) => await deleteClaims(await jobOperation(operation, task)),
  }),
  charts: inCluster({
    title: () => "Karpenter's charts",
    perform: async (_, { operation }, task) => {
      return await uninstallCharts(operation, await jobOperation(operation, task));
    },
  }),
  contexts: { title: () => "build contexts", perform: (_, { operation }) => emptyContexts(operation) },
  revoke: withCluster({
    title: () => "access entry of the caller",
    perform: async (_, { operation: { ports, session, config } }) => {
      const { principalArn } = await session.identity();
      return await ports.eks.revokeAccess(config.name, principalArn) ? DONE : GONE;
    },
  }),
  stack: {
    title: ({ stack }) => `stack ${stack}`,
    perform: async ({ stack }, { operation: { ports, session } }, task) => {
      session.forget();
      return await ports.stacks.destroy(stack, task) ? DONE : GONE;
    },
  },
  leftovers: {
    title: () => "what Karpenter and load balancers left behind",
    perform: (_, { operation }, task) => deleteLeftovers(operation, task),
  },
  occupants: {
    title: () => "the VPC without what others created in it",
    perform: (_, { operation }, task) => requireEmptyVpc(operation, task),
  },
  disks: { title: () => "disks of claims", perform: (_, { operation }, task) => deleteDisks(operation, task) },
  repositories: {
    title: () => "repositories and their images",
    perform: (_, { operation }) => deleteRepositories(operation),
  },
};

/** Plans the deletion of everything that `apply` creates for a config. */
export function planDestroy(config: Config, { deleteData = false }: DestroyOptions = {}): DestroyPlan {
  const steps = stepsOf(config, deleteData).map((step, index, all): DestroyStep => {
    return { ...step, after: index === 0 ? [] : [all[index - 1]!.id] };
  });
  return deepFreeze({ config, deleteData, steps: steps.map((step) => ({ ...step, title: titleOf(STEPS, step) })) });
}

function stepsOf(config: Config, deleteData: boolean): DestroyStep[] {
  const after: readonly string[] = [], has = stackKinds(config);
  const stack = (kind: "eks" | "vpc"): DestroyStep[] => {
    const name = stackName(config.name, kind);
    return has.includes(kind) ? [{ kind: "stack", id: `stack-${kind}`, after, stack: name }] : [];
  };
  return [
    { kind: "permissions", id: PERMISSIONS_STEP, after },
    { kind: "access", id: "access", after },
    // The namespace of an interrupted run holds a cluster-admin binding.
    { kind: "namespace", id: "leftover-install", after, namespace: CLUSTER.installNamespace },
    { kind: "exposed", id: "exposed", after },
    // Those of users, too: their nodes hold classes, and nodes without Karpenter would leak.
    { kind: "objects", id: "pools", after, of: KINDS.nodePool, dependants: KINDS.nodeClaim, whose: "all" },
    { kind: "objects", id: "classes", after, of: KINDS.nodeClass, dependants: null, whose: "all" },
    { kind: "objects", id: "plugins", after, of: KINDS.daemonSet, dependants: null, whose: "ours" },
    // While the driver runs, which deletes their disks.
    { kind: "caches", id: "caches", after },
    ...deleteData ? [{ kind: "claims", id: "claims", after }] as const : [],
    { kind: "charts", id: "charts", after },
    { kind: "namespace", id: "namespace", after, namespace: CLUSTER.buildNamespace },
    { kind: "contexts", id: "contexts", after },
    { kind: "revoke", id: "revoke", after },
    ...stack("eks"),
    { kind: "leftovers", id: "leftovers", after },
    ...has.includes("vpc") ? [{ kind: "occupants", id: "occupants", after }] as const : [],
    ...stack("vpc"),
    ...deleteData
      ? [{ kind: "disks", id: "disks", after }, { kind: "repositories", id: "repositories", after }] as const
      : [],
  ];
}

/** Runs the steps, then looks for what is left. */
export async function destroy(operation: Operation, plan: DestroyPlan): Promise<DestroyReport> {
  const lock = new RunLock(operation, "destroy");
  await lock.take();
  try {
    return await destroyLocked({ ...operation, signal: lock.signal }, plan);
  } finally {
    await lock.release();
  }
}

async function destroyLocked(operation: Operation, { steps, deleteData }: DestroyPlan): Promise<DestroyReport> {
  const { emit, signal, ports: { clock } } = operation;
  const results = await runSteps(steps, STEPS, { operation, deleteData, isLost: false }, { emit, clock, signal });
  // Nothing was deleted, and a caller who may not delete may not be allowed to look either.
  const refused = results.some(({ id, state }) => id === PERMISSIONS_STEP && state !== "done" && state !== "unchanged");
  return { results, ...refused || signal.aborted ? { proof: [], kept: [] } : await prove(operation, deleteData) };
}

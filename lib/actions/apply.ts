/** Runs a plan: the title of each step, what it does, and how it ended. */
import pLimit from "p-limit";
import { deployedSettings } from "../core/facts/repositories.ts";
import { objectName } from "../core/names.ts";
import type { ContextStorePort } from "../core/ports.ts";
import { executionPolicies } from "../permissions/execution.ts";
import { type Command, partsOf, type PermissionPart } from "../permissions/parts.ts";
import type { BuildSpec, Change, Plan } from "../plan/types.ts";
import type { JobLimit, RunOptions } from "./images/build_run.ts";
import { buildImage, type Digests } from "./images/image.ts";
import { requireSecrets } from "./images/secrets.ts";
import { RunLock } from "./lock.ts";
import { jobOperation, type Operation } from "./operation.ts";
import type { ImageResult, Report, StepResult } from "./report.ts";
import { DONE, type Outcome, runSteps, type StepKinds, UNCHANGED } from "./run.ts";
import { syncAccess } from "./steps/access.ts";
import { installCharts } from "./steps/charts.ts";
import { applyObject, deleteStale } from "./steps/objects.ts";
import { ensureOurs, ensureOursToBuild } from "./steps/ownership.ts";
import { ensureAllowed, PERMISSIONS_STEP } from "./steps/permissions.ts";
import { waitForPool } from "./steps/ready.ts";
import { deployStacks } from "./steps/stacks.ts";

/** Comes first: nothing is changed unless all of it is allowed, and what has our names is ours. */
interface PermissionsStep {
  readonly kind: "permissions";
  readonly id: typeof PERMISSIONS_STEP;
  readonly after: readonly string[];
  readonly command: Command;
  readonly parts: readonly PermissionPart[];
  /** Those that are built by a run that leaves the cluster's objects as they are. */
  readonly images: readonly string[];
}

type ApplyStep = Change | PermissionsStep;

/** State that the steps of one run share. */
interface Applying {
  readonly operation: Operation;
  readonly plan: Plan;
  readonly digests: Digests;
  readonly images: Map<string, ImageResult>;
  /** Image → the Jobs that were created or adopted for it. */
  readonly jobs: Map<string, string[]>;
  /** Ids of the objects that this run created or changed. */
  readonly changed: Set<string>;
  readonly limit: JobLimit;
  readonly lock: RunLock;
  readonly options: RunOptions;
  /** Opened by the first build. */
  store?: ContextStorePort;
}

/** How many objects one run applies, or prunes, at the same time. */
const OBJECTS = 4;

const STEPS: StepKinds<ApplyStep, Applying> = {
  permissions: {
    title: () => "AWS permissions",
    perform: async ({ command, parts, images }, { operation }) => {
      const outcome = await ensureAllowed(command, parts, operation);
      await ensureOurs(operation, true);
      if (images.length > 0) await ensureOursToBuild(images, operation);
      return outcome;
    },
  },
  bootstrap: {
    title: () => "CDK bootstrap",
    perform: async (_, { operation, lock }, task) => {
      const { account } = await operation.session.identity();
      await operation.ports.stacks.bootstrap(task, executionPolicies({ ...operation.config, account }));
      await lock.take();
      return DONE;
    },
  },
  kubernetes: {
    title: ({ version }) => `stacks at Kubernetes ${version}`,
    perform: ({ version }, { operation }, task) => deployStacks(operation, task, { kubernetes: version }),
  },
  stacks: {
    title: ({ diffs }) => `stacks ${diffs.map(({ stack }) => stack).join(", ")}`,
    perform: ({ kubernetes, revertDrift }, { operation }, task) => {
      return deployStacks(operation, task, { kubernetes: kubernetes?.to, revertDrift });
    },
  },
  access: {
    title: () => "access to the cluster",
    perform: (_, { operation }) => syncAccess(operation),
  },
  charts: {
    title: ({ version }) => `Karpenter ${version}`,
    perform: async (_, { operation }, task) => {
      await installCharts(operation, await jobOperation(operation, task));
      return DONE;
    },
  },
  object: {
    title: ({ ref }) => `${ref.kind} ${objectName(ref)}`,
    limit: OBJECTS,
    perform: async ({ id }, { operation, changed }) => {
      const action = await applyObject(id, operation);
      if (action === "none") return UNCHANGED;
      changed.add(id);
      return DONE;
    },
  },
  ready: {
    title: ({ pool }) => `readiness of pool ${pool}`,
    perform: async ({ after, pool }, { operation, changed }, task) => {
      const { config } = operation, wait = { pool, config, changed: after.some((id) => changed.has(id)) };
      return await waitForPool(wait, await jobOperation(operation, task));
    },
  },
  prune: {
    title: ({ ref }) => `delete ${ref.kind} ${objectName(ref)}`,
    limit: OBJECTS,
    perform: async ({ ref }, { operation }, task) => {
      await deleteStale(ref, await jobOperation(operation, task));
      return DONE;
    },
  },
  repository: {
    title: ({ repository }) => `repository ${repository}`,
    perform: async ({ repository }, { operation: { ports, config } }) => {
      const image = config.images.find((image) => image.repository === repository)!;
      const settings = deployedSettings(image);
      return await ports.registry.ensureRepository(repository, config.name, settings) ? DONE : UNCHANGED;
    },
  },
  build: {
    title: ({ image }) => `image ${image}`,
    perform: build,
  },
};

/** Runs the plan's changes. The report lists each of them, however it ended. */
export async function applyPlan(operation: Operation, plan: Plan, options: RunOptions = {}): Promise<Report> {
  await requireSecrets(plan, operation);
  const lock = new RunLock(operation, "apply");
  if (plan.changes.some(isLocked)) await lock.take();
  try {
    return await applyLocked({ ...operation, signal: lock.signal }, plan, lock, options);
  } finally {
    await lock.release();
  }
}

/** Builds need no lock: a Job that runs already is adopted. */
function isLocked({ kind, action }: Change): boolean {
  return kind !== "build" && kind !== "repository" && kind !== "ready" && action !== "none";
}

async function applyLocked(operation: Operation, plan: Plan, lock: RunLock, options: RunOptions): Promise<Report> {
  const applying: Applying = {
    operation,
    plan,
    digests: new Map(),
    images: new Map(),
    jobs: new Map(),
    changed: new Set(),
    limit: options.wait === false ? startLimit(operation) : jobLimit(operation),
    lock,
    options,
  };
  const { emit, signal, ports: { clock } } = operation;
  const results = await runSteps(withPermissions(plan), STEPS, applying, { emit, clock, signal, isSettled });
  return { results, images: imageResults(applying, results) };
}

function jobLimit({ config, signal }: Operation): JobLimit {
  const jobs = pLimit(config.builder.concurrency);
  return {
    isReached: () => jobs.activeCount + jobs.pendingCount >= jobs.concurrency,
    run: (work) =>
      jobs(() => {
        signal.throwIfAborted();
        return work();
      }),
  };
}

/** For Jobs that are only started: none of them ends during this run. */
function startLimit({ config, signal }: Operation): JobLimit {
  let started = 0;
  return {
    isReached: () => started >= config.builder.concurrency,
    run: (work) => {
      signal.throwIfAborted();
      started++;
      return work();
    },
  };
}

/** A plan that changes nothing in AWS needs no permission check. */
function withPermissions({ changes }: Plan): readonly ApplyStep[] {
  const parts = partsOf(changes);
  if (parts.length === 0) return changes;
  const builds = changes.flatMap((change) =>
    change.kind === "build" && change.action === "build" ? [change.image] : []
  );
  const images = changes.some(({ kind }) => kind === "object") ? [] : builds;
  return [
    { kind: "permissions", id: PERMISSIONS_STEP, after: [], command: commandOf(changes), parts, images },
    ...changes.map((change) => ({ ...change, after: [PERMISSIONS_STEP, ...change.after] })),
  ];
}

function commandOf(changes: readonly Change[]): Command {
  if (changes.some(({ kind }) => kind === "repository")) return "deploy";
  return changes.some(({ kind }) => kind !== "build") ? "apply" : "build";
}

/** A step that has nothing to change is reported but not run. */
function isSettled(step: ApplyStep): boolean {
  return step.kind !== "permissions" && step.action === "none";
}

async function build(
  { image, force, noCache, pull }: Extract<Change, { kind: "build" }>,
  applying: Applying,
): Promise<Outcome> {
  const { operation, plan, digests, images, jobs, limit, options } = applying;
  const deployed = await operation.session.requireDeployed();
  const store = applying.store ??= operation.ports.contexts(deployed.contextBucket, deployed.account);
  const spec = plan.builds.find((build) => build.image.name === image)!;
  const started = (job: string) => void jobs.set(image, [...jobs.get(image) ?? [], job]);
  const run = { operation, deployed, store, limit, started, options };
  const { untagged, ...result } = await buildImage(spec, run, digests, force, { noCache, pull });
  images.set(image, result);
  if (untagged) return { state: "failed", error: untagged };
  if (result.state === "skipped") return { state: result.job ? "started" : "skipped", detail: result.because };
  return { state: result.state === "built" ? "done" : "unchanged", detail: result.ref ?? "" };
}

function imageResults({ plan, images, jobs }: Applying, results: readonly StepResult[]): Record<string, ImageResult> {
  const builds = plan.changes.filter((change) => change.kind === "build");
  return Object.fromEntries(builds.map(({ id, image }) => {
    const step = results.find((result) => result.id === id)!;
    const spec = plan.builds.find((build) => build.image.name === image)!;
    return [image, images.get(image) ?? unfinished(spec, step, jobs.get(image) ?? [])];
  }));
}

/** A Job that was started goes on when the run was interrupted. */
function unfinished(spec: BuildSpec, { state, seconds, detail }: StepResult, jobs: readonly string[]): ImageResult {
  const ended = state === "skipped" || state === "cancelled" ? state : "failed";
  const { digest, bytes } = spec.context;
  return {
    state: ended,
    ref: null,
    digest: null,
    seconds,
    context: { digest, bytes, uploadedBytes: 0 },
    job: jobs.length > 0 ? jobs.join(", ") : null,
    because: detail ?? "",
  };
}

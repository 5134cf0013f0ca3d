/** Runs the changes of a plan; each kind has one place here. */
import { UnituneError } from "../core/errors.ts";
import { archOf, jobName } from "../core/names.ts";
import { waitUntil } from "../core/wait.ts";
import { type JobContext, refOf, removeObject } from "../jobs/job.ts";
import { objectId, objectName } from "../plan/changes.ts";
import { partsOf } from "../permissions/parts.ts";
import type { BuildSpec, Change, Plan } from "../plan/types.ts";
import { areComparable, isVersion } from "../plan/versions.ts";
import { ensureAccess, syncAdmins } from "./steps/access.ts";
import { buildImage, type Digests } from "./images/build.ts";
import { installCharts } from "./steps/charts.ts";
import { ensureAllowed, PERMISSIONS_STEP } from "./steps/permissions.ts";
import { requirePlacementGroup } from "./steps/placement.ts";
import { waitForPool } from "./steps/ready.ts";
import { type Outcome, runSteps, type Step } from "./run.ts";
import { requireSecrets } from "./images/secrets.ts";
import type { Session } from "./session.ts";
import { applyStorage, isStorage, storageHint } from "./steps/storage.ts";
import type { ImageResult, Project, Report, Run, StepResult } from "./types.ts";

export async function applyPlan(plan: Plan, project: Project, run: Run, session: Session): Promise<Report> {
  await requireSecrets(plan, project, run, session);
  const apply = new Apply(plan, project, run, session);
  const steps = plan.changes.map((change) => {
    return {
      id: change.id,
      after: change.after,
      title: titleOf(change),
      idle: change.kind === "ready",
      perform: () => apply.perform(change),
    };
  });
  const results = await runSteps([...checkedFirst(plan, steps, project, run, session)], (step) => step.perform(), {
    emit: run.emitter.emit,
    clock: run.ports.clock,
    signal: run.signal,
    concurrency: plan.config.builder.concurrency,
  });
  return { results, images: apply.imageResults(results) };
}

type Work = Step & { readonly perform: () => Promise<Outcome> };

/** Nothing is made before it is known that all of it is allowed; a plan that changes nothing in AWS asks nothing. */
function checkedFirst(plan: Plan, steps: readonly Work[], project: Project, run: Run, session: Session): Work[] {
  const parts = partsOf(plan.changes);
  if (parts.length === 0) return [...steps];
  const command = plan.changes.some(({ kind }) => kind !== "build") ? "apply" : "build";
  const perform = () => ensureAllowed(command, parts, project, run, session);
  return [
    { id: PERMISSIONS_STEP, after: [], title: "AWS permissions", perform },
    ...steps.map((step) => ({ ...step, after: [PERMISSIONS_STEP, ...step.after] })),
  ];
}

export function titleOf(change: Change): string {
  switch (change.kind) {
    case "bootstrap":
      return "CDK bootstrap";
    case "kubernetes":
      return `stacks at Kubernetes ${change.version}`;
    case "stacks":
      return `stacks ${change.diffs.map(({ stack }) => stack).join(", ")}`;
    case "access":
      return "access to the cluster";
    case "charts":
      return `Karpenter ${change.version}`;
    case "object":
      return `${change.ref.kind} ${objectName(change.ref)}`;
    case "ready":
      return `readiness of pool ${change.pool}`;
    case "prune":
      return `remove ${change.ref.kind} ${objectName(change.ref)}`;
    case "build":
      return `image ${change.image}`;
    default:
      return change satisfies never;
  }
}

/** One for each platform. */
function jobNames({ image, key }: BuildSpec): string {
  return image.platforms.map((platform) => jobName(image.name, archOf(platform), key)).join(", ");
}

const UNCHANGED: Outcome = { state: "unchanged" };
const DONE: Outcome = { state: "done" };

class Apply {
  readonly #plan: Plan;
  readonly #project: Project;
  readonly #run: Run;
  readonly #session: Session;
  readonly #digests: Digests = new Map();
  readonly #images = new Map<string, ImageResult>();
  /** Ids of the objects that this run made or changed. */
  readonly #changed = new Set<string>();

  constructor(plan: Plan, project: Project, run: Run, session: Session) {
    this.#plan = plan;
    this.#project = project;
    this.#run = run;
    this.#session = session;
  }

  async perform(change: Change): Promise<Outcome> {
    if (change.action === "none") return UNCHANGED;
    switch (change.kind) {
      case "bootstrap":
        await this.#run.ports.stacks.bootstrap(this.#run.emitter.emit, this.#run.signal);
        return DONE;
      case "kubernetes":
        return await this.#deploy(change.version);
      case "stacks":
        return await this.#deploy(change.kubernetes?.to);
      case "access":
        return await this.#access();
      case "charts":
        await installCharts(this.#project, await this.#session.requireDeployed(), await this.#jobContext(change.id));
        return DONE;
      case "object":
        return await this.#applyObject(change);
      case "ready":
        return await this.#ready(change);
      case "prune":
        return await this.#prune(change);
      case "build":
        return await this.#build(change);
      default:
        return change satisfies never;
    }
  }

  imageResults(results: readonly StepResult[]): Record<string, ImageResult> {
    const builds = this.#plan.changes.filter((change) => change.kind === "build");
    return Object.fromEntries(builds.map((change) => {
      const step = results.find(({ id }) => id === change.id)!;
      const spec = this.#plan.builds.find(({ image }) => image.name === change.image)!;
      const state = step.state === "skipped" || step.state === "cancelled" ? step.state : "failed";
      const { digest, bytes } = spec.context;
      return [
        change.image,
        this.#images.get(change.image) ?? {
          state,
          ref: null,
          digest: null,
          seconds: step.seconds,
          context: { digest, bytes, uploadedBytes: 0 },
          job: state === "failed" ? jobNames(spec) : null,
          because: step.detail ?? "",
        },
      ];
    }));
  }

  /** With a version, waits until the cluster has it: the next step must find it there. */
  async #deploy(kubernetes: string | undefined): Promise<Outcome> {
    const { ports, emitter, signal } = this.#run;
    const deployed = await ports.stacks.deploy(await this.#project.assembly(kubernetes), emitter.emit, signal);
    this.#session.forget();
    if (kubernetes !== undefined) await this.#reached(kubernetes);
    return deployed.some(({ changed }) => changed) ? DONE : UNCHANGED;
  }

  async #reached(kubernetes: string): Promise<void> {
    const { name } = this.#plan.config, { eks, clock } = this.#run.ports;
    const active = async () => {
      const cluster = await eks.cluster(name);
      return cluster?.status === "ACTIVE" ? cluster.version : null;
    };
    await waitUntil(async () => await active() !== null, {
      clock,
      signal: this.#run.signal,
      timeoutSeconds: 900,
      what: `cluster ${name} to be active at Kubernetes ${kubernetes}`,
      hint: "Look at the cluster's updates in the console of EKS, then run the same command again",
    });
    const found = await active();
    if (found === null || !areComparable(found, kubernetes) || isVersion(found, kubernetes)) return;
    throw new UnituneError(
      "KUBERNETES_VERSION",
      `Cannot go on as cluster ${name} must be at Kubernetes ${kubernetes} by its stack: it is at ${found}`,
      {
        path: "cluster.version",
        hint:
          `Somebody else moved it: aws eks update-cluster-version --name ${name} --kubernetes-version ${kubernetes}`,
      },
    );
  }

  async #access(): Promise<Outcome> {
    const { config } = this.#plan;
    const granted = await ensureAccess(config, this.#run, this.#session);
    const synced = await syncAdmins(config, this.#run, this.#session);
    const linked = await this.#run.ports.eks.ensureSpotRole();
    return granted || synced || linked ? DONE : UNCHANGED;
  }

  /** The object as the deployment's outputs make it now; it may have been planned before they were known. */
  async #applyObject({ id }: Extract<Change, { kind: "object" }>): Promise<Outcome> {
    const deployed = await this.#session.requireDeployed(), kube = await this.#session.kube();
    const found = this.#project.clusterObjects(deployed).find((object) => objectId(refOf(object)) === id)!;
    if (found.kind === "EC2NodeClass") requirePlacementGroup(found.metadata.name, this.#project.config, deployed);
    const waiting = { clock: this.#run.ports.clock, signal: this.#run.signal };
    const action = isStorage(found) ? await applyStorage(found, kube, waiting) : (await kube.apply(found)).action;
    if (action !== "none") this.#changed.add(id);
    return action === "none" ? UNCHANGED : DONE;
  }

  async #ready({ id, after, pool }: Extract<Change, { kind: "ready" }>): Promise<Outcome> {
    const { config } = this.#plan, changed = after.some((one) => this.#changed.has(one));
    return await waitForPool({ pool, config, changed }, await this.#jobContext(id));
  }

  async #prune(change: Extract<Change, { kind: "prune" }>): Promise<Outcome> {
    await removeObject(change.ref, await this.#jobContext(change.id), {
      timeoutSeconds: 900,
      hint: isStorage(change.ref)
        ? storageHint(change.ref.kind)
        : "Its nodes drain first: a pod that may not be disrupted holds them",
    });
    return DONE;
  }

  async #build(change: Extract<Change, { kind: "build" }>): Promise<Outcome> {
    const deployed = await this.#session.requireDeployed();
    const spec = this.#plan.builds.find(({ image }) => image.name === change.image)!;
    const result = await buildImage(
      spec,
      {
        project: this.#project,
        deployed,
        ports: this.#run.ports,
        kube: () => this.#session.kube(),
        emitter: this.#run.emitter,
        signal: this.#run.signal,
      },
      this.#digests,
      change.force,
    );
    this.#images.set(change.image, result);
    return { state: result.state === "built" ? "done" : "unchanged", detail: result.ref ?? "" };
  }

  async #jobContext(id: string): Promise<JobContext> {
    const { ports, emitter, signal } = this.#run;
    return { ...emitter, kube: await this.#session.kube(), clock: ports.clock, signal, id };
  }
}

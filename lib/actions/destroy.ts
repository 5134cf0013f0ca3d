/**
 * The ordered removal, then the proof. Karpenter's finalizers set the order: pools and their NodeClaims first,
 * then classes, then the chart; with the controller gone, instances would leak.
 */
import { UnituneError } from "../core/errors.ts";
import { type StackKind, stackName } from "../core/names.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";
import type { KubePort, KubeSelector, Leftover } from "../core/ports.ts";
import { waitUntil } from "../core/wait.ts";
import type { JobContext } from "../jobs/job.ts";
import { stackKinds } from "../plan/stacks.ts";
import type { Config } from "../plan/types.ts";
import { ensureAccess } from "./steps/access.ts";
import { removeInstallNamespace, removeNamespace, uninstallCharts } from "./steps/charts.ts";
import type { PermissionPart } from "../permissions/parts.ts";
import { ensureAllowed, PERMISSIONS_STEP } from "./steps/permissions.ts";
import { type Outcome, runSteps } from "./run.ts";
import type { Session } from "./session.ts";
import type { Project, Run, StepResult } from "./types.ts";

/** A step of the removal. */
export interface DestroyStep {
  /** Id. */
  readonly id: string;
  /** Ids of the steps that come before it. */
  readonly after: readonly string[];
  /** What a person reads. */
  readonly title: string;
}

/** One line of the proof: what was looked for, and what of it is still there. */
export interface Proof {
  /** What was looked for. */
  readonly what: string;
  /** What of it is still there. */
  readonly left: readonly string[];
}

/** What became of a removal. */
export interface DestroyReport {
  /** Each step's end. */
  readonly results: readonly StepResult[];
  /** What was looked for afterwards. */
  readonly proof: readonly Proof[];
  /** Stays on purpose: repositories that hold images, disks of claims, the shared bootstrap. */
  readonly kept: readonly string[];
}

const STEPS = [
  [PERMISSIONS_STEP, "AWS permissions"],
  ["access", "access to the cluster"],
  ["leftover-install", "leftover Helm Job"],
  ["pools", "NodePools and their NodeClaims"],
  ["classes", "EC2NodeClasses"],
  ["plugins", "device plugins"],
  ["charts", "Karpenter's charts"],
  ["namespace", `namespace ${CLUSTER.buildNamespace}`],
  ["contexts", "build contexts"],
  ["revoke", "access entry of the caller"],
  ["stack-eks", "stack eks"],
  ["leftovers", "what Karpenter left behind"],
  ["stack-vpc", "stack vpc"],
] as const;

/** The removal as data: what a dry run prints and what is run. */
export function destroySteps(config: Config, deleteData: boolean): DestroyStep[] {
  const kinds = stackKinds(config);
  const all: [string, string][] = STEPS.flatMap(([id, title]): [string, string][] => {
    if (!id.startsWith("stack-")) return [[id, title]];
    const kind = id.slice(6) as StackKind;
    return kinds.includes(kind) ? [[id, `stack ${stackName(config.name, kind)}`]] : [];
  });
  if (deleteData) all.push(["disks", "disks of claims"], ["repositories", "repositories and their images"]);
  return all.map(([id, title], index) => ({ id, title, after: index === 0 ? [] : [all[index - 1]![0]] }));
}

export async function destroy(
  project: Project,
  run: Run,
  session: Session,
  deleteData: boolean,
): Promise<DestroyReport> {
  const removal = new Removal(project, run, session, deleteData);
  const results = await runSteps(destroySteps(project.config, deleteData), (step) => removal.perform(step.id), {
    emit: run.emitter.emit,
    clock: run.ports.clock,
    signal: run.signal,
    concurrency: 1,
  });
  // Nothing was removed, and who may not remove may not be let look either.
  const refused = results.some(({ id, state }) => id === PERMISSIONS_STEP && state !== "done" && state !== "unchanged");
  return { results, ...refused ? { proof: [], kept: [] } : await removal.prove(deleteData) };
}

/** What is asked of IAM before a removal. */
const PARTS: readonly PermissionPart[] = ["stacks", "access", "contexts", "leftovers", "repositories"];
const DONE: Outcome = { state: "done" };
const GONE: Outcome = { state: "unchanged", detail: "not there" };

class Removal {
  readonly #project: Project;
  readonly #run: Run;
  readonly #session: Session;
  readonly #name: string;
  readonly #parts: readonly PermissionPart[];

  constructor(project: Project, run: Run, session: Session, deleteData: boolean) {
    this.#parts = deleteData ? [...PARTS, "data"] : PARTS;
    this.#project = project;
    this.#run = run;
    this.#session = session;
    this.#name = project.config.name;
  }

  async perform(id: string): Promise<Outcome> {
    const { ports, emitter: { emit }, signal } = this.#run;
    switch (id) {
      case PERMISSIONS_STEP:
        return await ensureAllowed("destroy", this.#parts, this.#project, this.#run, this.#session);
      case "contexts":
        return await this.#emptyContexts();
      case "stack-eks":
        this.#session.forget();
        return await ports.stacks.destroy(stackName(this.#name, "eks"), emit, signal) ? DONE : GONE;
      case "stack-vpc":
        return await ports.stacks.destroy(stackName(this.#name, "vpc"), emit, signal) ? DONE : GONE;
      case "leftovers":
        return await this.#remove(await ports.leftovers.find(this.#name));
      case "disks":
        return await this.#remove(await ports.leftovers.disks(this.#name));
      case "repositories":
        return await this.#repositories();
      default:
        return await this.#session.cluster() ? await this.#inCluster(id) : GONE;
    }
  }

  async #inCluster(id: string): Promise<Outcome> {
    const { eks } = this.#run.ports;
    if (id === "access") {
      await ensureAccess(this.#project.config, this.#run, this.#session);
      return DONE;
    }
    if (id === "revoke") {
      const { principalArn } = await this.#session.identity();
      return await eks.revokeAccess(this.#name, principalArn) ? DONE : GONE;
    }
    const kube = await this.#session.kube();
    const context = { ...this.#waiting(), ...this.#run.emitter, kube, id };
    switch (id) {
      case "leftover-install":
        await removeInstallNamespace(context);
        return DONE;
      case "pools":
        return await this.#removeKind(kube, KARPENTER.nodePool, "NodeClaim");
      case "classes":
        return await this.#removeKind(kube, KARPENTER.nodeClass);
      case "plugins":
        return await this.#removeKind(kube, { apiVersion: "apps/v1", kind: "DaemonSet" });
      case "charts":
        return await this.#charts(context);
      case "namespace":
        return await removeNamespace(CLUSTER.buildNamespace, context) ? DONE : GONE;
      default:
        throw new Error(`Cannot perform destroy step ${id}: it has no action`);
    }
  }

  async #charts(context: JobContext): Promise<Outcome> {
    // The release's Secrets tell what Helm knows of; without one there is nothing to uninstall.
    const releases = await context.kube.list({
      apiVersion: "v1",
      kind: "Secret",
      namespace: CLUSTER.karpenterNamespace,
      labels: "owner=helm",
    });
    if (!releases.some(({ metadata }) => metadata.labels?.["name"]?.startsWith("karpenter"))) return GONE;
    await uninstallCharts(this.#project, context);
    return DONE;
  }

  /** Deletes the objects that unitune made and waits; `dependants` of any origin must be gone too. */
  async #removeKind(
    kube: KubePort,
    kind: { apiVersion: string; kind: string },
    dependants?: string,
  ): Promise<Outcome> {
    const ours: KubeSelector = { ...kind, labels: `${CLUSTER.managedByLabel}=${CLUSTER.managedBy}` };
    const found = await kube.list(ours);
    for (const { metadata: { name, namespace } } of found) {
      await kube.remove({ ...kind, name, ...(namespace && { namespace }) });
    }
    const pools = new Set(found.map(({ metadata }) => metadata.name));
    await waitUntil(async () => (await kube.list(ours)).length === 0, {
      ...this.#waiting(),
      timeoutSeconds: 900,
      what: `${kind.kind}s to go`,
      hint: `kubectl describe ${kind.kind.toLowerCase()} tells what holds them`,
    });
    if (dependants) {
      const claims: KubeSelector = { ...kind, kind: dependants };
      const left = async () => {
        return (await kube.list(claims)).filter(({ metadata }) =>
          pools.has(metadata.labels?.["karpenter.sh/nodepool"] ?? "")
        );
      };
      await waitUntil(async () => (await left()).length === 0, {
        ...this.#waiting(),
        timeoutSeconds: 1200,
        what: `${dependants}s to go`,
        hint: "Their nodes drain first: a pod that may not be disrupted holds them",
      });
    }
    return found.length > 0 ? DONE : GONE;
  }

  async #emptyContexts(): Promise<Outcome> {
    const deployed = await this.#session.deployed();
    if (!deployed) return GONE;
    const removed = await this.#run.ports.contexts(deployed.contextBucket).empty();
    return { state: "done", detail: `${removed} objects` };
  }

  async #remove(found: readonly Leftover[]): Promise<Outcome> {
    for (const leftover of found) await this.#run.ports.leftovers.remove(leftover);
    return found.length > 0 ? { state: "done", detail: found.map(({ kind, id }) => `${kind} ${id}`).join(", ") } : GONE;
  }

  async #repositories(): Promise<Outcome> {
    const { registry } = this.#run.ports;
    const found = await registry.repositories(this.#name);
    for (const repository of found) await registry.removeRepository(repository);
    return found.length > 0 ? { state: "done", detail: found.join(", ") } : GONE;
  }

  #waiting(): Pick<JobContext, "clock" | "signal"> {
    return { clock: this.#run.ports.clock, signal: this.#run.signal };
  }

  /** Looks again at everything that apply makes: what is still there is a failure that names it. */
  async prove(deleteData: boolean): Promise<Pick<DestroyReport, "proof" | "kept">> {
    const { stacks, eks, registry, leftovers } = this.#run.ports;
    const { network } = this.#project.config;
    const ours: Proof[] = [];
    for (const kind of stackKinds({ network }).toReversed()) {
      const name = stackName(this.#name, kind);
      ours.push({ what: `stack ${name}`, left: await stacks.outputs(name) ? [name] : [] });
    }
    const found = await leftovers.find(this.#name);
    const repositories = await registry.repositories(this.#name);
    const disks = (await leftovers.disks(this.#name)).map(({ id }) => id);
    const proof: Proof[] = [
      ...ours,
      { what: `EKS cluster ${this.#name}`, left: await eks.cluster(this.#name) ? [this.#name] : [] },
      ...leftovers.kinds.map((kind) => ({
        what: `${kind}s`,
        left: found.filter((leftover) => leftover.kind === kind).map(({ id }) => id),
      })),
      ...(deleteData ? [{ what: "disks of claims", left: disks }, { what: "repositories", left: repositories }] : []),
    ];
    const kept = ["stack CDKToolkit (the CDK bootstrap, shared with other apps)"];
    if (network.kind === "existing") kept.push(`VPC ${network.vpcId} (unitune did not make it)`);
    if (!deleteData) {
      kept.push(...repositories.map((name) => `repository ${name} (its images; --delete-data removes it)`));
      kept.push(...disks.map((id) => `disk ${id} (a claim's data; --delete-data removes it)`));
    }
    return { proof, kept };
  }
}

export function assertGone(proof: readonly Proof[]): void {
  const left = proof.flatMap(({ what, left }) => left.map((id) => `${what}: ${id}`));
  if (left.length === 0) return;
  throw new UnituneError("LEFT_BEHIND", `Cannot say that everything is gone: ${left.length} found`, {
    lines: left,
    hint: "Run `unitune destroy` again; what stays then needs a look in the console",
  });
}

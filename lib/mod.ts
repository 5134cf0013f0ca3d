/**
 * The library of unitune: a script can do everything that the program does.
 *
 * ```ts
 * import { describePlan, openProject } from "unitune";
 *
 * await using project = await openProject({ file: "unitune.config.ts" });
 * const plan = await project.plan({ offline: true });
 * console.log(describePlan(plan));
 * ```
 *
 * @module
 */
import type { SecretEnv } from "./adapters/config/secrets.ts";
import type { LoadedProject } from "./adapters/config/load.ts";
import type { TokenSource } from "./actions/kubeconfig.ts";
import type { DeployOptions } from "./actions/deploy.ts";
import type { DestroyOptions, DestroyPlan, DestroyReport } from "./actions/destroy.ts";
import type { LogReport, OnLine } from "./actions/logs.ts";
import type { Diagnosis } from "./actions/doctor.ts";
import type { Operation } from "./actions/operation.ts";
import type { Guests } from "./actions/steps/guests.ts";
import type { PlanOptions } from "./actions/plan.ts";
import type { Report } from "./actions/report.ts";
import type { JsonSchema } from "./config/schema/json_schema.ts";
import type { Config } from "./config/types.ts";
import { type Emitter, emitterOf } from "./core/emitter.ts";
import type { Host } from "./core/events.ts";
import type { ExecCredential, KubeconfigEntry } from "./core/kubeconfig.ts";
import { measured } from "./core/measure.ts";
import type { Identity, KubeObject, Ports } from "./core/ports.ts";
import type { Policies } from "./permissions/policies.ts";
import type { SavedOptions, SavedPlan } from "./plan/saved.ts";
import type { Status } from "./plan/status.ts";
import type { Plan } from "./plan/types.ts";
import type { RunOptions } from "./actions/images/build_run.ts";
import type { ContextReport } from "./project/contexts.ts";
import type { DirectoryImage } from "./project/directory.ts";
import type { OpenFiles } from "./project/files.ts";
import type { PortOptions } from "./project/ports.ts";
import type { TokenRequest } from "./project/token.ts";

export { ERRORS, EXIT, isUnituneError, UnituneError } from "./core/errors.ts";
export type { CheckCode, ErrorCode, ErrorDetail, ExitCode, FilePlace, Mistake } from "./core/errors.ts";
export type { EndState, EventBody, EventStamp, Host, Level, LogSource, UnituneEvent } from "./core/events.ts";
export { GPU_MEMORY, GPU_NAMES } from "./config/gpus.ts";
export { formatBytes } from "./core/units.ts";
export type { ExecCredential, KubeconfigEntry } from "./core/kubeconfig.ts";
export { describeStatus } from "./plan/describe_status.ts";
export type { BuildStatus, ImageStatus, StackStatus, Status, WaitStatus } from "./plan/status.ts";
export type { ClusterStatus, NodeStatus, PoolStatus } from "./plan/status.ts";
export type { Diagnosis } from "./actions/doctor.ts";
export type { LogReport, OnLine } from "./actions/logs.ts";
export type { JobState } from "./jobs/job.ts";
export type { TokenSource } from "./actions/kubeconfig.ts";
export type { TokenRequest } from "./project/token.ts";
export type { KubeKind, KubeMetadata, KubeObject, KubeOwner, KubeRef } from "./core/kube.ts";
export type { AccessPurpose, Conditions, Identity, StackChange, StackDiff } from "./core/ports.ts";
export type { DriftedResource, StackDrift } from "./core/stack_ports.ts";
export type { Finding } from "./core/findings.ts";
export type * from "./config/types.ts";
export type { SecretEnv } from "./adapters/config/secrets.ts";
export type { Refusal, StarterAnswers } from "./config/starter.ts";
export type { JsonSchema } from "./config/schema/json_schema.ts";
export { hasDrifted, isNoop, type Phase, PHASES } from "./plan/changes.ts";
export { type CacheCost, type Cost, costOf, type PoolCost } from "./plan/cost.ts";
export { planMarkdown } from "./plan/markdown.ts";
export type { SavedOptions, SavedPlan } from "./plan/saved.ts";
export { type DescribeOptions, describePlan, summary } from "./plan/describe.ts";
export type { FieldChange } from "./core/fields.ts";
export type { Roll } from "./plan/rolls.ts";
export * from "./pages/mod.ts";
export { type RunEnd, startTracing, type Tracing } from "./adapters/telemetry/start.ts";
export { writePage } from "./adapters/output.ts";
export { withKubeconfigEntry, writeKubeconfig } from "./project/kubeconfig.ts";
export type { Command } from "./permissions/parts.ts";
export type { Policies, PolicyDocument, PolicyStatement } from "./permissions/policies.ts";
export type { AccessChange, Action, BuildSpec, Change, ContextFacts, FolderFacts } from "./plan/types.ts";
export type { Plan, VersionStep } from "./plan/types.ts";
export type { PlanOptions } from "./actions/plan.ts";
export type { RunOptions } from "./actions/images/build_run.ts";
export type { ImageResult, Report, StepResult } from "./actions/report.ts";
export type { DeployOptions } from "./actions/deploy.ts";
export type { DestroyOptions, DestroyPlan, DestroyReport, DestroyStep, DestroyStepBase } from "./actions/destroy.ts";
export type { Guest, Guests } from "./actions/steps/guests.ts";
export type { Removal } from "./actions/steps/removal.ts";
export type { Proof, Remains } from "./actions/proof.ts";
export type { ContextReport, NamedSourceReport } from "./project/contexts.ts";
export type { DirectoryImage } from "./project/directory.ts";
export { initProject, starterGuide, writeTypes } from "./project/init.ts";
export type { Choice, InitReport, MissingLine, StarterGuide } from "./project/init.ts";
export { jsonHost, terminalHost } from "./adapters/terminal/mod.ts";
export type { Input, JsonHostOptions, TerminalHostOptions } from "./adapters/terminal/mod.ts";

/** Names of the profiles in the AWS config files, sorted. */
export async function awsProfiles(): Promise<readonly string[]> {
  return await (await import("./adapters/aws/profiles.ts")).profileNames();
}

/** Options of `openProject`. */
export interface OpenOptions {
  /** The config file. Default: `unitune.config.ts`, searched upward from `cwd`. */
  readonly file?: string | undefined;
  /** Where the search starts. Default: the current folder of the process. */
  readonly cwd?: string | undefined;
  /** The stage: everything is then named `<name>-<stage>` instead of `<name>`. */
  readonly stage?: string | undefined;
  /** The variables that the config function receives as `env`. Default: none. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * Returns the value of a variable that an image's secret names. It is called for one variable at a time, and only
   * when a Job needs it. Return `null` for a variable that is not set, and `undefined` for one that secrets must not
   * use. Default: secrets may use no variable. Example: `(name) => name === "HF_TOKEN" ? token : undefined`.
   */
  readonly secretEnv?: SecretEnv | undefined;
  /** Folders outside the project that may hold contexts and secret files. Default: none. */
  readonly allowRead?: readonly string[] | undefined;
  /** The region, instead of the config's. */
  readonly region?: string | undefined;
  /** A profile of the shared AWS config files. */
  readonly profile?: string | undefined;
  /** Receives events and answers questions. Default: events are dropped, and nobody answers. */
  readonly host?: Host | undefined;
  /** Stops the work: no further step starts. */
  readonly signal?: AbortSignal | undefined;
}

type Connect = (options: PortOptions) => Promise<Ports>;

const openPorts: Connect = async (options) => await (await import("./project/ports.ts")).openPorts(options);

const emitterFor = (host: Host | undefined): Emitter => emitterOf((event) => host?.emit(event), { now: Date.now });

/** Evaluates and checks the config. Makes no requests. */
export async function openProject(options: OpenOptions = {}): Promise<UnituneProject> {
  const { loadConfig } = await import("./adapters/config/load.ts");
  const { emit } = emitterFor(options.host);
  const load = () =>
    loadConfig({
      file: options.file,
      cwd: options.cwd ?? Deno.cwd(),
      stage: options.stage,
      region: options.region,
      env: options.env ?? {},
      allowRead: options.allowRead ?? [],
      log: (message) => emit({ type: "warning", message: `config: ${message}` }),
    });
  const about = { what: "config", name: options.file ?? "unitune.config.ts" } as const;
  const loaded = await measured(about, { emit, now: Date.now }, load);
  const { openFiles } = await import("./project/files.ts");
  const { config, root, allowed, modules } = loaded, env = options.secretEnv ?? (() => undefined);
  const files = await openFiles(config, { walls: { root, allowed }, env }, { remember: true, emit, modules });
  return new UnituneProject(loaded, files, options);
}

/**
 * One config, ready to be planned, applied, built and destroyed. Close it (or use `await using`) to end its connections
 * and delete its temporary files.
 */
export class UnituneProject implements AsyncDisposable {
  /** The resolved config. */
  readonly config: Config;
  /** Absolute path of the config file. */
  readonly file: string;
  readonly #loaded: LoadedProject;
  readonly #files: OpenFiles;
  readonly #options: OpenOptions;
  readonly #connect: Connect;
  #operation: Promise<Operation> | undefined;

  /** Use `openProject` instead. `connect` opens the ports. Default: those of AWS and of the cluster. */
  constructor(loaded: LoadedProject, files: OpenFiles, options: OpenOptions, connect: Connect = openPorts) {
    this.config = files.config;
    this.file = loaded.file;
    this.#loaded = loaded;
    this.#files = files;
    this.#options = options;
    this.#connect = connect;
  }

  /** Compares stacks, cluster objects and images with what is deployed. Changes nothing. */
  async plan(options: PlanOptions = {}): Promise<Plan> {
    const { planDeployed, planOffline } = await import("./actions/plan.ts");
    if (options.offline) return await planOffline(this.#files, options, Date.now());
    return await planDeployed(await this.#open(), options);
  }

  /** A plan of this project as data, to be run later by `resume`. */
  async save(plan: Plan, options: SavedOptions): Promise<SavedPlan> {
    const { savedPlan } = await import("./plan/saved.ts");
    return savedPlan(plan, options, this.#loaded.root);
  }

  /** Plans again what was saved. Throws `PLAN_STALE` if anything has changed since. */
  async resume(saved: SavedPlan): Promise<Plan> {
    const { planSaved } = await import("./actions/resume.ts");
    return await planSaved(await this.#open(), saved, this.#loaded.root);
  }

  /** Runs a plan. */
  async run(plan: Plan, options: RunOptions = {}): Promise<Report> {
    const [{ applyPlan }, { withPlaces }] = await Promise.all([
      import("./actions/apply.ts"),
      import("./project/places.ts"),
    ]);
    const report = await applyPlan(await this.#open(), plan, options);
    return { ...report, results: withPlaces(report.results, this.#loaded.placeOf) };
  }

  /** Plans and runs all phases, or the named ones. */
  async apply(options: PlanOptions = {}): Promise<Report> {
    return await this.run(await this.plan(options));
  }

  /** Builds the named images and the images that they need. Default: all. */
  async build(
    images?: readonly string[],
    options: Pick<PlanOptions, "force" | "noCache" | "pull"> & RunOptions = {},
  ): Promise<Report> {
    const { force, noCache, pull, wait, cancelOnInterrupt } = options;
    const plan = await this.plan({ force, noCache, pull, only: ["images"], images });
    this.#warn(plan.notes);
    return await this.run(plan, { wait, cancelOnInterrupt });
  }

  /** A project with one image, which the config does not declare: a folder, built into a repository of its own. */
  async withDirectory(image: DirectoryImage): Promise<UnituneProject> {
    const [{ directoryConfig }, { openFiles }] = await Promise.all([
      import("./project/directory.ts"),
      import("./project/files.ts"),
    ]);
    const config = await directoryConfig(this.#loaded, image);
    const { emit } = emitterFor(this.#options.host), reading = { remember: true, emit, modules: this.#loaded.modules };
    const { root, allowed } = this.#loaded, env = this.#options.secretEnv ?? (() => undefined);
    const files = await openFiles(config, { walls: { root, allowed }, env }, reading);
    return new UnituneProject(this.#loaded, files, this.#options, this.#connect);
  }

  /** Plans a project of `withDirectory`: the repository, if it is missing, then the image. */
  async planDeploy(options: DeployOptions = {}): Promise<Plan> {
    const { planDeploy } = await import("./actions/deploy.ts");
    const plan = await planDeploy(await this.#open(), options);
    this.#warn(plan.notes);
    return plan;
  }

  /** Whose account and credentials the project works with. */
  async caller(): Promise<Identity> {
    return await (await this.#open()).session.identity();
  }

  /** Plans the deletion of everything that `apply` creates, in order. */
  async planDestroy(options: DestroyOptions = {}): Promise<DestroyPlan> {
    const { planDestroy } = await import("./actions/destroy.ts");
    return planDestroy(this.config, options);
  }

  /** What users have in the cluster that the plan of `planDestroy` would delete. Changes nothing. */
  async findGuests({ deleteData }: DestroyPlan): Promise<Guests> {
    const { findGuests } = await import("./actions/steps/guests.ts");
    return await findGuests(await this.#open(), deleteData);
  }

  /** Runs the plan of `planDestroy`, then looks for what is left. */
  async destroy(plan: DestroyPlan): Promise<DestroyReport> {
    const { destroy } = await import("./actions/destroy.ts");
    return await destroy(await this.#open(), plan);
  }

  /** Where the project stands: stacks, cluster, Karpenter, pools and nodes, what waits, builds, what was left behind. */
  async status(): Promise<Status> {
    const { readStatus } = await import("./actions/status.ts");
    return await readStatus(await this.#open());
  }

  /** Examines the account, the caller's permissions and the way to the cluster, for this config. Changes nothing. */
  async doctor(): Promise<Diagnosis> {
    const { diagnose } = await import("./actions/doctor.ts");
    return await diagnose(await this.#open());
  }

  /** Follows the log of the image's build to its end. The Job runs, or ended a while ago. */
  async logs(image: string, onLine: OnLine): Promise<LogReport> {
    const { followLogs } = await import("./actions/logs.ts");
    return await followLogs(await this.#open(), image, onLine);
  }

  /** The entry with which kubectl reaches the cluster; `source` prints its tokens. */
  async kubeconfig(source: TokenSource): Promise<KubeconfigEntry> {
    const { kubeconfigEntry } = await import("./actions/kubeconfig.ts");
    return await kubeconfigEntry(await this.#open(), source);
  }

  /** Writes templates, cluster objects, Jobs and IAM policies as files, without an account. Returns their paths. */
  async synth(out: string): Promise<readonly string[]> {
    const [{ synthFiles }, { writeFiles }] = await Promise.all([
      import("./actions/synth.ts"),
      import("./adapters/output.ts"),
    ]);
    return await writeFiles(out, await synthFiles(this.#files, await this.policies()));
  }

  /** The IAM policies that each command needs, and that CloudFormation's own role needs. Needs no account. */
  async policies(): Promise<Policies> {
    const { policiesOf } = await import("./project/policies.ts");
    return await policiesOf(this.config);
  }

  /** The build Jobs of the named images and the images that they need, as they would be created. Default: all. */
  async jobs(
    images?: readonly string[],
    { noCache, pull }: Pick<PlanOptions, "noCache" | "pull"> = {},
  ): Promise<readonly KubeObject[]> {
    const { plannedJobs } = await import("./actions/jobs.ts");
    const { objects, notes } = await plannedJobs(this.#files, images, { noCache, pull });
    this.#warn(notes);
    return objects;
  }

  /** What an image's build context contains. */
  async context(image: string): Promise<ContextReport> {
    const { namedImages } = await import("./actions/plan.ts");
    namedImages(this.config, [image]);
    return await this.#files.contexts.report(image);
  }

  /** Closes connections and deletes temporary files. */
  async close(): Promise<void> {
    const operation = await this.#operation?.catch(() => undefined);
    await operation?.ports.close();
    await this.#files.close();
  }

  /** The same, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** For commands that show no plan. */
  #warn(notes: readonly string[]): void {
    const { emit } = emitterFor(this.#options.host);
    for (const message of notes) emit({ type: "warning", message });
  }

  #open(): Promise<Operation> {
    return this.#operation ??= this.#begin();
  }

  async #begin(): Promise<Operation> {
    const { openOperation } = await import("./project/operation.ts");
    const { host, signal = new AbortController().signal, profile } = this.#options, emitter = emitterFor(host);
    const note = (message: string) => emitter.emit({ type: "warning", message });
    const ports = await this.#connect({ config: this.config, profile, note, signal });
    return openOperation(this.#files, ports, { emitter, signal });
  }
}

/** Kubernetes objects as YAML documents. */
export async function toYaml(objects: readonly KubeObject[]): Promise<string> {
  const yaml = await import("./adapters/yaml.ts");
  return yaml.toYaml(objects);
}

/**
 * This machine's public IPv4 address as AWS sees it, from https://checkip.amazonaws.com. `null` without an answer;
 * `undefined` if `AWS_ENDPOINT_URL` is set: then nobody is asked.
 */
export async function publicAddress(): Promise<string | null | undefined> {
  const { reach } = await import("./adapters/aws/reach.ts");
  return await reach().address();
}

/** What kubectl's exec plugin prints: a token for the API server of a cluster. Needs no config. */
export async function kubeToken(request: TokenRequest): Promise<ExecCredential> {
  const { clusterCredential } = await import("./project/token.ts");
  return await clusterCredential(request);
}

/** What a folder outside the config would send as a build context. */
export async function directoryContext(directory: string): Promise<ContextReport> {
  const contexts = await import("./project/contexts.ts");
  return await contexts.directoryContext(directory);
}

/** The JSON Schema of the arguments of `defineConfig`, `cpuPool`, `gpuPool` and `image`. */
export async function configSchema(): Promise<JsonSchema> {
  const schema = await import("./config/schema/json_schema.ts");
  return schema.configSchema();
}

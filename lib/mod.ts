/**
 * Everything that a script can do with unitune: the same that the program does.
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
import { type Emitter, emitterOf } from "./core/emitter.ts";
import type { Host } from "./core/events.ts";
import { UnituneError } from "./core/errors.ts";
import type { KubeObject } from "./core/ports.ts";
import type { JsonSchema } from "./config/schema/json_schema.ts";
import type { SecretEnv } from "./adapters/config/secrets.ts";
import type { StarterAnswers, StarterTexts } from "./config/starter.ts";
import type { Config, LoadedConfig } from "./config/types.ts";
import type { Ports, Report, Run } from "./actions/types.ts";
import type { DestroyReport, DestroyStep } from "./actions/destroy.ts";
import type { Session } from "./actions/session.ts";
import type { Stage } from "./plan/changes.ts";
import type { Policies } from "./permissions/policies.ts";
import type { Plan } from "./plan/types.ts";
import type { ContextReport, ProjectFiles } from "./wiring.ts";

export { ERRORS, EXIT, isUnituneError, UnituneError } from "./core/errors.ts";
export type { ErrorCode, ErrorDetail, ExitCode } from "./core/errors.ts";
export type { EndState, EventBody, EventStamp, Host, Level, LogSource, UnituneEvent } from "./core/events.ts";
export { GPU_MEMORY, GPU_NAMES } from "./config/gpus.ts";
export { formatBytes } from "./core/units.ts";
export type { KubeKind, KubeMetadata, KubeObject, KubeOwner, KubeRef } from "./core/kube.ts";
export type { AccessPurpose, StackChange, StackDiff } from "./core/ports.ts";
export type * from "./config/types.ts";
export type { SecretEnv } from "./adapters/config/secrets.ts";
export type { StarterAnswers } from "./config/starter.ts";
export type { JsonSchema } from "./config/schema/json_schema.ts";
export { isNoop, type Stage, STAGES } from "./plan/changes.ts";
export { describePlan, summary } from "./plan/describe.ts";
export type { Command } from "./permissions/parts.ts";
export type { Policies, PolicyDocument, PolicyStatement } from "./permissions/policies.ts";
export type { AccessChange, Action, BuildSpec, Change, ContextFacts, Plan, VersionStep } from "./plan/types.ts";
export type { ImageResult, Report, StepResult } from "./actions/types.ts";
export type { DestroyReport, DestroyStep, Proof } from "./actions/destroy.ts";
export type { ContextReport } from "./wiring.ts";
export { jsonHost, terminalHost } from "./adapters/terminal/mod.ts";
export type { Input, JsonHostOptions, TerminalHostOptions } from "./adapters/terminal/mod.ts";

/** How a project is opened. */
export interface OpenOptions {
  /** The config file; by default `unitune.config.ts`, searched upward from `cwd`. */
  readonly file?: string | undefined;
  /** Where the search starts; by default the process's folder. */
  readonly cwd?: string | undefined;
  /** The stage: `<name>-<stage>` is used wherever `<name>` stands. */
  readonly stage?: string | undefined;
  /** What the config function sees as `env`: nothing by default. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /**
   * The variables that images' secrets name, asked for one by one and only when a Job needs them; `undefined`: not let
   * through, `null`: not set. By default none is let through. Example: `(name) => name === "HF_TOKEN" ? token : undefined`.
   */
  readonly secretEnv?: SecretEnv | undefined;
  /** Folders outside the project that contexts and files of secrets may lie in; none by default. */
  readonly allowRead?: readonly string[] | undefined;
  /** In place of the config's region. */
  readonly region?: string | undefined;
  /** Profile of the shared AWS config files. */
  readonly profile?: string | undefined;
  /** Where the story goes, and who answers; by default nowhere, and nobody. */
  readonly host?: Host | undefined;
  /** Ends the work: no step is begun any more. */
  readonly signal?: AbortSignal | undefined;
}

/** What is planned. */
export interface PlanOptions {
  /** Plan without an account: as if nothing were deployed. */
  readonly offline?: boolean | undefined;
  /** The stages to plan; all by default. */
  readonly only?: readonly Stage[] | undefined;
  /** Images to plan, with all that they need; all by default. */
  readonly images?: readonly string[] | undefined;
  /** Build the named images even if the registry has them. */
  readonly force?: boolean | undefined;
}

/** Without a host nothing is told. */
function emitterFor(host: Host | undefined): Emitter {
  return emitterOf((event) => host?.emit(event), { now: Date.now });
}

/** Evaluates and checks the config. Nothing leaves the machine. */
export async function openProject(options: OpenOptions = {}): Promise<UnituneProject> {
  const { loadConfig } = await import("./adapters/config/load.ts");
  const { emit } = emitterFor(options.host);
  const loaded = await loadConfig({
    file: options.file,
    cwd: options.cwd ?? Deno.cwd(),
    stage: options.stage,
    region: options.region,
    env: options.env ?? {},
    allowRead: options.allowRead ?? [],
    log: (message) => emit({ type: "warning", message: `config: ${message}` }),
  });
  const { ProjectFiles } = await import("./wiring.ts");
  const { config, root, allowed } = loaded, env = options.secretEnv ?? (() => undefined);
  const files = await ProjectFiles.open(config, { walls: { root, allowed }, env });
  return new UnituneProject(loaded, files, options);
}

/** One config, ready to be planned, applied, built and destroyed. Close it (or `await using`) to remove its temporary files. */
export class UnituneProject implements AsyncDisposable {
  /** The resolved config. */
  readonly config: Config;
  /** Absolute path of the config file. */
  readonly file: string;
  readonly #files: ProjectFiles;
  readonly #options: OpenOptions;
  readonly #emitter: Emitter;
  readonly #signal: AbortSignal;
  #ports: Promise<Ports> | undefined;
  #session: Promise<Session> | undefined;

  /** Use `openProject`. */
  constructor(loaded: LoadedConfig, files: ProjectFiles, options: OpenOptions) {
    this.config = loaded.config;
    this.file = loaded.file;
    this.#files = files;
    this.#options = options;
    this.#emitter = emitterFor(options.host);
    this.#signal = options.signal ?? new AbortController().signal;
  }

  /** The diff over stacks, cluster objects and images. Changes nothing. */
  async plan(options: PlanOptions = {}): Promise<Plan> {
    const { makePlan, STAGES } = await import("./plan/changes.ts");
    const { observe, observeNothing } = await import("./actions/observe.ts");
    const only = options.only ?? STAGES;
    const images = this.#named(options.images);
    const builds = only.includes("images") ? await this.#files.builds() : [];
    const observed = options.offline
      ? observeNothing(this.#files, only.includes("infra") ? await this.#files.offlineDiff() : [], Date.now())
      : await observe(this.#files, builds, await this.#run(), await this.#openSession(), only);
    const force = options.force ? images ?? builds.map(({ image }) => image.name) : [];
    return makePlan({ config: this.config, builds, observed, only, images, force });
  }

  /** Runs a plan. */
  async run(plan: Plan): Promise<Report> {
    const { applyPlan } = await import("./actions/apply.ts");
    return await applyPlan(plan, this.#files, await this.#run(), await this.#openSession());
  }

  /** Plans and runs: all stages, or the named ones. */
  async apply(options: PlanOptions = {}): Promise<Report> {
    return await this.run(await this.plan(options));
  }

  /** Builds the named images and what they need; all, if none is named. */
  async build(images?: readonly string[], options: { readonly force?: boolean | undefined } = {}): Promise<Report> {
    return await this.apply({ only: ["images"], images, force: options.force });
  }

  /** A project with one image more, that no config declares: a folder, built into its own repository. */
  async withDirectory(directory: string, repository: string, tag?: string): Promise<UnituneProject> {
    const { directoryImage, ProjectFiles } = await import("./wiring.ts");
    const pool = this.config.pools.find(({ name }) => name === this.config.builder.pool)!;
    const config: Config = { ...this.config, images: [await directoryImage(directory, repository, tag, pool)] };
    const loaded = { config, file: this.file, root: directory, allowed: [] };
    return new UnituneProject(loaded, await ProjectFiles.open(config), this.#options);
  }

  /** Makes the images' repositories where they are missing; for images that no stack declares. */
  async ensureRepositories(): Promise<void> {
    const { registry } = await this.#openPorts();
    const { ensureAllowed } = await import("./actions/steps/permissions.ts");
    const parts = ["repositories", "images", "contexts"] as const;
    await ensureAllowed("deploy", parts, this.#files, await this.#run(), await this.#openSession());
    const { deployedSettings } = await import("./core/facts/repositories.ts");
    for (const image of this.config.images) {
      await registry.ensureRepository(image.repository, this.config.name, deployedSettings(image));
    }
  }

  /** The steps of a removal, in order, as data. */
  async destroySteps(deleteData: boolean): Promise<readonly DestroyStep[]> {
    const { destroySteps } = await import("./actions/destroy.ts");
    return destroySteps(this.config, deleteData);
  }

  /** Removes everything that `apply` made, then looks for what is left. */
  async destroy(options: { readonly deleteData?: boolean | undefined } = {}): Promise<DestroyReport> {
    const { destroy } = await import("./actions/destroy.ts");
    return await destroy(this.#files, await this.#run(), await this.#openSession(), options.deleteData ?? false);
  }

  /** Writes templates, cluster objects, Jobs and IAM policies as files, without an account; gives their paths. */
  async synth(out: string): Promise<readonly string[]> {
    return await this.#files.writeAll(out);
  }

  /** IAM policies: what each command needs, and what CloudFormation's own role needs. Without an account. */
  async policies(): Promise<Policies> {
    return await this.#files.policies();
  }

  /** The build Jobs of the named images and what they need, as they would be sent. */
  async jobs(images?: readonly string[]): Promise<readonly KubeObject[]> {
    const { withNeeds } = await import("./plan/changes.ts");
    const builds = await this.#files.builds();
    const named = this.#named(images);
    return (named ? withNeeds(builds, named) : builds).flatMap((build) => this.#files.plannedJob(build));
  }

  /** What goes into an image's build context. */
  async context(image: string): Promise<ContextReport> {
    this.#named([image]);
    return await this.#files.contextReport(image);
  }

  /** Removes temporary files. */
  async close(): Promise<void> {
    await this.#files.close();
  }

  /** The same, by `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #named(images: readonly string[] | undefined): readonly string[] | undefined {
    if (!images || images.length === 0) return undefined;
    const known = this.config.images.map(({ name }) => name);
    const unknown = images.filter((name) => !known.includes(name));
    if (unknown.length === 0) return images;
    throw new UnituneError("IMAGE_UNKNOWN", `Cannot find image ${unknown.join(", ")}: the config declares none of it`, {
      path: "images",
      hint: known.length > 0 ? `Declared are ${known.join(", ")}` : "Add it under `images`",
    });
  }

  async #run(): Promise<Run> {
    return { ports: await this.#openPorts(), emitter: this.#emitter, signal: this.#signal };
  }

  #openPorts(): Promise<Ports> {
    return this.#ports ??= import("./wiring.ts").then(({ openPorts }) => {
      const note = (message: string) => this.#emitter.emit({ type: "warning", message });
      return openPorts({ config: this.config, profile: this.#options.profile, note });
    });
  }

  #openSession(): Promise<Session> {
    return this.#session ??= Promise.all([import("./actions/session.ts"), this.#openPorts()])
      .then(([{ Session }, ports]) => new Session(this.config, ports));
  }
}

/** Kubernetes objects as YAML documents. */
export async function toYaml(objects: readonly KubeObject[]): Promise<string> {
  const yaml = await import("./adapters/yaml.ts");
  return yaml.toYaml(objects);
}

/** What a folder that no config declares would send as a build context. */
export async function directoryContext(directory: string): Promise<ContextReport> {
  const wiring = await import("./wiring.ts");
  return await wiring.directoryContext(directory);
}

/** The JSON Schema of what `defineConfig`, `cpuPool`, `gpuPool` and `image` take. */
export async function configSchema(): Promise<JsonSchema> {
  const schema = await import("./config/schema/json_schema.ts");
  return schema.configSchema();
}

/** What became of each file of a new project. */
export interface InitReport {
  /** Paths that were written. */
  readonly written: readonly string[];
  /** Was there already, and stays as it is. */
  readonly kept: readonly string[];
}

/** Writes a config, an example image and editor types into a folder. Nothing that is there is written over. */
export async function initProject(folder: string, answers: StarterAnswers): Promise<InitReport> {
  const [{ STARTER_FILES, starterFiles }, { readTemplate }] = await Promise.all([
    import("./config/starter.ts"),
    import("./adapters/assets.ts"),
  ]);
  const names = Object.keys(STARTER_FILES) as (keyof typeof STARTER_FILES)[];
  const texts = await Promise.all(names.map(async (name) => [name, await readTemplate(`init/${name}`)] as const));
  const written: string[] = [], kept: string[] = [];
  for (const [path, text] of Object.entries(starterFiles(answers, Object.fromEntries(texts) as StarterTexts))) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    // `createNew` fails for whatever has the name, a link that leads nowhere too.
    const made = await Deno.writeTextFile(`${folder}/${path}`, text, { createNew: true }).then(() => true, (error) => {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    });
    (made ? written : kept).push(path);
  }
  return { written, kept };
}

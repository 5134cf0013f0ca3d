/** One image: reuse what the registry holds, else upload the context, run its Job and read the digest. */
import type { Emit, UnituneEvent } from "../core/events.ts";
import { EXIT, UnituneError } from "../core/errors.ts";
import { type Mask, maskOf } from "../build/mask.ts";
import { failedStep } from "../build/progress.ts";
import type { SecretValue } from "../build/secret.ts";
import { archOf, jobName, registryHost, sourceTag } from "../core/names.ts";
import { CLUSTER } from "../core/pins.ts";
import type { KubeObject, KubePort } from "../core/ports.ts";
import type { BuildSpec, Deployed, JobSpec } from "../plan/types.ts";
import { ensureJob, followJob, type JobContext, type JobEnd } from "./job.ts";
import { findBuilt, putTags } from "./registry.ts";
import { completeJob, hasSecrets, removeSecret } from "./secrets.ts";
import type { ImageResult, Ports, Project } from "./types.ts";

export interface BuildRun {
  readonly project: Project;
  readonly deployed: Deployed;
  readonly ports: Pick<Ports, "registry" | "contexts" | "clock">;
  /** Opened only when something has to be built. */
  readonly kube: () => Promise<KubePort>;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** Digests of the images of this run, by name: what the images after them build on. */
export type Digests = Map<string, string>;

export function imageRef(deployed: Deployed, repository: string, digest: string): string {
  return `${registryHost(deployed.account, deployed.region)}/${repository}@${digest}`;
}

export function buildImage(build: BuildSpec, run: BuildRun, digests: Digests, force: boolean): Promise<ImageResult> {
  return new ImageBuild(build, run, digests).run(force);
}

class ImageBuild {
  readonly #build: BuildSpec;
  readonly #run: BuildRun;
  readonly #digests: Digests;
  readonly #started: number;
  readonly #id: string;
  #uploadedBytes = 0;
  #secrets: Promise<readonly SecretValue[]> | undefined;
  /** Hides nothing until the values are known: the Job itself hides them too. */
  #mask: Mask = (text) => text;

  constructor(build: BuildSpec, run: BuildRun, digests: Digests) {
    this.#build = build;
    this.#run = run;
    this.#digests = digests;
    this.#started = run.ports.clock.now();
    this.#id = `build:${build.image.name}`;
  }

  async run(force: boolean): Promise<ImageResult> {
    const found = force ? null : await findBuilt(this.#run.ports.registry, this.#build);
    if (found) return await this.#finish("reused", found, null, "the registry has this key");
    const job = this.#jobName();
    const { how, end } = await this.#runJob(job);
    if (end.state === "failed") throw buildFailure(this.#build.image.name, job, end);
    const digest = digestOf(end) ?? await findBuilt(this.#run.ports.registry, this.#build);
    if (!digest) {
      throw new UnituneError(
        "BUILD_NO_DIGEST",
        `Cannot find the result of Job ${job}: the registry has no ${this.#tag()}`,
        {
          path: `images.${this.#build.image.name}`,
          exit: EXIT.cluster,
        },
      );
    }
    return await this.#finish("built", digest, job, how === "adopted" ? "adopted a running Job" : "its key is new");
  }

  async #runJob(job: string): Promise<{ readonly how: "made" | "adopted"; readonly end: JobEnd }> {
    const { emit, signal, ports } = this.#run;
    const kube = await this.#run.kube();
    const context: JobContext = {
      kube,
      emit: (event) => emit(masked(event, this.#mask)),
      signal,
      clock: ports.clock,
      id: this.#id,
    };
    const name = { name: job, namespace: CLUSTER.buildNamespace };
    const secret = hasSecrets(this.#build);
    const complete = (made: KubeObject) => completeJob(made, () => this.#secretValues(), context);
    const how = await ensureJob(name, () => this.#prepare(kube), context, secret ? complete : undefined);
    const end = await followJob(name, ["fetch", "buildkit"], context);
    if (secret) await removeSecret({ apiVersion: "batch/v1", kind: "Job", ...name }, context);
    return { how, end: { ...end, message: this.#mask(end.message), reason: this.#mask(end.reason) } };
  }

  /** Read once; what they are is kept out of the story from then on. */
  #secretValues(): Promise<readonly SecretValue[]> {
    return this.#secrets ??= this.#run.project.secrets(this.#build.image.name).then((values) => {
      this.#mask = maskOf(values.map(({ value }) => value));
      return values;
    });
  }

  #tag(): string {
    return sourceTag(this.#build.key);
  }

  #platform(): JobSpec["platform"] {
    return this.#build.image.platforms[0]!;
  }

  #jobName(): string {
    return jobName(this.#build.image.name, archOf(this.#platform()), this.#build.key);
  }

  async #prepare(kube: KubePort): Promise<KubeObject> {
    const { project, deployed, emit, ports } = this.#run;
    // Had before anything is sent or made.
    if (hasSecrets(this.#build)) await this.#secretValues();
    const store = ports.contexts(deployed.contextBucket);
    const stored = await project.upload(this.#build.image.name, store, this.#run.signal);
    this.#uploadedBytes = stored.uploadedBytes;
    emit({
      type: "progress",
      id: this.#id,
      message: `context stored: ${stored.uploadedBytes} of ${stored.bytes} bytes sent`,
    });
    const pool = project.config.pools.find(({ name }) => name === this.#build.image.pool)!;
    const objects = project.jobObjects({
      name: this.#jobName(),
      build: this.#build,
      platform: this.#platform(),
      tag: this.#tag(),
      context: { bucket: deployed.contextBucket, listKey: stored.listKey, listDigest: stored.listDigest },
      needs: Object.fromEntries(this.#build.needs.map((need) => [need.alias, this.#needRef(need.image)])),
      registry: registryHost(deployed.account, deployed.region),
      pushRoleArn: deployed.pushRoleArn,
      pool,
    });
    for (const helper of objects.slice(0, -1)) await kube.apply(helper);
    return objects.at(-1)!;
  }

  #needRef(image: string): string {
    const digest = this.#digests.get(image);
    const needed = this.#run.project.config.images.find(({ name }) => name === image);
    if (!digest || !needed) throw new Error(`Cannot build ${this.#build.image.name} before ${image} has a digest`);
    return imageRef(this.#run.deployed, needed.repository, digest);
  }

  async #finish(
    state: "built" | "reused",
    digest: string,
    job: string | null,
    because: string,
  ): Promise<ImageResult> {
    const { image } = this.#build;
    this.#digests.set(image.name, digest);
    await putTags(this.#run.ports.registry, image.repository, digest, image.tags);
    return {
      state,
      ref: imageRef(this.#run.deployed, image.repository, digest),
      digest,
      seconds: (this.#run.ports.clock.now() - this.#started) / 1000,
      context: {
        digest: this.#build.context.digest,
        bytes: this.#build.context.bytes,
        uploadedBytes: this.#uploadedBytes,
      },
      job,
      because,
    };
  }
}

function masked(event: UnituneEvent, mask: Mask): UnituneEvent {
  if (event.type === "log") return { ...event, line: mask(event.line) };
  return event.type === "progress" || event.type === "warning" ? { ...event, message: mask(event.message) } : event;
}

/** The digest that the Job wrote as its last word: the fast path. */
function digestOf(end: JobEnd): string | null {
  const digest = parsed(end.message)["digest"];
  return typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : null;
}

function buildFailure(image: string, job: string, end: JobEnd): UnituneError {
  const { step, output } = failedStep(end.message);
  const what = step
    ? `step ${step} failed`
    : end.reason || `container ${end.container ?? "of its pod"} ended with an error`;
  return new UnituneError("BUILD_FAILED", `Cannot build image "${image}" in Job ${job}: ${what}`, {
    path: `images.${image}`,
    lines: output.length > 0 ? output : end.message.split("\n").filter(Boolean),
    hint: "Mend the Dockerfile or the context and build again; the failed Job is replaced",
    exit: EXIT.cluster,
  });
}

function parsed(message: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

/** Builds one platform of an image: finds it in the registry, or runs a Job and reads its digest. */
import { explained } from "../../images/backends/buildkit/failures.ts";
import { failedStep } from "../../images/backends/buildkit/progress.ts";
import { hasSecrets } from "../../images/secret.ts";
import { hasCode, UnituneError } from "../../core/errors.ts";
import { archOf, cacheTag, jobName, otherJobName, type Platform, registryHost } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { Kube } from "../../core/kube.ts";
import type { SecretValue } from "../../core/secrets.ts";
import type { JobEnd } from "../../jobs/follow.ts";
import { jobAmong, type JobOperation, jobRef, jobState } from "../../jobs/job.ts";
import { type JobRequest, type JobRun, runJob, startJob } from "../../jobs/run.ts";
import { poolPath } from "../../plan/readiness.ts";
import type { BuildSpec, Fresh, Image, Isolation } from "../../plan/types.ts";
import type { BuildRun } from "./build_run.ts";
import { BuildCache } from "./cache.ts";
import { findPlatform, hasKey, platformTag } from "./registry.ts";
import { isOfBuild, readSecrets } from "./secrets.ts";
import { jobOperation, taskOf, type Upload } from "../operation.ts";

export interface PlatformResult {
  readonly platform: Platform;
  /** `null` if its Job was only started, or has no room yet. */
  readonly digest: string | null;
  /** `null` if the registry had it, or if its Job has no room yet. */
  readonly job: string | null;
  readonly how: "found" | JobRun["how"];
  /** Until when its Job could not be started; `null`: it could, or there is none. */
  readonly waits: string | null;
}

/** What the platforms of an image share: read once, when a Job first needs it. */
export class Shared {
  readonly #build: BuildSpec;
  readonly #run: BuildRun;
  readonly fresh: Fresh;
  #stored: Promise<Upload> | undefined;
  #secrets: Promise<readonly SecretValue[]> | undefined;

  constructor(build: BuildSpec, run: BuildRun, fresh: Fresh) {
    this.#build = build;
    this.#run = run;
    this.fresh = fresh;
  }

  /** Stores the context. */
  stored(id: string): Promise<Upload> {
    const { store, operation, operation: { contexts, emit } } = this.#run, task = taskOf(operation, id);
    return this.#stored ??= contexts.upload(this.#build.image.name, store, task)
      .then((stored) => {
        const message = `context stored: ${stored.uploadedBytes} of ${stored.bytes} bytes sent`;
        emit({ type: "progress", id, message });
        return stored;
      });
  }

  secrets(): Promise<readonly SecretValue[]> {
    return this.#secrets ??= readSecrets(this.#build.image.name, this.#run.operation);
  }

  async uploadedBytes(): Promise<number> {
    return (await this.#stored?.catch(() => undefined))?.uploadedBytes ?? 0;
  }
}

export class PlatformBuild {
  readonly #build: BuildSpec;
  readonly #platform: Platform;
  readonly #run: BuildRun;
  readonly #shared: Shared;
  /** Alias → reference by digest. */
  readonly #needs: Readonly<Record<string, string>>;
  /** Several platforms have an id each, because BuildKit numbers their steps alike. */
  readonly #id: string;
  readonly #cache: BuildCache;

  constructor(
    build: BuildSpec,
    platform: Platform,
    run: BuildRun,
    shared: Shared,
    needs: Readonly<Record<string, string>>,
  ) {
    this.#build = build;
    this.#platform = platform;
    this.#run = run;
    this.#shared = shared;
    this.#needs = needs;
    this.#cache = new BuildCache(run, build.image, platform);
    this.#id = `build:${build.image.name}${this.#isPart() ? `:${archOf(platform)}` : ""}`;
  }

  async run(force: boolean): Promise<PlatformResult> {
    const found = this.#isPart() && !force ? await this.#find() : null;
    if (found && !found.old) {
      return { platform: this.#platform, digest: found.digest, job: null, how: "found", waits: null };
    }
    return this.#isPart() ? await this.#reported() : await this.#built();
  }

  /** Emits a start and an end for a platform that is one of several. */
  async #reported(): Promise<PlatformResult> {
    const { emit, ports: { clock }, signal } = this.#run.operation, started = clock.now(), id = this.#id;
    const seconds = () => (clock.now() - started) / 1000;
    emit({ type: "start", id, title: `image ${this.#build.image.name} for ${this.#platform}` });
    try {
      const result = await this.#built();
      const state = result.waits === null ? "done" : "skipped",
        detail = result.digest ?? result.job ?? result.waits ?? "";
      emit({ type: "end", id, state, seconds: seconds(), detail });
      return result;
    } catch (error) {
      emit({ type: "end", id, state: signal.aborted ? "cancelled" : "failed", seconds: seconds() });
      throw error;
    }
  }

  async #built(): Promise<PlatformResult> {
    const { limit, operation: { emit, config: { builder: { isolation, concurrency } } } } = this.#run;
    const message = `waiting until fewer than ${concurrency} builds run (builder.concurrency)`;
    const job = await this.#jobName();
    if (this.#run.options?.wait === false) return await this.#started(job);
    if (limit.isReached()) emit({ type: "progress", id: this.#id, message });
    const { how, end } = await limit.run(() => this.#runJob(job));
    if (end.state === "failed") throw buildFailure(this.#build.image, job, end, isolation);
    // The Job's digest counts only if the registry has the key under it, because the next step moves tags to it.
    const said = digestOf(end), { ports: { registry } } = this.#run.operation;
    const digest = said && await hasKey(registry, this.#build, said) ? said : (await this.#find())?.digest;
    if (digest) return { platform: this.#platform, digest, job, how, waits: null };
    const tag = platformTag(this.#build, this.#platform);
    throw new UnituneError(
      "BUILD_NO_DIGEST",
      `Cannot find the result of Job ${job}: the registry holds no ${tag} with the key of this build`,
      {
        path: `images.${this.#build.image.name}`,
      },
    );
  }

  /** Starts the Job, unless it would have to wait, and leaves the rest to a later run. */
  async #started(name: string): Promise<PlatformResult> {
    const [request, context] = await this.#request(name), holder = await this.#cache.holder(name, context);
    const { limit, started, operation: { config: { builder } } } = this.#run, platform = this.#platform;
    const waits = holder !== null
      ? `Job ${holder} ends, which has its cache volume`
      : limit.isReached()
      ? `fewer than ${builder.concurrency} builds run (builder.concurrency)`
      : null;
    if (waits !== null) return { platform, digest: null, job: null, how: "found", waits };
    started?.(name);
    const how = await limit.run(() => startJob(request, context));
    context.emit({ type: "progress", id: this.#id, message: `Job ${name} runs, and is not waited for` });
    return { platform, digest: null, job: name, how, waits };
  }

  #isPart(): boolean {
    return this.#build.image.platforms.length > 1;
  }

  #find(): ReturnType<typeof findPlatform> {
    const { registry, clock } = this.#run.operation.ports;
    return findPlatform(registry, this.#build, this.#platform, clock.now());
  }

  /** Another key may start with the same digits, and a Job of this key may use a cache that is not wanted. */
  async #jobName(): Promise<string> {
    const { image, key } = this.#build, arch = archOf(this.#platform);
    const kube = await this.#run.operation.session.kube(),
      names = [jobName, otherJobName].map((name) => {
        return name(image.name, arch, key);
      });
    const found = await Promise.all(names.map((name) => kube.get(jobRef({ name, namespace: CLUSTER.buildNamespace }))));
    const running = found.map((job) => job && jobState(job) === "running" ? job : null);
    const same = running.findIndex((job) => job && this.#isSame(job));
    return names[same >= 0 ? same : running[0] ? 1 : 0]!;
  }

  #isSame(job: Kube<"Job">): boolean {
    return isOfBuild(job, this.#build, this.#shared.fresh);
  }

  async #runJob(name: string): Promise<JobRun> {
    const [request, context] = await this.#request(name);
    this.#run.started?.(name);
    return await runJob(request, context).catch(async (error) => {
      if (!hasCode(error, "NODE_TIMEOUT") || !await this.#cache.moved(name, context)) throw error;
      return await runJob(request, context);
    });
  }

  async #request(name: string): Promise<[JobRequest, JobOperation]> {
    const { operation, operation: { config }, options } = this.#run, { pool } = this.#build.image;
    const context = await jobOperation(operation, taskOf(operation, this.#id));
    const request: JobRequest = {
      name: { name, namespace: CLUSTER.buildNamespace },
      prepare: () => this.#prepare(name, context),
      isSame: (job) => this.#isSame(job),
      containers: ["fetch", "buildkit"],
      placement: {
        pool,
        path: poolPath(config, pool),
        region: config.region,
        timeoutSeconds: config.builder.nodeTimeoutSeconds,
      },
      secrets: hasSecrets(this.#build.image, config.builder) ? () => this.#shared.secrets() : undefined,
      isCancelled: options?.cancelOnInterrupt,
    };
    return [request, context];
  }

  /** BuildKit would report a cache that does not exist as an error, and build all the same. */
  async #hasCache(): Promise<boolean> {
    const { image: { cache, repository } } = this.#build, { registry } = this.#run.operation.ports;
    const tag = cacheTag(this.#isPart() ? archOf(this.#platform) : undefined);
    return cache !== "none" && await registry.find(repository, tag) !== null;
  }

  async #prepare(name: string, context: JobOperation): Promise<Kube<"Job">> {
    const { operation: { objects: rendered, config }, deployed } = this.#run;
    // Read before anything is sent or created.
    if (hasSecrets(this.#build.image, config.builder)) await this.#shared.secrets();
    const { listKey, listDigest } = await this.#shared.stored(this.#id);
    const { fresh } = this.#shared, cache = await this.#cache.ready(name, fresh, context);
    const { job, others } = jobAmong(rendered.build({
      name,
      build: this.#build,
      platform: this.#platform,
      tag: platformTag(this.#build, this.#platform),
      context: { bucket: deployed.contextBucket, listKey, listDigest },
      needs: this.#needs,
      fresh,
      // A volume that was used holds at least as much.
      importsCache: !cache?.used && await this.#hasCache(),
      cacheClaim: cache?.claim ?? null,
      registry: registryHost(deployed.account, deployed.region),
      pushRoleArn: deployed.pushRoleArn,
      pool: config.pools.find(({ name }) => name === this.#build.image.pool)!,
    }));
    for (const helper of others) await context.kube.apply(helper);
    return job;
  }
}

/** The digest from the Job's termination message: the fast path. */
function digestOf(end: JobEnd): string | null {
  const digest = parsed(end.message)["digest"];
  return typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : null;
}

function buildFailure(image: Image, job: string, end: JobEnd, isolation: Isolation): UnituneError {
  const { step, output } = failedStep(end.message), found = explained(end, image, isolation);
  const what = step
    ? `step ${step} failed${found ? `, as ${found.why}` : ""}`
    : found?.why ?? (end.reason || `container ${end.container ?? "of its pod"} ended with an error`);
  return new UnituneError("BUILD_FAILED", `Cannot build image "${image.name}" in Job ${job}: ${what}`, {
    path: `images.${image.name}`,
    lines: output.length > 0 ? output : end.message.split("\n").filter(Boolean),
    hint: found?.hint ?? "Fix the Dockerfile or the context and build again; the failed Job is replaced",
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

/** Builds one image: reuses what the registry holds, or builds each platform and joins them; then puts the tags. */
import { messageOf } from "../../core/errors.ts";
import { registryHost } from "../../core/names.ts";
import type { BuildSpec, Deployed, Fresh } from "../../plan/types.ts";
import type { BuildRun } from "./build_run.ts";
import { PlatformBuild, type PlatformResult, Shared } from "./platform.ts";
import { findBuilt, joinPlatforms, putTags } from "./registry.ts";
import type { ImageResult } from "../report.ts";

/** The result of an image, and why it could not be tagged: images that need it are built all the same. */
type Finished = ImageResult & { readonly untagged?: unknown };

/** Digests of the images of this run, by name: later images build on them. */
export type Digests = Map<string, string>;

function imageRef(deployed: Deployed, repository: string, digest: string): string {
  return `${registryHost(deployed.account, deployed.region)}/${repository}@${digest}`;
}

/** `fresh`: what a build does not take from earlier ones; by default it takes what it can. */
export function buildImage(
  build: BuildSpec,
  run: BuildRun,
  digests: Digests,
  force: boolean,
  fresh: Fresh = {},
): Promise<Finished> {
  return new ImageBuild(build, run, digests, fresh).run(force);
}

class ImageBuild {
  readonly #build: BuildSpec;
  readonly #run: BuildRun;
  readonly #digests: Digests;
  readonly #shared: Shared;
  readonly #started: number;

  constructor(build: BuildSpec, run: BuildRun, digests: Digests, fresh: Fresh) {
    this.#build = build;
    this.#run = run;
    this.#digests = digests;
    this.#shared = new Shared(build, run, fresh);
    this.#started = run.operation.ports.clock.now();
  }

  async run(force: boolean): Promise<Finished> {
    const { registry } = this.#run.operation.ports;
    const found = force ? null : await findBuilt(registry, this.#build, this.#run.operation.ports.clock.now());
    if (found && !found.old) return await this.#finish("reused", found.digest, null, "the registry has this key");
    const parts = await this.#platforms(force);
    const built = parts.flatMap(({ platform, digest }) => digest === null ? [] : [[platform, digest] as const]);
    if (built.length < parts.length) return await this.#leave(parts);
    const digest = built.length === 1 ? built[0]![1] : await joinPlatforms(registry, this.#build, new Map(built));
    const jobs = parts.flatMap(({ job }) => job ?? []);
    if (jobs.length === 0) return await this.#finish("reused", digest, null, "the registry has all its platforms");
    const adopted = parts.some(({ how }) => how === "adopted");
    return await this.#finish("built", digest, jobs.join(", "), adopted ? "adopted a running Job" : "its key is new");
  }

  /** Builds all at once. A failure does not stop the others, whose results the next run finds. */
  async #platforms(force: boolean): Promise<PlatformResult[]> {
    const needs = Object.fromEntries(this.#build.needs.map((need) => [need.alias, this.#needRef(need.image)]));
    const builds = this.#build.image.platforms.map((platform) => {
      return new PlatformBuild(this.#build, platform, this.#run, this.#shared, needs).run(force);
    });
    const settled = await Promise.allSettled(builds);
    return settled.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }

  #needRef(image: string): string {
    const digest = this.#digests.get(image);
    const needed = this.#run.operation.config.images.find(({ name }) => name === image);
    if (!digest || !needed) throw new Error(`Cannot build ${this.#build.image.name} before ${image} has a digest`);
    return imageRef(this.#run.deployed, needed.repository, digest);
  }

  /** What was started goes on in the cluster. */
  #leave(parts: readonly PlatformResult[]): Promise<Finished> {
    const jobs = parts.flatMap(({ job }) => job ?? []);
    const because = [
      ...jobs.length > 0 ? ["its Job runs: the same command without --no-wait follows it, and puts the tags"] : [],
      ...parts.flatMap(({ platform, waits }) => waits === null ? [] : [`${platform} waits until ${waits}`]),
    ];
    return this.#result({
      state: "skipped",
      ref: null,
      digest: null,
      job: jobs.join(", ") || null,
      because: because.join("; "),
    });
  }

  async #finish(
    state: "built" | "reused",
    digest: string,
    job: string | null,
    because: string,
  ): Promise<Finished> {
    const { image } = this.#build;
    this.#digests.set(image.name, digest);
    const untagged = await putTags(this.#run.operation.ports.registry, image, digest).then(
      () => null,
      (error) => error,
    );
    const result = await this.#result({
      state: untagged ? "failed" : state,
      ref: imageRef(this.#run.deployed, image.repository, digest),
      digest,
      job,
      because: untagged ? messageOf(untagged) : because,
    });
    return { ...result, ...(untagged && { untagged }) };
  }

  async #result(result: Omit<ImageResult, "seconds" | "context">): Promise<ImageResult> {
    return {
      ...result,
      seconds: (this.#run.operation.ports.clock.now() - this.#started) / 1000,
      context: {
        digest: this.#build.context.digest,
        bytes: this.#build.context.bytes,
        uploadedBytes: await this.#shared.uploadedBytes(),
      },
    };
  }
}

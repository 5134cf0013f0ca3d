/** What the builds of one run share: the ports that they call, and the limit on Jobs. */
import type { ContextStorePort } from "../../core/ports.ts";
import type { Deployed } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";

/** How a run treats the Jobs of its builds. */
export interface RunOptions {
  /**
   * Whether to follow the Jobs to their end. If `false`, they are only started: an image that needs another one is
   * skipped until that one is in the registry, and a later run puts the tags. Default: `true`.
   */
  readonly wait?: boolean | undefined;
  /** Whether the Jobs that the run created are deleted when it is interrupted. Default: `false`, they go on. */
  readonly cancelOnInterrupt?: boolean | undefined;
}

export interface BuildRun {
  readonly operation: Operation;
  readonly deployed: Deployed;
  /** The bucket of contexts. What is stored through it once is not looked for again in this run. */
  readonly store: ContextStorePort;
  readonly limit: JobLimit;
  /** Default: Jobs are followed, and go on after an interrupt. */
  readonly options?: RunOptions | undefined;
  /** Receives the name of each Job that may run from now on. */
  readonly started?: ((job: string) => void) | undefined;
}

/** Limits the number of Jobs of all images. */
export interface JobLimit {
  /** Whether the next Job must wait for another to end. */
  readonly isReached: () => boolean;
  /** Runs the work when the limit allows it. An interrupted run starts no more work. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

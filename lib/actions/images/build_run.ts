/** What the builds of one run share: the ports that they call, and the limit on Jobs. */
import type { ContextStorePort } from "../../core/ports.ts";
import type { Deployed } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";

export interface BuildRun {
  readonly operation: Operation;
  readonly deployed: Deployed;
  /** The bucket of contexts. What is stored through it once is not looked for again in this run. */
  readonly store: ContextStorePort;
  readonly limit: JobLimit;
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

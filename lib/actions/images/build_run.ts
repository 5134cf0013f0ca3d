/** What the builds of one run share: whom they ask, and how many Jobs may run. */
import type { Deployed } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";

export interface BuildRun {
  readonly operation: Operation;
  readonly deployed: Deployed;
  readonly limit: JobLimit;
}

/** Holds the Jobs of all images to a number. */
export interface JobLimit {
  /** Must the next one wait for another to end? */
  readonly isReached: () => boolean;
  /** Runs the work when there is room for it; an interrupted run starts no more. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What the builds of one run share: whom they ask, and how many Jobs may run. */
import type { Deployed } from "../../plan/types.ts";
import type { Operation } from "../operation.ts";

export interface BuildRun {
  readonly operation: Operation;
  readonly deployed: Deployed;
  /** Runs the work when there is room for one more Job. */
  readonly limit: <T>(work: () => Promise<T>) => Promise<T>;
}

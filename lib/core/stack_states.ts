/**
 * What each status of a CloudFormation stack means, and its right next step. The statuses are those of CloudFormation's
 * API model; a stack without a status does not exist.
 */

/** The next step of `apply` for a stack. */
export type StackNext =
  /** It is deployed: an update follows, if there is anything to update. */
  | "update"
  /** There is nothing to keep: the rest is deleted, and the stack is created. */
  | "create"
  /** An operation runs: it must end before another can start. */
  | "wait"
  /** The last operation stopped half-way: it is rolled back before the update. */
  | "roll back"
  /** `apply` cannot go on with it. */
  | "refuse";

interface StackState {
  readonly next: StackNext;
  /** A clause after the stack's name; `null`: nothing that a person has to know. */
  readonly told: string | null;
  /** The next step after a failure that left a stack in this status. */
  readonly hint: string;
}

const AGAIN = "Fix the cause and run the same command again";
const RUNS: StackState = {
  next: "wait",
  told: "an operation of CloudFormation runs; apply waits for its end",
  hint: "Run the same command again: it waits for CloudFormation's operation to end, and goes on",
};
const READY: StackState = { next: "update", told: null, hint: AGAIN };
const NEVER_CREATED: StackState = {
  next: "create",
  told: "its creation failed; apply deletes the rest and creates it again",
  hint: `${AGAIN}: it deletes the rest of the stack and creates it again`,
};
const HALF_WAY: StackState = {
  next: "roll back",
  told: "its last operation stopped half-way; apply rolls it back first",
  hint: `${AGAIN}: it rolls the stack back first`,
};

export const STACK_STATES = {
  CREATE_COMPLETE: READY,
  UPDATE_COMPLETE: READY,
  IMPORT_COMPLETE: READY,
  IMPORT_ROLLBACK_COMPLETE: READY,
  UPDATE_ROLLBACK_COMPLETE: {
    next: "update",
    told: "its last update failed and was rolled back",
    hint: "The stack is unchanged: fix the cause and run the same command again",
  },
  REVIEW_IN_PROGRESS: { next: "create", told: "a change set was created for it, and never ran", hint: AGAIN },
  DELETE_COMPLETE: { next: "create", told: null, hint: AGAIN },
  ROLLBACK_COMPLETE: NEVER_CREATED,
  ROLLBACK_FAILED: NEVER_CREATED,
  CREATE_FAILED: HALF_WAY,
  UPDATE_FAILED: HALF_WAY,
  UPDATE_ROLLBACK_FAILED: {
    next: "roll back",
    told: "its last rollback failed; apply continues it first",
    hint: "Fix what prevents the resource's rollback and run `unitune apply` again: it continues the rollback first. " +
      "If that is not possible, `unitune destroy` deletes the stack",
  },
  IMPORT_ROLLBACK_FAILED: {
    next: "refuse",
    told: "resources were imported into it, and the rollback of that failed",
    hint: "unitune imports nothing by itself: let whoever did continue the rollback, or run `unitune destroy`",
  },
  DELETE_FAILED: {
    next: "refuse",
    told: "its deletion has begun and failed",
    hint: "Delete what still uses the resource, then run `unitune destroy` again; after that, apply creates the stack",
  },
  DELETE_IN_PROGRESS: {
    next: "wait",
    told: "it is being deleted; apply waits for that and creates it again",
    hint: "Run the same command again: it waits until the stack is deleted",
  },
  CREATE_IN_PROGRESS: RUNS,
  ROLLBACK_IN_PROGRESS: RUNS,
  UPDATE_IN_PROGRESS: RUNS,
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: RUNS,
  UPDATE_ROLLBACK_IN_PROGRESS: RUNS,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: RUNS,
  IMPORT_IN_PROGRESS: RUNS,
  IMPORT_ROLLBACK_IN_PROGRESS: RUNS,
} as const satisfies Readonly<Record<string, StackState>>;

/** A status that CloudFormation adds after this table was written is treated by its ending. */
export function stackState(status: string): StackState {
  const known: Readonly<Record<string, StackState>> = STACK_STATES;
  return known[status] ?? (status.endsWith("_IN_PROGRESS") ? RUNS : status.endsWith("_FAILED") ? HALF_WAY : READY);
}

/** Is there no stack to compare with: none was ever completed, or it is on its way out? */
export function isAbsent(status: string): boolean {
  return stackState(status).next === "create" || status === "DELETE_IN_PROGRESS";
}

/** Does `apply` have work with a stack whose template does not change? */
export function isUnsettled(status: string | undefined): boolean {
  return status !== undefined && stackState(status).next !== "update";
}

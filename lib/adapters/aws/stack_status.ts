/** What the status of a stack means. */

/** Whether an operation is running, which must end before another can start. */
export function isMoving(status: string): boolean {
  // A stack in review is idle: it is the shell of a change set that never ran.
  return status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";
}

/** Whether the stack is only a shell: nothing was ever deployed with it, and it will be created again. */
export function isShell(status: string): boolean {
  return ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE"].includes(status);
}

/** The next step after a failure that left a stack in this status. */
export function hintFor(status: string | undefined): string {
  switch (status) {
    case "ROLLBACK_COMPLETE":
    case "ROLLBACK_FAILED":
      return "Fix the cause and run the same command again: it deletes the rest of the stack and creates it again";
    case "UPDATE_ROLLBACK_COMPLETE":
      return "The stack is unchanged: fix the cause and run the same command again";
    case "UPDATE_ROLLBACK_FAILED":
      return "Fix what prevented the resource's rollback, then run the same command again: it completes the rollback first";
    case "DELETE_FAILED":
      return "Delete what still uses the resource, then run `unitune destroy` again";
    default:
      return "Fix the cause and run the same command again";
  }
}

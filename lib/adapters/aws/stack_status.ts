/** What the status of a stack means for us. */

/** Somebody's operation runs; it must end before another can begin. */
export function isMoving(status: string): boolean {
  // A stack in review waits for nobody: it is the shell of a change set that never ran.
  return status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";
}

/** There is a stack of that name, but nothing was ever deployed with it: it is made anew. */
export function isShell(status: string): boolean {
  return ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE"].includes(status);
}

/** The next step after a failure that left a stack in this status. */
export function hintFor(status: string | undefined): string {
  switch (status) {
    case "ROLLBACK_COMPLETE":
    case "ROLLBACK_FAILED":
      return "Mend the cause and run the same command again: what was left of the stack is removed and made anew";
    case "UPDATE_ROLLBACK_COMPLETE":
      return "The stack is as it was before: mend the cause and run the same command again";
    case "UPDATE_ROLLBACK_FAILED":
      return "Mend what kept the resource from going back, then run the same command again: it ends the rollback first";
    case "DELETE_FAILED":
      return "Remove what still uses the resource, then run `unitune destroy` again";
    default:
      return "Mend the cause and run the same command again";
  }
}

/** One line a decision, to stderr. */
export function log(part: string, decision: string): void {
  console.error(`${new Date().toISOString()} ${part}: ${decision}`);
}

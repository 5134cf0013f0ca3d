/** A plan in a file: what was shown, and whether it is still what would be done. Pure. */
import { sha256 } from "../core/hash.ts";
import type { Phase } from "./changes.ts";
import type { Change, Config, Plan } from "./types.ts";

/** What was planned. */
export interface SavedOptions {
  /** The phases. */
  readonly only: readonly Phase[];
}

/** A plan as `plan --out` writes it. */
export interface SavedPlan extends SavedOptions {
  /** Version of the format. */
  readonly version: 1;
  /** Name of the cluster. */
  readonly name: string;
  /** Its region. */
  readonly region: string;
  /** The account. */
  readonly account: string;
  /** sha256 of the resolved config. */
  readonly config: string;
  /** The changes that were shown. */
  readonly changes: readonly Change[];
}

/** `root`: the project's folder, which may be another one where the plan is applied. */
export function savedPlan(plan: Plan, { only }: SavedOptions, root: string): SavedPlan {
  const { config: { name, region }, caller } = plan, changes = plan.changes.map(lasting);
  const config = fingerprint(plan.config, root);
  return { version: 1, name, region, account: caller?.account ?? "", only, config, changes };
}

/** Nodes come and go between a plan and its apply, which looks for no drift. */
function lasting(change: Change): Change {
  if (change.kind === "ready" || change.kind === "prune") {
    const { rolls: _, ...rest } = change;
    return rest;
  }
  if (change.kind !== "stacks") return change;
  const { drift: _, ...rest } = change;
  return rest;
}

function fingerprint(config: Config, root: string): string {
  return sha256(JSON.stringify(config).replaceAll(JSON.stringify(root).slice(1, -1), "."));
}

/** What differs from the saved plan, one line each; none: the plan is still the one that was saved. */
export function movedSince(saved: SavedPlan, plan: Plan, root: string): string[] {
  const now = savedPlan(plan, saved, root), lines: string[] = [];
  for (const field of ["name", "region", "account"] as const) {
    if (saved[field] !== now[field]) lines.push(`${field}: saved for ${saved[field]}, now ${now[field]}`);
  }
  if (saved.config !== now.config) lines.push("the config has changed");
  const before = new Map(saved.changes.map((change) => [change.id, change]));
  for (const change of now.changes) {
    const old = before.get(change.id);
    before.delete(change.id);
    if (!old) lines.push(`${change.id}: ${change.action}, which was not planned`);
    else if (old.action !== change.action) lines.push(`${change.id}: ${change.action} instead of ${old.action}`);
    else if (JSON.stringify(old) !== JSON.stringify(change)) {
      lines.push(`${change.id}: ${change.action}, with other details`);
    }
  }
  return [...lines, ...[...before.values()].map(({ id, action }) => `${id}: no longer to ${action}`)];
}

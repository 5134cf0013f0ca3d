/** Commands that call AWS, the parts of permissions.json, and which parts a plan needs. */
import type { Change } from "../plan/types.ts";

/** A command that calls AWS. `configure` counts as `apply`. */
export type Command = "plan" | "apply" | "build" | "deploy" | "destroy";
/** All of them. */
export const COMMANDS: readonly Command[] = ["plan", "apply", "build", "deploy", "destroy"];

/** The parts of permissions.json, in its order. */
export const PERMISSION_PARTS = [
  "identity",
  "network",
  "system nodes",
  "machine images",
  "reservations",
  "placement",
  "keys",
  "add-ons",
  "bootstrap",
  "lock",
  "stacks",
  "owners",
  "access",
  "images",
  "contexts",
  "leftovers",
  "repositories",
  "data",
] as const;
/** A part of permissions.json: a group of permissions that serve the same purpose. */
export type PermissionPart = typeof PERMISSION_PARTS[number];

/** The parts that a plan's changes need; none when nothing changes in AWS. Whoever changes something looks whose it is. */
export function partsOf(changes: readonly Change[]): PermissionPart[] {
  const parts = new Set<PermissionPart>();
  for (const change of changes) {
    if (change.action === "none" || change.action === "reuse") continue;
    switch (change.kind) {
      case "bootstrap":
      case "stacks":
      case "access":
        parts.add("lock").add(change.kind);
        break;
      case "kubernetes":
        parts.add("lock").add("stacks");
        break;
      case "repository":
        parts.add("repositories");
        break;
      case "build":
        parts.add("images").add("contexts");
        break;
      case "charts":
      case "object":
      case "prune":
      case "ready":
        break;
      default:
        change satisfies never;
    }
  }
  return parts.size === 0 ? [] : [...parts, "owners"];
}

/** Turns the CDK toolkit's differences into plain data. */
import type { StackChange } from "../../core/ports.ts";
import { resourceFields, type ResourceValues, type Values } from "./stack_fields.ts";

/** The parts of the toolkit's TemplateDiff that are read. */
export interface TemplateDifference {
  readonly resources: { readonly changes: Readonly<Record<string, ResourceDifference>> };
  readonly outputs: Changes;
  readonly parameters: Changes;
  readonly conditions: Changes;
  readonly mappings: Changes;
}

interface Difference {
  readonly isAddition: boolean;
  readonly isRemoval: boolean;
  readonly isDifferent: boolean;
}

interface Changes {
  readonly changes: Readonly<Record<string, Difference>>;
}

interface ResourceDifference extends Difference, ResourceValues {
  readonly changeImpact: string;
  readonly newResourceType?: string | undefined;
  readonly oldResourceType?: string | undefined;
}

const OTHERS = { outputs: "Output", parameters: "Parameter", conditions: "Condition", mappings: "Mapping" } as const;

/**
 * Every change, by logical id. The type of a change that is not a resource is the name of its section.
 * A change set may leave open whether a resource is replaced. The template's own difference (`byTemplate`) then
 * decides: it knows AWS's schema and follows references to replaced resources. `values`: those of the change set.
 */
export function stackChanges(
  diff: TemplateDifference,
  byTemplate: readonly StackChange[] = [],
  values: Values = new Map(),
): StackChange[] {
  const updates = new Set(byTemplate.filter(({ action }) => action === "update").map(({ logicalId }) => logicalId));
  const resources = Object.entries(diff.resources.changes).flatMap(([logicalId, change]) => {
    const isOpen = change.changeImpact === "MAY_REPLACE", decided = isOpen && updates.has(logicalId);
    const action = decided ? "update" : resourceAction(change);
    const resourceType = change.newResourceType ?? change.oldResourceType ?? "";
    if (!action) return [];
    const changed = action === "update" || action === "replace" ? resourceFields(logicalId, change, values) : [];
    const fields = decided ? changed.map(({ replaces: _, ...field }) => field) : changed;
    return [{
      logicalId,
      resourceType,
      action,
      ...isOpen && !decided && { open: true as const },
      ...fields.length > 0 && { fields },
    }];
  });
  const others = Object.entries(OTHERS).flatMap(([section, resourceType]) => {
    const { changes } = diff[section as keyof typeof OTHERS];
    return Object.entries(changes).filter(([, { isDifferent }]) => isDifferent)
      .map(([logicalId, change]) => ({ logicalId, resourceType, action: plainAction(change) }));
  });
  return [...resources, ...others].sort((a, b) => a.logicalId < b.logicalId ? -1 : a.logicalId > b.logicalId ? 1 : 0);
}

function resourceAction(change: ResourceDifference): StackChange["action"] | null {
  if (!change.isDifferent) return null;
  switch (change.changeImpact) {
    case "WILL_REPLACE":
    // Only running it shows which: a plan names the worse one.
    case "MAY_REPLACE":
      return "replace";
    case "WILL_CREATE":
    case "WILL_IMPORT":
      return "add";
    case "WILL_DESTROY":
    case "WILL_ORPHAN":
      return "remove";
    case "NO_CHANGE":
      return null;
    default:
      return plainAction(change);
  }
}

function plainAction({ isAddition, isRemoval }: Difference): "add" | "remove" | "update" {
  return isAddition ? "add" : isRemoval ? "remove" : "update";
}

/** What differs between two values, field by field: for plans, which show each change of an object or a resource. */
import { entryOf, isTable } from "./tables.ts";

/** A field that changes. Values are text; `null`: the field is not set. */
export interface FieldChange {
  /** `spec.limits.cpu`, `spec.requirements[karpenter.sh/arch].values`. */
  readonly path: string;
  /** Its value now. */
  readonly before: string | null;
  /** Its value afterwards. */
  readonly after: string | null;
  /** Who else has written the field, of several programs that write the object. */
  readonly by?: string;
  /** Is this why the resource is replaced? */
  readonly replaces?: true;
}

/** One step of a path: the key of a table, the identity of a list's item, or its index. */
export type Step = string | number | { readonly key: string; readonly is: string };

/** A difference, with its path in steps. */
interface Difference {
  readonly steps: readonly Step[];
  readonly before: unknown;
  readonly after: unknown;
}

/** What identifies the items of a list, in the order in which it is looked for. */
const IDENTITIES = ["key", "Key", "name", "deviceName"] as const;

/** Every difference, in the order of the names. A list of texts or numbers counts as one value. */
export function differences(before: unknown, after: unknown, steps: readonly Step[] = []): Difference[] {
  if (isTable(before) && isTable(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => differences(entryOf(before, key), entryOf(after, key), [...steps, key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && [...before, ...after].every(isTable)) {
    return itemDifferences(before, after, steps);
  }
  return sameValue(before, after) ? [] : [{ steps, before, after }];
}

function itemDifferences(before: readonly unknown[], after: readonly unknown[], steps: readonly Step[]): Difference[] {
  const key = IDENTITIES.find((key) => isIdentity(before, key) && isIdentity(after, key));
  if (key === undefined) {
    const longest = Math.max(before.length, after.length);
    return Array.from({ length: longest }, (_, at) => differences(before[at], after[at], [...steps, at])).flat();
  }
  const of = (items: readonly unknown[]) => new Map(items.map((item) => [identityOf(item, key)!, item]));
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((is) => {
    return differences(old.get(is), now.get(is), [...steps, { key, is }]);
  });
}

function isIdentity(items: readonly unknown[], key: string): boolean {
  const found = items.map((item) => identityOf(item, key));
  return found.every((one) => one !== null) && new Set(found).size === found.length;
}

function identityOf(item: unknown, key: string): string | null {
  const value = isTable(item) ? entryOf(item, key) : undefined;
  return typeof value === "string" ? value : null;
}

/** Whatever the order of its keys. */
function sameValue(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join()}}`;
}

/** `spec.limits.cpu`; keys that hold dots stand in brackets. */
export function pathOf(steps: readonly Step[]): string {
  return steps.map((step, at) => {
    // The first may be a path itself.
    if (typeof step === "string" && at === 0) return step;
    if (typeof step === "string" && !/[./[\]]/.test(step)) return `.${step}`;
    return `[${typeof step === "object" ? step.is : step}]`;
  }).join("");
}

/** Text as it is, a list in brackets, everything else as JSON. */
export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value === "" ? `""` : value;
  if (Array.isArray(value) && !value.some((item) => typeof item === "object")) return `[${value.join(", ")}]`;
  return JSON.stringify(value);
}

/** The differences of two values as text; `under`: the path of the values. */
export function fieldChanges(before: unknown, after: unknown, under: string): FieldChange[] {
  return differences(before, after, [under]).map((one) => {
    return { path: pathOf(one.steps), before: textOf(one.before), after: textOf(one.after) };
  });
}

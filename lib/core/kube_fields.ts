/** What an apply changes in a Kubernetes object, and who wrote it before. */
import { differences, type FieldChange, pathOf, type Step, textOf } from "./fields.ts";
import type { KubeObject } from "./kube.ts";
import { isTable, type Table } from "./tables.ts";

/** Fields that the server maintains: they change by themselves. */
const OWN = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"];

/** The object without the server's own fields and the status. */
export function withoutServerFields({ status: _, ...object }: KubeObject): KubeObject {
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([key]) => !OWN.includes(key)));
  return { ...object, metadata } as KubeObject;
}

/** `before` and `after` as the server has them, so defaults are in both. `manager`: who applies. */
export function objectChanges(before: KubeObject, after: KubeObject, manager: string): FieldChange[] {
  return differences(withoutServerFields(before), withoutServerFields(after)).map((one) => {
    const by = writersOf(before, one.steps).filter((name) => name !== manager);
    const value = (value: unknown) => isSecret(before, one.steps) && value !== undefined ? "***" : textOf(value);
    return {
      path: pathOf(one.steps),
      before: value(one.before),
      after: value(one.after),
      ...by.length > 0 && { by: by.join(", ") },
    };
  });
}

function isSecret({ kind }: KubeObject, [first]: readonly Step[]): boolean {
  return kind === "Secret" && (first === "data" || first === "stringData");
}

interface ManagedFields {
  readonly manager?: string;
  readonly subresource?: string;
  readonly fieldsV1?: Table;
}

/** The managers of a field, by the object's managed fields. */
function writersOf({ metadata }: KubeObject, steps: readonly Step[]): string[] {
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly ManagedFields[] };
  const found = managedFields.filter(({ subresource, fieldsV1 }) => !subresource && fieldsV1 && owns(fieldsV1, steps));
  return [...new Set(found.flatMap(({ manager }) => manager ?? []))];
}

/** Who owns a list as a whole, or any part of the value, owns the field. */
function owns(fields: Table, steps: readonly Step[]): boolean {
  const [step, ...rest] = steps;
  if (step === undefined) return true;
  const key = Object.keys(fields).find((key) => isStep(key, step));
  if (key === undefined) return false;
  const inside = fields[key];
  return isTable(inside) && Object.keys(inside).length > 0 ? owns(inside, rest) : true;
}

/** `f:spec`, `k:{"name":"x"}`, `i:0`: the forms of the server's field sets. */
function isStep(key: string, step: Step): boolean {
  if (typeof step === "string") return key === `f:${step}`;
  if (typeof step === "number") return key === `i:${step}`;
  if (!key.startsWith("k:")) return false;
  const identity: unknown = JSON.parse(key.slice(2));
  return isTable(identity) && identity[step.key] === step.is;
}

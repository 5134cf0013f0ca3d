/** What an apply changes in a Kubernetes object, and who wrote it before. */
import { differences, type FieldChange, pathOf, type Step, textOf } from "./fields.ts";
import type { KubeObject } from "./kube.ts";
import { entryOf, isTable, type Table } from "./tables.ts";

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

/** A field of the spec that only another program has written: an apply leaves it as it is. */
export interface ForeignField {
  readonly path: string;
  readonly by: string;
}

/** Kubernetes' own controllers fill in what is theirs. */
const CONTROLLERS = /^(kube-|karpenter)/;

/** Fields of the spec that others than `manager` and the controllers have added. */
export function foreignFields({ metadata }: KubeObject, manager: string): ForeignField[] {
  const { managedFields = [] } = metadata as { readonly managedFields?: readonly ManagedFields[] };
  const specs = managedFields.filter(({ subresource }) => !subresource).map(({ manager: by = "", fieldsV1 }) => {
    return { by, paths: leaves(entryOf(fieldsV1 ?? {}, "f:spec"), ["spec"]).map(pathOf) };
  });
  const own = new Set(specs.filter(({ by }) => by.startsWith(manager)).flatMap(({ paths }) => paths));
  const others = specs.filter(({ by }) => !by.startsWith(manager) && !CONTROLLERS.test(by));
  return others.flatMap(({ by, paths }) => paths.filter((path) => !own.has(path)).map((path) => ({ path, by })));
}

function leaves(fields: unknown, steps: readonly Step[]): (readonly Step[])[] {
  if (!isTable(fields)) return [];
  const inside = Object.entries(fields).filter(([key]) => key !== ".");
  if (inside.length === 0) return [steps];
  return inside.flatMap(([key, value]) => leaves(value, [...steps, stepOf(key)]));
}

function stepOf(key: string): Step {
  if (key.startsWith("f:")) return key.slice(2);
  const [[name, is] = ["", ""]] = key.startsWith("k:") ? Object.entries(JSON.parse(key.slice(2))) : [];
  return { key: name, is: String(is === "" ? key.slice(2) : is) };
}

/** `f:spec`, `k:{"name":"x"}`, `i:0`: the forms of the server's field sets. */
function isStep(key: string, step: Step): boolean {
  if (typeof step === "string") return key === `f:${step}`;
  if (typeof step === "number") return key === `i:${step}`;
  if (!key.startsWith("k:")) return false;
  const identity: unknown = JSON.parse(key.slice(2));
  return isTable(identity) && identity[step.key] === step.is;
}

/** The properties of a resource that a deployment changes, as the CDK toolkit and the change set tell them. */
import { type FieldChange, fieldChanges } from "../../core/fields.ts";
import { isTable } from "../../core/tables.ts";

/** A value of the template before and after. */
interface ValueDifference {
  readonly isDifferent: boolean;
  readonly oldValue?: unknown;
  readonly newValue?: unknown;
  readonly changeImpact?: string | undefined;
}

/** The parts of the toolkit's difference of a resource that hold values. */
export interface ResourceValues {
  readonly propertyUpdates?: Readonly<Record<string, ValueDifference>> | undefined;
  /** `DeletionPolicy`, `DependsOn`, …. */
  readonly otherChanges?: Readonly<Record<string, ValueDifference>> | undefined;
}

/** A change set's values of a property, as texts; JSON, unless it is a text. */
interface PropertyValues {
  /** `Tags[0].Value`; of the whole property: its name. */
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** The parts of CloudFormation's description of a change set that are read. */
export interface ChangeSet {
  readonly StackName?: string | undefined;
  readonly Changes?: readonly { readonly ResourceChange?: ResourceChange | undefined }[] | undefined;
}

interface ResourceChange {
  readonly LogicalResourceId?: string | undefined;
  readonly Details?: readonly { readonly Target?: Target | undefined }[] | undefined;
}

interface Target {
  readonly Attribute?: string | undefined;
  readonly Name?: string | undefined;
  /** `/Properties/Tags/0/Value`: several parts of a property may change. */
  readonly Path?: string | undefined;
  readonly BeforeValue?: string | undefined;
  readonly AfterValue?: string | undefined;
}

/** `Resource.Property` → its values, or those of its parts. */
export type Values = ReadonlyMap<string, readonly PropertyValues[]>;

/** `/Properties/Tags/0/Value` and `/Tags/0/Value` → `Tags[0].Value`. */
export function propertyPath(pointer: string): string {
  return pointer.replace(/^\/(Properties\/)?/, "").replace(/\/(\d+)(?=\/|$)/g, "[$1]").replaceAll("/", ".");
}

/** The values that a change set was read with (`IncludePropertyValues`): what references stand for is resolved there. */
export function valuesOf({ Changes = [] }: ChangeSet): Values {
  const targets = Changes.flatMap(({ ResourceChange: { LogicalResourceId: id, Details = [] } = {} }) => {
    return Details.flatMap(({ Target }) => Target ? [{ id, ...Target }] : []);
  });
  const read = targets.filter(({ Attribute, BeforeValue, AfterValue }) => {
    return Attribute === "Properties" && (BeforeValue !== undefined || AfterValue !== undefined);
  });
  const found = Map.groupBy(read, ({ id, Name }) => `${id}.${Name}`);
  return new Map([...found].map(([property, targets]) => [
    property,
    targets.map(({ Name = "", Path, BeforeValue: before, AfterValue: after }): PropertyValues => {
      return { path: Path === undefined ? Name : propertyPath(Path), before, after };
    }),
  ]));
}

/** `Metadata` is the CDK's own. */
const NOT_SHOWN = ["Metadata", "Type"];

/** Every property that changes. Of a value that the template only refers to, the change set's is shown. */
export function resourceFields(logicalId: string, resource: ResourceValues, values: Values): FieldChange[] {
  const { propertyUpdates = {}, otherChanges = {} } = resource;
  const others = Object.entries(otherChanges).filter(([name]) => !NOT_SHOWN.includes(name));
  const properties = Object.entries(propertyUpdates).filter(([, { isDifferent }]) => isDifferent);
  return [
    ...properties.flatMap(([name, difference]) => {
      const fields = propertyFields(name, difference, values.get(`${logicalId}.${name}`) ?? []);
      const { changeImpact } = difference;
      const replaces = changeImpact === "WILL_REPLACE" || changeImpact === "MAY_REPLACE";
      return replaces ? fields.map((field) => ({ ...field, replaces })) : fields;
    }),
    ...others.filter(([, { isDifferent }]) => isDifferent).flatMap(([name, { oldValue, newValue }]) => {
      return fieldChanges(readable(oldValue), readable(newValue), name);
    }),
  ];
}

function propertyFields(name: string, { oldValue, newValue }: ValueDifference, known: readonly PropertyValues[]) {
  const shown = fieldChanges(readable(oldValue), readable(newValue), name);
  if (!isReference(oldValue) && !isReference(newValue)) return shown;
  const resolved = known.flatMap(({ path, before, after }) => fieldChanges(parsed(before), parsed(after), path));
  return resolved.length > 0 ? resolved : shown;
}

/** The text of a change set is JSON, unless it is a plain text. */
function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function isReference(value: unknown): boolean {
  return JSON.stringify(value ?? null) !== JSON.stringify(readable(value) ?? null);
}

/** The value with `${Resource}` and `${Resource.Attribute}` for references, as `Fn::Sub` writes them. */
function readable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(readable);
  if (!isTable(value)) return value;
  const [only, ...more] = Object.entries(value);
  const text = only && more.length === 0 ? reference(...only) : null;
  return text ?? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

function reference(name: string, value: unknown): string | null {
  switch (name) {
    case "Ref":
      return `\${${value}}`;
    case "Fn::GetAtt":
      return `\${${[value].flat().join(".")}}`;
    case "Fn::ImportValue":
      return `\${${textIn(value)}}`;
    case "Fn::Sub":
      return textIn(Array.isArray(value) ? value[0] : value);
    case "Fn::Join": {
      const [between, items] = Array.isArray(value) ? value : [];
      return Array.isArray(items) ? items.map(textIn).join(String(between)) : null;
    }
    default:
      return null;
  }
}

function textIn(value: unknown): string {
  const text = readable(value);
  return typeof text === "string" ? text : JSON.stringify(text);
}

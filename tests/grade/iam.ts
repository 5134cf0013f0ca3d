/** IAM's evaluation of identity policies, as far as printed policies go: actions, resources and conditions. */
import type { PolicyDocument, PolicyStatement } from "../../lib/permissions/policies.ts";

/** A call as IAM sees it. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request, of the principal and of the resource. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Does a statement of the policies allow the request? They have no statement that denies. */
export function isAllowed(documents: readonly PolicyDocument[], request: Request): boolean {
  return documents.some(({ Statement }) => Statement.some((statement) => matches(statement, request)));
}

/** Does the statement allow the request? */
export function matches({ Effect, Action, Resource, Condition = {} }: PolicyStatement, request: Request): boolean {
  if (Effect !== "Allow") throw new Error(`Cannot evaluate ${Effect}: policies here only allow`);
  const { action, resource, context = {} } = request;
  return Action.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
    Resource.some((pattern) => isLike(resource, pattern)) &&
    Object.entries(Condition).every(([operator, keys]) => {
      return Object.entries(keys).every(([key, accepted]) => holds(operator, valueOf(context, key), [accepted].flat()));
    });
}

/** Keys of conditions are compared without regard to case, but for the key of a tag. */
function valueOf(context: Readonly<Record<string, string>>, key: string): string | undefined {
  const normal = (name: string) => name.replace(/^[^/]+/, (start) => start.toLowerCase());
  return Object.entries(context).find(([name]) => normal(name) === normal(key))?.[1];
}

function holds(operator: string, value: string | undefined, accepted: readonly string[]): boolean {
  const ifExists = operator.endsWith("IfExists"), plain = operator.replace(/IfExists$/, "");
  if (value === undefined) return ifExists;
  switch (plain) {
    case "StringEquals":
      return accepted.includes(value);
    case "StringLike":
    case "ArnLike":
      return accepted.some((pattern) => isLike(value, pattern));
    default:
      throw new Error(`Cannot evaluate the operator ${operator}: it is not one that printed policies use`);
  }
}

const compiled = new Map<string, RegExp>();

/** `*`: any characters; `?`: one. */
function isLike(text: string, pattern: string): boolean {
  const known = compiled.get(pattern);
  if (known) return known.test(text);
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]");
  const made = new RegExp(`^${source}$`);
  compiled.set(pattern, made);
  return made.test(text);
}

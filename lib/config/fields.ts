/** Building blocks of the schema. Each leaf has a rule (unit, limits) and a hint, from which messages are composed. */
import * as z from "zod";
import type { Spelling } from "../core/facts/ids.ts";
import { bytesOf, type Size } from "../core/units.ts";
import { didYouMean, oneOf } from "./issues.ts";

type Hint = (found: unknown) => string | undefined;
export interface Rule {
  /** Completes "must be …". */
  readonly rule: string;
  readonly hint?: Hint | undefined;
  /** The value may be a secret: messages show only its type. */
  readonly hidden?: boolean | undefined;
}

export const RULES = z.registry<Rule>();

export function leaf<S extends z.ZodType>(schema: S, rule: string, hint?: Hint): S {
  RULES.add(schema, { rule, hint });
  return schema;
}

/** A leaf whose value is never shown in messages. */
export function hidden<S extends z.ZodType>(schema: S, rule: string): S {
  RULES.add(schema, { rule, hidden: true });
  return schema;
}

export function text(pattern: RegExp, rule: string, hint?: Hint): z.ZodString {
  return leaf(z.string().regex(pattern), rule, hint);
}

/** Text in a form that AWS defines. */
export function spelt({ pattern, rule }: Spelling, hint?: Hint): z.ZodString {
  return text(pattern, rule, hint);
}

export function choice<const V extends readonly [string, ...string[]]>(values: V): z.ZodEnum<{ [K in V[number]]: K }> {
  const hint: Hint = (found) =>
    didYouMean(found, values) ?? (typeof found === "number" ? quoted(values, found) : undefined);
  return leaf(z.enum(values), oneOf(values), hint);
}

function quoted(values: readonly string[], found: number): string | undefined {
  const match = values.find((value) => Number(value) === found);
  return match && `write ${JSON.stringify(match)}, with quotes`;
}

export function flag(): z.ZodBoolean {
  return leaf(z.boolean(), "true or false");
}

export function integer(min: number, max: number, unit: string): z.ZodInt {
  return leaf(
    z.int().min(min).max(max),
    `a whole number of ${unit}, ${min} to ${max}`,
    (found) => typeof found === "string" && /^[0-9]+$/.test(found) ? `write ${found}, without quotes` : undefined,
  );
}

/** A size with a binary unit: a bare number or the decimal `GB` would be ambiguous. */
export function size(min: Size, max: Size): z.ZodType<Size> {
  const low = bytesOf(min) ?? 0, high = bytesOf(max) ?? Infinity;
  const isRight = (value: string) => {
    const bytes = bytesOf(value);
    return bytes !== undefined && bytes >= low && bytes <= high;
  };
  const schema = z.string().refine(isRight);
  leaf(schema, `a size with its unit (Mi, Gi or Ti), ${min} to ${max}`, (found) => {
    const match = /^\s*([0-9]+)\s*([mgt]?)(?:b|ib|i)?\s*$/i.exec(String(found));
    return match ? written([`${match[1]}${(match[2] || "G").toUpperCase()}i`], isRight) : undefined;
  });
  return schema as unknown as z.ZodType<Size>;
}

/** A hint that suggests the valid ones among the candidates. */
function written(candidates: readonly string[], isRight: (value: string) => boolean): string | undefined {
  const right = candidates.filter(isRight);
  return right.length > 0 ? `write ${oneOf(right)}` : undefined;
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A duration in seconds, or `undefined` if the text is not a duration. */
export function secondsOf(duration: string): number | undefined {
  const match = /^(0|[1-9][0-9]{0,6})(s|m|h)$/.exec(duration);
  return match ? Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] : undefined;
}

export function duration(min: string, max: string): z.ZodString {
  const low = secondsOf(min) ?? 0, high = secondsOf(max) ?? Infinity;
  const isRight = (value: string) => {
    const seconds = secondsOf(value);
    return seconds !== undefined && seconds >= low && seconds <= high;
  };
  return leaf(
    z.string().refine(isRight),
    `a duration with its unit (s, m or h), ${min} to ${max}`,
    (found) => written([`${found}s`, `${found}m`], isRight),
  );
}

/** Texts by name, with one rule for the names and one for the texts. */
export function map(keys: z.ZodString, values: z.ZodString): z.ZodRecord<z.ZodString, z.ZodString> {
  return z.record(keys, values);
}

/** A quantity in vCPUs, or `undefined` if the text is not a quantity. */
export function cpusOf(text: string): number | undefined {
  const match = /^([0-9]{1,6}(?:\.[0-9]{1,3})?)(m?)$/.exec(text);
  return match ? Number(match[1]) / (match[2] ? 1000 : 1) : undefined;
}

/** vCPUs as Kubernetes writes them: `"2"` or `"500m"`. */
export function cpus(min: number, max: number): z.ZodString {
  const isRight = (text: string) => {
    const found = cpusOf(text);
    return found !== undefined && found >= min && found <= max;
  };
  return leaf(
    z.string().refine(isRight),
    `vCPUs as text, ${min} to ${max}, like "2" or "500m"`,
    (found) => typeof found === "number" ? `write ${JSON.stringify(String(found))}, with quotes` : undefined,
  );
}

/** An image that unitune does not build, by exact version or digest. `because`: an additional reason. */
export function imageRef(because?: string): z.ZodString {
  return text(
    /^[a-z0-9][\w./:-]*(?::(?!latest$)[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
    "an image reference with an exact version or digest",
    () => ["an image without a version can change without notice", ...because ? [because] : []].join(", and "),
  );
}

/** Flags of instructions: `--from=base`, `--link`, `--mount=…`. */
import { DockerfileError } from "./errors.ts";

/** What a flag takes: `true` or `false`, one value, or a value each time it is given. */
type FlagKind = "flag" | "value" | "values";

export type FlagKinds = Readonly<Record<string, FlagKind>>;
export type Flags = ReadonlyMap<string, readonly string[]>;

/** A flag that this version of BuildKit does not have. A newer `# syntax=` may have it. */
export class UnknownFlag extends DockerfileError {}

/** Throws a `DockerfileError`. */
export function readFlags(written: readonly string[], kinds: FlagKinds): Flags {
  const flags = new Map<string, readonly string[]>();
  for (const flag of written) {
    const equals = flag.indexOf("="), name = equals < 0 ? flag : flag.slice(0, equals);
    const value = equals < 0 ? null : flag.slice(equals + 1), key = name.slice(2);
    const kind = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (!kind) throw new UnknownFlag(`unknown flag: ${name}`);
    if (flags.has(key) && kind !== "values") throw new DockerfileError(`duplicate flag specified: ${name}`);
    if (value === null ? kind !== "flag" : kind === "flag" && value === "") {
      throw new DockerfileError(`missing a value on flag: ${name}`);
    }
    if (kind === "flag" && !["true", "false"].includes((value ?? "true").toLowerCase())) {
      throw new DockerfileError(`expecting boolean value for flag ${name}, not: ${value}`);
    }
    flags.set(key, [...flags.get(key) ?? [], kind === "flag" ? (value ?? "true").toLowerCase() : value ?? ""]);
  }
  return flags;
}

/** The fields of a line of comma-separated values, as Go's `encoding/csv` reads them. */
export function csvFields(line: string, what: string): string[] {
  const bad = (why: string) => new DockerfileError(`failed to parse csv ${what}: ${why}`);
  if (line === "") throw bad("EOF");
  const fields: string[] = [];
  let rest: string | null = line;
  while (rest !== null) {
    const quoted: RegExpExecArray | null = /^"((?:[^"]|"")*)"(,|$)/.exec(rest);
    if (!quoted && rest.startsWith('"')) throw bad('extraneous or missing " in quoted-field');
    const comma = rest.indexOf(","), plain: string = comma < 0 ? rest : rest.slice(0, comma);
    if (!quoted && plain.includes('"')) throw bad('bare " in non-quoted-field');
    fields.push(quoted ? quoted[1]!.replaceAll('""', '"') : plain);
    const next: number = quoted ? quoted[0].length : comma + 1;
    rest = (quoted ? quoted[2] === "," : comma >= 0) ? rest.slice(next) : null;
  }
  return fields;
}

/** What the scripts beside this file share: where their sources are, how Go's tables are read, how a file is written. */
import { gunzipSync } from "node:zlib";
import { parseArgs } from "node:util";

/** What every file of the catalogue says of itself, and its tables. */
export interface Facts {
  /** Where the figures come from, exactly enough to look them up again. */
  readonly source: string;
  /** The day up to which the source tells; what AWS did later is not in the file. */
  readonly asOf: string;
  readonly notes: readonly string[];
  readonly [table: string]: unknown;
}

/** The folders and files named on the command line: `--moto DIR`. */
export function sources<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, string>> {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: Deno.args, options });
  const missing = names.filter((name) => !values[name]);
  if (missing.length) throw new Error(`missing: ${missing.map((name) => `--${name}`).join(", ")}; see the README`);
  return values as Readonly<Record<Name, string>>;
}

/** A JSON file as moto ships it. */
export function gzipped(path: string): unknown {
  return JSON.parse(gunzipSync(Deno.readFileSync(path)).toString());
}

/** The version of a Python package that was unpacked into `folder`, by the folder of its metadata. */
export function versionOf(folder: string, name: string): string {
  for (const entry of Deno.readDirSync(folder)) {
    const found = entry.name.match(new RegExp(`^${name}-(.+)\\.dist-info$`));
    if (found) return found[1]!;
  }
  throw new Error(`no ${name}-*.dist-info in ${folder}`);
}

/** The day of "generated at 2026-07-20T13:44:30Z for us-east-1", as Karpenter's generated tables have it. */
export function generatedAt(text: string): string {
  const found = text.match(/generated at (\d{4}-\d\d-\d\d)T/);
  if (!found) throw new Error("no date of generation");
  return found[1]!;
}

/** Region → instance type → price of one of Karpenter's tables of prices. */
export function pricesOf(text: string): Record<string, Record<string, number>> {
  const regions: Record<string, Record<string, number>> = {};
  for (const [, region, body] of text.matchAll(/\n\t"([a-z0-9-]+)": \{\n([\s\S]*?)\n\t\}/g)) {
    regions[region!] = Object.fromEntries(
      [...body!.matchAll(/"([a-z0-9.-]+)": ([\d.]+)/g)].map(([, type, price]) => [type!, Number(price)]),
    );
  }
  return regions;
}

/** Writes a file of the catalogue: one line an entry of each table, so that a change shows what changed. */
export function write(name: string, facts: Facts): void {
  const fields = Object.entries(facts).map(([key, value]) => `${JSON.stringify(key)}: ${shown(value)}`);
  const path = new URL(`../${name}`, import.meta.url);
  Deno.writeTextFileSync(path, `{\n${fields.join(",\n")}\n}\n`);
  console.log(`${name}: ${Deno.statSync(path).size} bytes`);
}

function shown(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const lines = Object.entries(value).map(([key, entry]) => `  ${JSON.stringify(key)}: ${JSON.stringify(entry)}`);
  return `{\n${lines.join(",\n")}\n}`;
}

/** Sorts by family, then by size, as EC2's console does. */
export function byType([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

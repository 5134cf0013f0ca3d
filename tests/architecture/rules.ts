/** The rules: each is given parsed sources and names what breaks it. */
import type { Import, Source } from "./sources.ts";
import { roomOf } from "./rooms.ts";

export const MAX_LINES = 400;
export const MAX_FUNCTION_LINES = 50;

/** What a pure room never mentions. */
const IMPURE = /\b(Deno\.|Date\.now|fetch\(|process\.|new Date\(\))|"@aws-sdk\//;
/** What `infra` never mentions: an SDK, the environment, files, the clock or the network. */
const OUTSIDE = ["Deno", "Date", "fetch", "performance", "process", "Temporal", "WebSocket", "XMLHttpRequest"];
const OUTSIDE_PACKAGES = /^(@aws-sdk\/|@smithy\/|@kubernetes\/|@aws-cdk\/toolkit-lib|node:(?!crypto$))/;

/** Imports that no arrow of the table allows. */
export function wrongArrows(sources: readonly Source[]): string[] {
  return sources.flatMap(({ file, imports }) => {
    return imports.filter((one) => one.to !== null && !isAllowed(file, one)).map(({ to }) => `${file} → ${to}`);
  });
}

function isAllowed(from: string, { to, typeOnly }: Import): boolean {
  const room = roomOf(from);
  if (!room || to === null) return false;
  return [room.at, ...room.may, ...(typeOnly ? room.types ?? [] : [])].some((prefix) => to.startsWith(prefix));
}

/** Files that import each other, around any number of corners; an import of a type counts like any other. */
export function importCycles(sources: readonly Source[]): string[] {
  const next = new Map(
    sources.map(({ file, imports }) => [file, imports.flatMap(({ to }) => to === null ? [] : [to])]),
  );
  const done = new Set<string>(), found = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) return void found.add(canonical(path.slice(at)));
    if (done.has(file)) return;
    for (const to of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return [...found].toSorted();
}

/** A cycle, told from its first file on, whichever was visited first. */
function canonical(cycle: readonly string[]): string {
  const start = cycle.indexOf(cycle.toSorted()[0]!);
  const turned = [...cycle.slice(start), ...cycle.slice(0, start)];
  return [...turned, turned[0]].join(" → ");
}

export function longFiles(sources: readonly Source[]): string[] {
  return sources.filter(({ lines }) => lines > MAX_LINES).map(({ file, lines }) => `${file}: ${lines} lines`);
}

export function longFunctions(sources: readonly Source[]): string[] {
  return sources.flatMap(({ file, functions }) => {
    return functions.filter(({ lines }) => lines > MAX_FUNCTION_LINES)
      .map(({ name, line, lines }) => `${file}:${line} ${name}: ${lines} lines`);
  });
}

export function impurities(sources: readonly Source[]): string[] {
  return sources.filter(({ file }) => roomOf(file)?.pure).flatMap((source) => mentions(source, IMPURE));
}

/** Code that Lambda runs is not what synthesizes: it has a clock, a network and an SDK of its own. */
export function outsideOfInfra(sources: readonly Source[]): string[] {
  const synthesis = sources.filter(({ file }) => file.startsWith("infra/") && !file.startsWith("infra/lambda/"));
  return synthesis.flatMap(({ file, imports, identifiers }) => [
    ...imports.filter(({ specifier }) => OUTSIDE_PACKAGES.test(specifier)).map((one) => `${file}: ${one.specifier}`),
    ...OUTSIDE.filter((name) => identifiers.has(name)).map((name) => `${file}: ${name}`),
  ]);
}

function mentions({ file, text }: Source, pattern: RegExp): string[] {
  return withoutComments(text).split("\n").filter((line) => pattern.test(line)).map((line) =>
    `${file}: ${line.trim()}`
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** Exports of `sources` that none of `users` takes, but for their own file. `entries` are read by the world. */
export function unusedExports(
  sources: readonly Source[],
  users: readonly Source[],
  entries: readonly string[],
): { readonly file: string; readonly name: string; readonly typeOnly: boolean }[] {
  const taken = new Set<string>();
  const whole: { readonly by: Source; readonly to: string }[] = [];
  for (const by of users) {
    for (const { to, names } of by.imports) {
      if (to === null || to === by.file) continue;
      if (names === null) whole.push({ by, to });
      else for (const name of names) taken.add(`${to}: ${name}`);
    }
  }
  return sources.filter(({ file }) => !entries.includes(file)).flatMap(({ file, exports }) => {
    const wholly = whole.filter(({ to }) => to === file);
    return exports.filter(({ name }) => {
      return !taken.has(`${file}: ${name}`) && !wholly.some(({ by }) => takes(by, file, name));
    }).map((one) => ({ file, ...one }));
  });
}

/** A whole module gives what is named in the file that takes it; `export *` gives everything. */
function takes(by: Source, file: string, name: string): boolean {
  const forwards = new RegExp(String.raw`export (type )?\* from "[^"]*/${file.split("/").at(-1)}"`).test(by.text);
  return forwards || by.identifiers.has(name);
}

/** The files that import a package. */
export function importers(name: string, sources: readonly Source[]): string[] {
  return sources.flatMap(({ file, imports }) => {
    const own = imports.filter(({ specifier }) => specifier === name || specifier.startsWith(`${name}/`));
    if (own.length === 0) return [];
    return [own.every(({ typeOnly }) => typeOnly) ? `${file} (types)` : file];
  });
}

/** Packages of the import map that no file names. */
export function unusedPackages(packages: readonly string[], sources: readonly Source[]): string[] {
  const named = new Set(sources.flatMap(({ imports }) => imports.map(({ specifier }) => specifier)));
  return packages.filter((name) => ![...named].some((one) => one === name || one.startsWith(`${name}/`)));
}

/** npm packages without an exact version. */
export function unpinned(imports: Readonly<Record<string, string>>): string[] {
  return Object.values(imports).filter((to) => to.startsWith("npm:") && !/@\d+\.\d+\.\d+$/.test(to));
}

/**
 * Where in the source a path of the object was written. Follows keys through object literals, calls, functions,
 * `const`s, spreads and imports; where the trail ends, the last key that was found is the place.
 */
import type { Path, PathPart } from "./issues.ts";
import { lineAndColumn, type Token, tokenize } from "./tokens.ts";
import type { Place } from "./types.ts";

/** A module as the finder needs it: types stripped, every character in its place. */
export interface SourceModule {
  readonly file: string;
  readonly text: string;
  readonly imports: readonly {
    readonly file: string | null;
    readonly names: readonly { readonly name: string; readonly local: string }[];
  }[];
  /** Exported names, with the local name of those that have one. */
  readonly exports: ReadonlyMap<string, string | undefined>;
}

/** A token of a module. */
interface Spot {
  readonly source: Tokens;
  readonly at: number;
}

/** How far a trail through names and calls is followed: a config that goes round in circles ends it too. */
const MAX_STEPS = 32;

export function locate(modules: ReadonlyMap<string, SourceModule>, file: string, path: Path): Place | undefined {
  const sources = new Map([...modules].map(([key, module]) => [key, new Tokens(module)]));
  const config = sources.get(file);
  let value = config && exported(sources, config, "default", 0), place = value;
  for (const part of path) {
    const holder = value && literalAt(sources, value, 0);
    const found = holder && entryIn(sources, holder, part, 0);
    if (!found) break;
    place = found.key;
    value = found.value;
  }
  return place?.source.placeOf(place.at);
}

type Sources = ReadonlyMap<string, Tokens>;

/** The tokens of one module, each bracket with its partner. */
class Tokens {
  readonly #tokens: readonly Token[];
  readonly #partner = new Map<number, number>();

  constructor(readonly module: SourceModule) {
    this.#tokens = tokenize(module.text);
    const open: number[] = [];
    this.#tokens.forEach(({ kind, value }, at) => {
      if (kind !== "mark") return;
      if ("([{".includes(value)) open.push(at);
      const start = ")]}".includes(value) ? open.pop() : undefined;
      if (start !== undefined) this.#partner.set(start, at);
    });
  }

  at(index: number): Token | undefined {
    return this.#tokens[index];
  }

  is(index: number, value: string): boolean {
    const token = this.#tokens[index];
    return token?.value === value && (token.kind === "mark" || token.kind === "name");
  }

  /** Index after the bracket that closes the one at `index`. */
  after(index: number): number {
    return (this.#partner.get(index) ?? this.#tokens.length) + 1;
  }

  /** Index of the `,` that ends the expression at `index`, or of the bracket that closes around it. */
  endOf(index: number): number {
    let at = index;
    while (
      at < this.#tokens.length && !this.is(at, ",") && !this.is(at, "}") && !this.is(at, "]") && !this.is(at, ")")
    ) {
      at = this.#partner.has(at) ? this.after(at) : at + 1;
    }
    return at;
  }

  /** Index of the first place where these tokens follow each other. */
  find(values: readonly string[], from = 0, to = this.#tokens.length): number | undefined {
    for (let at = from; at < to; at++) if (values.every((value, offset) => this.is(at + offset, value))) return at;
    return undefined;
  }

  placeOf(index: number): Place | undefined {
    const token = this.#tokens[index];
    return token && { file: this.module.file, ...lineAndColumn(this.module.text, token.start) };
  }
}

/** The expression behind an exported name. */
function exported(sources: Sources, source: Tokens, name: string, steps: number): Spot | undefined {
  const direct = name === "default" ? source.find(["export", "default"]) : undefined;
  if (direct !== undefined) return { source, at: direct + 2 };
  return declared(sources, source, source.module.exports.get(name) ?? name, steps);
}

/** The expression behind a name of a module, or of one that it imports from. */
function declared(sources: Sources, source: Tokens, name: string, steps: number): Spot | undefined {
  for (const before of ["const", "let", "var", ","]) {
    const at = source.find([before, name, "="]);
    if (at !== undefined) return { source, at: at + 3 };
  }
  const made = source.find(["function", name]);
  if (made !== undefined) return { source, at: made };
  for (const { file, names } of source.module.imports) {
    const imported = names.find(({ local }) => local === name), other = file === null ? undefined : sources.get(file);
    if (imported && other && steps < MAX_STEPS) return exported(sources, other, imported.name, steps + 1);
  }
  return undefined;
}

/** The object or array literal that an expression comes to. */
function literalAt(sources: Sources, { source, at }: Spot, steps: number): Spot | undefined {
  const follow = (next: Spot | undefined) =>
    next && steps < MAX_STEPS ? literalAt(sources, next, steps + 1) : undefined;
  const token = source.at(at);
  if (source.is(at, "{") || source.is(at, "[")) return { source, at };
  if (source.is(at, "(")) {
    const after = source.after(at);
    return follow(source.is(after, "=>") ? returned(source, after + 1) : { source, at: at + 1 });
  }
  if (token?.kind !== "name") return undefined;
  if (token.value === "function") {
    const open = source.find(["("], at);
    return open === undefined ? undefined : follow(returned(source, source.after(open)));
  }
  if (["await", "async", "new"].includes(token.value)) return follow({ source, at: at + 1 });
  if (source.is(at + 1, "=>")) return follow(returned(source, at + 2));
  return ofName(sources, { source, at }, steps);
}

/** What a function's body comes to: the expression behind the arrow, or what its block returns first. */
function returned(source: Tokens, at: number): Spot | undefined {
  if (!source.is(at, "{")) return { source, at };
  const found = source.find(["return"], at, source.after(at));
  return found === undefined ? undefined : { source, at: found + 1 };
}

/** `name`, `name.key.key`, `name(argument)`: a call comes to its function's literal, or else to its first argument. */
function ofName(sources: Sources, { source, at }: Spot, steps: number): Spot | undefined {
  if (steps >= MAX_STEPS) return undefined;
  let end = at + 1;
  while (source.is(end, ".") || source.is(end, "?.")) end += 2;
  const named = declared(sources, source, source.at(at)?.value ?? "", steps);
  if (source.is(end, "(")) {
    const made = named && end === at + 1 ? literalAt(sources, named, steps + 1) : undefined;
    return made ?? literalAt(sources, { source, at: end + 1 }, steps + 1);
  }
  let value = named;
  for (let dot = at + 1; dot < end; dot += 2) {
    const holder = value && literalAt(sources, value, steps + 1);
    value = holder && entryIn(sources, holder, source.at(dot + 1)?.value ?? "", steps + 1)?.value;
  }
  return value && literalAt(sources, value, steps + 1);
}

interface Entry {
  readonly key: Spot;
  readonly value: Spot;
}

function entryIn(sources: Sources, holder: Spot, part: PathPart, steps: number): Entry | undefined {
  const { source } = holder;
  if (typeof part === "number") return source.is(holder.at, "[") ? elementIn(holder, part) : undefined;
  if (!source.is(holder.at, "{")) return undefined;
  const spreads: Spot[] = [];
  for (let at = holder.at + 1; at < source.after(holder.at) - 1; at = source.endOf(at) + 1) {
    if (source.is(at, "...")) spreads.unshift({ source, at: at + 1 });
    const token = source.at(at), isKey = token?.value === part && token.kind !== "mark" && token.kind !== "template";
    if (!isKey) continue;
    if (source.is(at + 1, ":")) return { key: { source, at }, value: { source, at: at + 2 } };
    if (source.is(at + 1, ",") || source.is(at + 1, "}")) return { key: { source, at }, value: { source, at } };
  }
  for (const spread of steps < MAX_STEPS ? spreads : []) {
    const inner = literalAt(sources, spread, steps + 1);
    const found = inner && entryIn(sources, inner, part, steps + 1);
    if (found) return found;
  }
  return undefined;
}

function elementIn({ source, at: open }: Spot, wanted: number): Entry | undefined {
  let index = 0;
  for (let at = open + 1; at < source.after(open) - 1; at = source.endOf(at) + 1, index++) {
    // Behind a spread nobody knows what stands where.
    if (source.is(at, "...")) return undefined;
    if (index === wanted) return { key: { source, at }, value: { source, at } };
  }
  return undefined;
}

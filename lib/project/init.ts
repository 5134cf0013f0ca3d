/** Writes the files of a new project. */
import type { Choice } from "../config/choices.ts";
import type { Refusal, StarterAnswers, StarterTexts } from "../config/starter.ts";

export type { Choice };

/** A line that an existing file needs, so that editors find the types of a config. */
export interface MissingLine {
  /** The file. */
  readonly file: string;
  /** Where in it. */
  readonly within: string;
  /** The line. */
  readonly line: string;
}

/** The files of a new project, written or kept. */
export interface InitReport {
  /** Paths that were written. */
  readonly written: readonly string[];
  /** Paths that existed, and were left unchanged. */
  readonly kept: readonly string[];
  /** Lines that kept files need. */
  readonly missing: readonly MissingLine[];
}

/** What a new project can choose from. */
export interface StarterGuide {
  /** Regions, sorted. */
  readonly regions: readonly Choice[];
  /** GPUs, with memory, sizes of nodes and price. */
  readonly gpus: readonly Choice[];
  /** Where and when the prices hold. */
  readonly prices: string;
  /** What is wrong with answers; empty: nothing. */
  readonly refusals: (answers: StarterAnswers) => readonly Refusal[];
}

/** What a new project can choose from, and what is wrong with answers. */
export async function starterGuide(): Promise<StarterGuide> {
  const [{ gpuChoices, pricesNote, regionChoices }, { refusals }] = await Promise.all([
    import("../config/choices.ts"),
    import("../config/starter.ts"),
  ]);
  return { regions: regionChoices(), gpus: gpuChoices(), prices: pricesNote(), refusals };
}

/**
 * Writes a config, an example image and editor types into a folder, which is created if it is missing. Existing files are
 * never overwritten.
 */
export async function initProject(folder: string, answers: StarterAnswers): Promise<InitReport> {
  const [{ STARTER_FILES, starterFiles }, { readTemplate }] = await Promise.all([
    import("../config/starter.ts"),
    import("../adapters/assets.ts"),
  ]);
  const names = Object.keys(STARTER_FILES) as (keyof typeof STARTER_FILES)[];
  const texts = await Promise.all(names.map(async (name) => [name, await readTemplate(`init/${name}`)] as const));
  const files = starterFiles(answers, Object.fromEntries(texts) as StarterTexts);
  const written: string[] = [], kept: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    // Deno would take a deno.json first, and forget the other.
    const other = path === "deno.json" && await textOf(`${folder}/deno.jsonc`) !== null ? "deno.jsonc" : null;
    if (other) kept.push(other);
    else (await create(`${folder}/${path}`, text) ? written : kept).push(path);
  }
  return { written, kept, missing: await missingLines(folder, kept) };
}

/** Returns whether it was written. `createNew` fails on anything with this name, even a broken link. */
async function create(path: string, text: string): Promise<boolean> {
  await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
  return await Deno.writeTextFile(path, text, { createNew: true }).then(() => true, (error) => {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  });
}

const TYPES = ".unitune/unitune.d.ts";
const DENO = { within: `"imports"`, line: `"unitune/config": "./${TYPES}"` };
/** How a file tells editors where `unitune/config` is. */
const LINES: Readonly<Record<string, Omit<MissingLine, "file">>> = {
  "deno.json": DENO,
  "deno.jsonc": DENO,
  "tsconfig.json": { within: `"compilerOptions", "paths"`, line: `"unitune/config": ["./${TYPES}"]` },
};

async function missingLines(folder: string, kept: readonly string[]): Promise<MissingLine[]> {
  const lines = await Promise.all(kept.map(async (file) => {
    const line = LINES[file], text = line ? await textOf(`${folder}/${file}`) : null;
    return line && text !== null && !text.includes('"unitune/config"') ? [{ file, ...line }] : [];
  }));
  return lines.flat();
}

async function textOf(file: string): Promise<string | null> {
  return await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
}

/** Writes the editor types of this release beside a config. Returns their path. */
export async function writeTypes(folder: string): Promise<string> {
  const { readTemplate } = await import("../adapters/assets.ts"), text = await readTemplate("init/unitune.d.ts");
  await Deno.mkdir(`${folder}/.unitune`, { recursive: true });
  // A new file in place of the old one, so that a link there leads nowhere else.
  await Deno.remove(`${folder}/${TYPES}.new`).catch(() => undefined);
  await Deno.writeTextFile(`${folder}/${TYPES}.new`, text, { createNew: true });
  await Deno.rename(`${folder}/${TYPES}.new`, `${folder}/${TYPES}`);
  return TYPES;
}

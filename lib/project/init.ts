/** Writes the files of a new project. */
import type { StarterAnswers, StarterTexts } from "../config/starter.ts";

/** The files of a new project, written or kept. */
export interface InitReport {
  /** Paths that were written. */
  readonly written: readonly string[];
  /** Paths that existed, and were left unchanged. */
  readonly kept: readonly string[];
}

/** Writes the files into a folder. Existing files are never overwritten. */
export async function initProject(folder: string, answers: StarterAnswers): Promise<InitReport> {
  const [{ STARTER_FILES, starterFiles }, { readTemplate }] = await Promise.all([
    import("../config/starter.ts"),
    import("../adapters/assets.ts"),
  ]);
  const names = Object.keys(STARTER_FILES) as (keyof typeof STARTER_FILES)[];
  const texts = await Promise.all(names.map(async (name) => [name, await readTemplate(`init/${name}`)] as const));
  const written: string[] = [], kept: string[] = [];
  for (const [path, text] of Object.entries(starterFiles(answers, Object.fromEntries(texts) as StarterTexts))) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    // `createNew` fails on anything with this name, even a broken link.
    const writing = Deno.writeTextFile(`${folder}/${path}`, text, { createNew: true });
    const created = await writing.then(() => true, (error) => {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    });
    (created ? written : kept).push(path);
  }
  return { written, kept };
}

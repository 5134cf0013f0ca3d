/** A new project's files. */
import type { StarterAnswers, StarterTexts } from "../config/starter.ts";

/** What became of each file of a new project. */
export interface InitReport {
  /** Paths that were written. */
  readonly written: readonly string[];
  /** Paths that existed, and stay as they are. */
  readonly kept: readonly string[];
}

/** Writes them into a folder. No existing file is written over. */
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
    // `createNew` fails for whatever has the name, a link that leads nowhere too.
    const made = await Deno.writeTextFile(`${folder}/${path}`, text, { createNew: true }).then(() => true, (error) => {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    });
    (made ? written : kept).push(path);
  }
  return { written, kept };
}

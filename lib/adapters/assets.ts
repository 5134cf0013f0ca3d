/**
 * Files that belong to the program: templates, and modules that run in a Worker.
 * The bundle keeps its modules at this file's depth, in one folder, so a path from the tree's root works in both. Only
 * the modules of Workers have another name there, and another extension in the npm package.
 */
const ROOT = new URL("../../", import.meta.url);
const ENDING = /\.[a-z]+$/.exec(import.meta.url)?.[0];

/**
 * The URL of a file of the source tree: `templates/job.yaml`, `lib/adapters/context/pack_worker.ts`.
 * The name of a module for a Worker ends in `_worker.ts`.
 */
export function assetUrl(path: string): URL {
  const worker = /^(.*\/)([^/]+_worker)\.ts$/.exec(path);
  if (!worker) return new URL(path, ROOT);
  const [, folder, name] = worker;
  return new URL(`${ENDING === ".mjs" ? "lib/program/" : folder}${name}${ENDING}`, ROOT);
}

/** The bundled code of the stacks' functions, which synth puts into templates. */
export async function readFunctions(): Promise<{ readonly cleanUp: string; readonly defaultGroup: string }> {
  const [cleanUp, defaultGroup] = await Promise.all([
    readTemplate("lambda/clean_up.js"),
    readTemplate("lambda/default_group.js"),
  ]);
  return { cleanUp, defaultGroup };
}

/** The text of `templates/<name>`. */
export function readTemplate(name: string): Promise<string> {
  return Deno.readTextFile(assetUrl(`templates/${name}`));
}

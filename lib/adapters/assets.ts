/**
 * Files that belong to the program: templates, and modules that run in a Worker.
 * The bundle keeps its modules at this file's depth, in one folder, so a path from the tree's root is right in both;
 * only the modules of Workers have another name there.
 */
const ROOT = new URL("../../", import.meta.url);
const BUNDLED = import.meta.url.endsWith(".mjs");

/**
 * Where a file of the source tree is now: `templates/job.yaml`, `lib/adapters/context/pack_worker.ts`.
 * A module for a Worker is one whose name ends in `_worker.ts`.
 */
export function assetUrl(path: string): URL {
  return new URL(BUNDLED ? path.replace(/^.*\/([^/]+_worker)\.ts$/, "lib/program/$1.mjs") : path, ROOT);
}

/** The text of `templates/<name>`. */
export function readTemplate(name: string): Promise<string> {
  return Deno.readTextFile(assetUrl(`templates/${name}`));
}

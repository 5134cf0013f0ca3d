/** The walls around a project: the real path of every file that a config names must lie inside. */
import { basename, dirname, join, resolve, sep } from "node:path";

/** `null` if nothing exists there, or if it is not readable. */
export async function realPath(path: string): Promise<string | null> {
  try {
    return await Deno.realPath(path);
  } catch {
    return null;
  }
}

/** As many links as Linux follows. */
const MOST_LINKS = 40;
/** Of a path; nothing exists behind a longer one. */
const MOST_CHARACTERS = 4096;

/**
 * Where a path leads, also if nothing is there: the real path of its nearest folder that exists, and what follows. So
 * neither a message nor a suggestion tells what exists outside. `null` for links that lead around in a circle.
 */
export async function placeOf(path: string, links = MOST_LINKS): Promise<string | null> {
  if (path.length > MOST_CHARACTERS) return path;
  const real = await realPath(path);
  if (real !== null || dirname(path) === path) return real ?? path;
  const target = await Deno.readLink(path).catch(() => null);
  if (target !== null) return links === 0 ? null : await placeOf(resolve(dirname(path), target), links - 1);
  const folder = await placeOf(dirname(path), links);
  return folder === null ? null : join(folder, basename(path));
}

export function isInside(path: string | null, walls: readonly string[]): boolean {
  return path !== null &&
    walls.some((wall) => path === wall || path.startsWith(wall.endsWith(sep) ? wall : wall + sep));
}

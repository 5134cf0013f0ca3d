/** The walls around a project: the real path of every file that a config names must lie inside. */
import { sep } from "node:path";

/** `null` if nothing exists there, or if it is not readable. */
export async function realPath(path: string): Promise<string | null> {
  try {
    return await Deno.realPath(path);
  } catch {
    return null;
  }
}

export function isInside(path: string, walls: readonly string[]): boolean {
  return walls.some((wall) => path === wall || path.startsWith(wall.endsWith(sep) ? wall : wall + sep));
}

/** The walls around a project: what a config names must lie inside, by its real path. */
import { sep } from "node:path";

/** `null` when there is nothing, or it may not be looked at. */
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

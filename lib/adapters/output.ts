/** Writes files below a folder. */
import type { KubeObject } from "../core/ports.ts";

interface OutputFile {
  readonly path: string;
  readonly text?: string;
  readonly objects?: readonly KubeObject[];
}

/** Returns the written paths, in order. */
export async function writeFiles(out: string, files: readonly OutputFile[]): Promise<string[]> {
  const { toYaml } = await import("./yaml.ts");
  for (const { path, text, objects } of files) {
    await Deno.mkdir(`${out}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${out}/${path}`, text ?? toYaml(objects ?? []));
  }
  return files.map(({ path }) => path);
}

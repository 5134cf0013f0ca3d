/** Python environments, one per content of their requirements. */
import { cache, source } from "../layout.ts";
import { exists, keyOf, remove, run } from "../shell.ts";

/** What the emulator needs. */
export const emulatorRequirements = `${source}/aws/requirements.txt`;

/** Folder of the environment that belongs to the requirements as they are now. */
export async function venvDir(requirements: string): Promise<string> {
  const python = await run("python3", ["--version"]);
  return `${cache.venvs}/${keyOf(await Deno.readTextFile(requirements), python)}`;
}

export async function installVenv(dir: string, requirements: string): Promise<void> {
  if (await exists(`${dir}/.complete`)) return;
  await remove(dir);
  await run("python3", ["-m", "venv", dir]);
  await run(`${dir}/bin/python`, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    requirements,
  ]);
  await Deno.writeTextFile(`${dir}/.complete`, "");
}

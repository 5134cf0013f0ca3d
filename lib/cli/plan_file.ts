/** Saved plans: files that `plan --out` writes and `apply` reads. */
import { type Plan, type SavedPlan, UnituneError } from "../mod.ts";

export async function writePlan(file: string, { caller }: Plan, saved: SavedPlan): Promise<void> {
  if (!caller) {
    throw new UnituneError("USAGE", "Cannot save a plan that was made offline: it does not know what is deployed", {
      path: "--out",
      hint: "Omit --offline",
    });
  }
  try {
    await Deno.writeTextFile(file, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw unusable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

export async function readPlan(file: string): Promise<SavedPlan> {
  let saved: Partial<SavedPlan> | null;
  try {
    saved = JSON.parse(await Deno.readTextFile(file));
  } catch (cause) {
    throw unusable(file, cause instanceof Error ? cause.message : String(cause), cause);
  }
  const { version, config, changes, only } = saved ?? {};
  if (version === 1 && typeof config === "string" && Array.isArray(changes) && Array.isArray(only)) {
    return saved as SavedPlan;
  }
  throw unusable(file, "it is not a plan that `unitune plan --out` wrote");
}

function unusable(file: string, why: string, cause?: unknown): UnituneError {
  return new UnituneError("PLAN_FILE", `Cannot use ${file} as a saved plan: ${why}`, {
    path: file,
    hint: `Run \`unitune plan --out ${file}\``,
    cause,
  });
}

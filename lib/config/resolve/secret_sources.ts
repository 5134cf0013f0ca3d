/** Where the value of a secret is: an environment variable, or a file. */
import { type Issue, type Path } from "../issues.ts";
import type { SecretSource } from "../types.ts";

/** `null`, with an issue, unless exactly one of the two is written. */
export function sourceOf(
  { env, file }: { readonly env?: string | undefined; readonly file?: string | undefined },
  path: Path,
  issues: Issue[],
): SecretSource | null {
  if (env !== undefined && file === undefined) return { env };
  if (env === undefined && file !== undefined) return { file };
  const message = `must have either env or file: found ${env === undefined ? "neither" : "both"}`;
  issues.push({ code: "CONFLICT", path, message });
  return null;
}

/**
 * Names that are not UTF-8 cannot be opened, and an older Deno does not even list them. They are found here, so that
 * no file is silently missing from a context.
 */
import { UnituneError } from "../../core/errors.ts";

/** First version whose `readDir` lists such a name, with U+FFFD in it. */
const LISTS_ALL = [2, 9];
const REPLACED = "\ufffd";

/** Whether a decoded name looks like one whose bytes are not UTF-8. */
export function isMangled(name: string): boolean {
  return name.includes(REPLACED);
}

export function badName(path: string): UnituneError {
  return new UnituneError(
    "CONTEXT_NAME",
    `Cannot pack ${JSON.stringify(path)} as a file name must be UTF-8: this one is not`,
    { path, hint: "Rename the file, or name its folder in .dockerignore" },
  );
}

/** Paths below `root` whose names are not UTF-8, if this Deno omits them; otherwise none. */
export async function unlistedNames(root: string): Promise<string[]> {
  if (Deno.build.os === "windows") return []; // names are UTF-16 there
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  if (major > LISTS_ALL[0]! || (major === LISTS_ALL[0] && minor >= LISTS_ALL[1]!)) return [];
  const { success, stdout, stderr } = await new Deno.Command("find", {
    args: [".", "-mindepth", "1", "-print0"],
    cwd: root,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success && stdout.length === 0) throw new Error(`find: ${decoder.decode(stderr).trim()}`);
  const strict = new TextDecoder("utf-8", { fatal: true });
  const bad: string[] = [];
  for (let at = 0, end = stdout.indexOf(0); end >= 0; at = end + 1, end = stdout.indexOf(0, at)) {
    const bytes = stdout.subarray(at + 2, end);
    try {
      strict.decode(bytes);
    } catch {
      bad.push(decoder.decode(bytes));
    }
  }
  return bad;
}

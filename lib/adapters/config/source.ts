/** Reads one module of a config, strips its types and parses the rest. */
import nodeModule from "node:module";
import { parse, type Program } from "acorn";
import type { Issue } from "../../config/issues.ts";
import { isTooDeep } from "./depth.ts";
import { lineAndColumn } from "../../config/source/lines.ts";

export interface Source {
  /** JavaScript. Every character is at the same place as in the file. */
  readonly text: string;
  readonly program: Program;
}

const MAX_BYTES = 1 << 20;

/** Returns an issue if the file cannot be used as a module. */
export async function readSource(file: string): Promise<Source | Issue> {
  const { size, isFile } = await Deno.stat(file);
  // Reading a pipe might never end.
  if (!isFile) return issue(file, "IMPORT", "must be a file: found a folder, a pipe or a device");
  if (size > MAX_BYTES) return issue(file, "IMPORT", `must be at most 1 MiB: found ${size} bytes`);
  const source = await Deno.readTextFile(file).catch((error) => {
    if (error instanceof Deno.errors.PermissionDenied) return null;
    throw error;
  });
  if (source === null) return issue(file, "PATH", "cannot be read: permission denied", `run chmod u+r ${file}`);
  if (isTooDeep(source)) {
    return issue(file, "SYNTAX", "cannot be read: it is nested too deeply", "write several statements");
  }
  const text = await strip(source, file);
  if (typeof text !== "string") return text;
  try {
    return { text, program: parse(text, { ecmaVersion: "latest", sourceType: "module" }) };
  } catch (error) {
    const { pos = 0, message } = error as { readonly pos?: number; readonly message: string };
    const reason = message.replace(/ \(\d+:\d+\)$/, "");
    return issue(file, "SYNTAX", `cannot be read as JavaScript: ${reason}`, undefined, lineAndColumn(text, pos));
  }
}

interface AmaroError {
  readonly code: string;
  readonly message: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/** Newer runtimes have it, but the types do not declare it yet. */
const native: ((source: string) => string) | undefined = (nodeModule as {
  stripTypeScriptTypes?: (source: string) => string;
}).stripTypeScriptTypes;

/** Uses the runtime if it can. Otherwise, and to explain errors, loads amaro (3.7 MB with its wasm). */
async function strip(source: string, file: string): Promise<string | Issue> {
  try {
    if (native) return native(source);
  } catch {
    // amaro reports the error, with a code and a place.
  }
  const { transformSync } = await import("amaro");
  try {
    return transformSync(source, { mode: "strip-only" }).code;
  } catch (error) {
    const { code, message, startLine = 1, startColumn = 0 } = error as AmaroError;
    const place = { line: startLine, column: startColumn + 1 };
    if (code !== "UnsupportedSyntax") {
      return issue(file, "SYNTAX", `cannot be read as TypeScript: ${message.replace(/\.$/, "")}`, undefined, place);
    }
    const hint = "types are stripped, not compiled: write plain JavaScript, for example an object instead of an enum";
    return issue(file, "SYNTAX", message.replace(" in strip-only mode", ""), hint, place);
  }
}

export function issue(
  file: string,
  code: Issue["code"],
  message: string,
  hint?: string,
  at: { readonly line: number; readonly column: number } = { line: 1, column: 1 },
): Issue {
  return { code, path: [], message, hint, place: { file, line: at.line, column: at.column } };
}

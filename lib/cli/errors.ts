/** Errors as text: code, message, place, next step. */
import { plainText } from "../core/text.ts";
import { DOCUMENT_VERSION } from "./documents/kinds.ts";
import type { DocumentOf } from "./documents/types.ts";
import { type ErrorCode, EXIT, type ExitCode, isUnituneError, type Mistake, UnituneError } from "../mod.ts";

const FILE_ERRORS = [
  Deno.errors.NotFound,
  Deno.errors.PermissionDenied,
  Deno.errors.AlreadyExists,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
  Deno.errors.FilesystemLoop,
];

/** An error of the file system, which is no fault of unitune, as an error with a code; any other as it is. */
export function understood(error: unknown): unknown {
  if (!(error instanceof Error) || !FILE_ERRORS.some((type) => error instanceof type)) return error;
  // `Permission denied (os error 13): readfile '/a/b'`
  const [, why = error.message, call, path] = /^(.*?)(?: \(os error \d+\))?: (\w+) '([^']*)'/.exec(error.message) ?? [];
  const doing = call && /^(write|mk|make|rename|remove|copy|chmod|symlink)/.test(call) ? "write" : "read";
  return new UnituneError("FILE", `Cannot ${doing} ${path ?? "a file"}: ${why.toLowerCase()}`, {
    path,
    hint: "Check that it exists and that you may use it (ls -ld)",
    cause: error,
  });
}

export function exitCodeOf(error: unknown): ExitCode {
  return isUnituneError(error) ? error.exit : EXIT.failed;
}

export function errorText(error: unknown, verbose: boolean): string {
  if (!isUnituneError(error)) {
    const known = error instanceof Error ? (verbose ? error.stack ?? error.message : error.message) : String(error);
    return `error UNEXPECTED: ${plainText(known)}\n${verbose ? "" : "  hint: add -v to see where\n"}`;
  }
  const lines = [`error ${error.code}: ${error.message}`];
  if (error.path) lines.push(`  at ${error.path}`);
  lines.push(...error.lines.map((line) => `  ${line}`));
  if (error.hint) lines.push(`  hint: ${error.hint}`);
  if (verbose && error.cause) lines.push(`  cause: ${error.cause instanceof Error ? error.cause.stack : error.cause}`);
  return `${plainText(lines.join("\n"))}\n`;
}

type Failure = NonNullable<DocumentOf<"report">["steps"][number]["error"]>;

/** An error as part of a document. */
export function failureDocument(error: unknown): Failure {
  if (!isUnituneError(error)) {
    return { code: "UNEXPECTED" satisfies ErrorCode, message: String((error as Error)?.message ?? error) };
  }
  const { code, message, path, hint, lines, mistakes } = error;
  return {
    code,
    message,
    ...(path && { path }),
    ...(hint && { hint }),
    ...(lines.length > 0 && { lines }),
    ...mistakes.find(({ place }) => place)?.place,
    ...(mistakes.length > 0 && { mistakes: mistakes.map(mistakeDocument) }),
  };
}

function mistakeDocument({ code, message, path, hint, place }: Mistake) {
  return { code, message, ...(path && { path }), ...(hint && { hint }), ...place };
}

/** The last event of a failed command. `at` is in milliseconds since 1970. */
export function errorDocument(error: unknown, at: number): DocumentOf<"error"> {
  return { version: DOCUMENT_VERSION, type: "error", at, level: "error", ...failureDocument(error) };
}

/**
 * The one error type of unitune: a stable code, what was tried, the place, the next step.
 * Recognise it by its brand with {@linkcode isUnituneError}: `instanceof` fails across bundles and Workers.
 */
import { type ErrorCode, type ExitCode, exitOf } from "./error_codes.ts";

export { ERRORS, EXIT } from "./error_codes.ts";
export type { CheckCode, ErrorCode, ExitCode } from "./error_codes.ts";

const BRAND = "unitune.error";

/** What an error says beside its message. */
export interface ErrorDetail {
  /** Path in the config object, or the AWS or Kubernetes resource. */
  readonly path?: string | undefined;
  /** The next step. */
  readonly hint?: string | undefined;
  /** What it came from. */
  readonly cause?: unknown;
  /** Further lines that belong to the message: each issue of a config, the last lines of a log. */
  readonly lines?: readonly string[] | undefined;
}

/** An error with a stable code, its place and the next step. */
export class UnituneError extends Error {
  /** By which `isUnituneError` knows it. */
  readonly brand: string = BRAND;
  /** The name in a stack. */
  override readonly name = "UnituneError";
  /** Path in the config object, or the AWS or Kubernetes resource. */
  readonly path: string | undefined;
  /** The next step. */
  readonly hint: string | undefined;
  /** The exit code that it means. */
  readonly exit: ExitCode;
  /** Further lines of the message: each issue of a config, the last lines of a log. */
  readonly lines: readonly string[];

  /** `code` is stable: scripts may look at it. */
  constructor(readonly code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.path = detail.path;
    this.hint = detail.hint;
    this.exit = exitOf(code);
    this.lines = detail.lines ?? [];
  }
}

/** Is it one of unitune's errors, from whatever bundle or Worker? */
export function isUnituneError(error: unknown): error is UnituneError {
  return typeof error === "object" && error !== null && (error as { brand?: unknown }).brand === BRAND;
}

/** Is it one of unitune's errors, with one of these codes? */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is UnituneError {
  return isUnituneError(error) && codes.includes(error.code);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

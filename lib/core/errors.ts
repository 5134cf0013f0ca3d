/**
 * The only error type of unitune: a stable code, what was attempted, the path, the next step.
 * Recognise it by its brand with {@linkcode isUnituneError}: `instanceof` fails across bundles and Workers.
 */
import { type ErrorCode, type ExitCode, exitOf } from "./error_codes.ts";

export { ERRORS, EXIT } from "./error_codes.ts";
export type { CheckCode, ErrorCode, ExitCode } from "./error_codes.ts";

/** Begins the line of an error that names the part of the config which declares what failed. */
export const CONFIG_PART = "the config's part: ";

const BRAND = "unitune.error";

/** One of the mistakes that an error reports together: in a config, in a Dockerfile, of the account. */
export interface Mistake {
  /** Of the mistake; the error's own code says what could not be done. */
  readonly code: string;
  /** The rule and what was found. */
  readonly message: string;
  /** Path in the config object. */
  readonly path?: string | undefined;
  /** The next step. */
  readonly hint?: string | undefined;
  /** The place that is wrong, if it is in a file. */
  readonly place?: FilePlace | undefined;
}

/** A place in a file. */
export interface FilePlace {
  /** As seen from the current folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

/** What an error holds besides its message. */
export interface ErrorDetail {
  /** Path in the config object, or the AWS or Kubernetes resource. */
  readonly path?: string | undefined;
  /** The next step. */
  readonly hint?: string | undefined;
  /** The error that caused it. */
  readonly cause?: unknown;
  /** Further lines that belong to the message: each issue of a config, the last lines of a log. */
  readonly lines?: readonly string[] | undefined;
  /** The mistakes that `lines` tell, as data. */
  readonly mistakes?: readonly Mistake[] | undefined;
}

/** An error with a stable code, its path and the next step. */
export class UnituneError extends Error {
  /** `isUnituneError` recognises it by this. */
  readonly brand: string = BRAND;
  /** The name in a stack trace. */
  override readonly name = "UnituneError";
  /** Path in the config object, or the AWS or Kubernetes resource. */
  readonly path: string | undefined;
  /** The next step. */
  readonly hint: string | undefined;
  /** Its exit code. */
  readonly exit: ExitCode;
  /** Further lines of the message: each issue of a config, the last lines of a log. */
  readonly lines: readonly string[];
  /** The mistakes that `lines` tell, as data; empty if the error is about something else. */
  readonly mistakes: readonly Mistake[];

  /** `code` is stable: scripts may rely on it. */
  constructor(readonly code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.path = detail.path;
    this.hint = detail.hint;
    this.exit = exitOf(code);
    this.lines = detail.lines ?? [];
    this.mistakes = detail.mistakes ?? [];
  }
}

/** Is it one of unitune's errors, from any bundle or Worker? */
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

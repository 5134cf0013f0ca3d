/**
 * The one error type of unitune: a stable code, what was tried, the place, the next step.
 * Recognise it by its brand with {@linkcode isUnituneError}: `instanceof` fails across bundles and Workers.
 */
const BRAND = "unitune.error";

/** How the program ends; only `main.ts` exits. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  config: 3,
  aws: 4,
  cluster: 5,
  declined: 6,
  interrupted: 130,
} as const;
/** One of the exit codes. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** What an error says beside its message. */
export interface ErrorDetail {
  /** Path in the config object, or the AWS or Kubernetes resource. */
  readonly path?: string | undefined;
  /** The next step. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** Which exit code this failure means; default 1 (failed). */
  readonly exit?: ExitCode | undefined;
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
  constructor(readonly code: string, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.path = detail.path;
    this.hint = detail.hint;
    this.exit = detail.exit ?? EXIT.failed;
    this.lines = detail.lines ?? [];
  }
}

/** Is it one of unitune's errors, from whatever bundle or Worker? */
export function isUnituneError(error: unknown): error is UnituneError {
  return typeof error === "object" && error !== null && (error as { brand?: unknown }).brand === BRAND;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

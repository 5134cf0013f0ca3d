/** What an action reports. */
import type { EndState } from "../core/events.ts";

/** How a step ended. */
export interface StepResult {
  /** Id of the step. */
  readonly id: string;
  /** How it ended. */
  readonly state: EndState;
  /** When it began, in milliseconds since 1970; of a step that did not run: when that was clear. */
  readonly at: number;
  /** How long it took. */
  readonly seconds: number;
  /** A detail for the user, such as a digest. */
  readonly detail?: string | undefined;
  /** Why it failed. */
  readonly error?: unknown;
}

/** The result of running a plan. */
export interface Report {
  /** The result of each step. */
  readonly results: readonly StepResult[];
  /** The result of each image, by name. */
  readonly images: Readonly<Record<string, ImageResult>>;
}

/** The result of an image. */
export interface ImageResult {
  /** How it ended. */
  readonly state: "built" | "reused" | "failed" | "skipped" | "cancelled";
  /** Its reference by digest, if the registry holds it. */
  readonly ref: string | null;
  /** `sha256:…`, if the registry holds it. */
  readonly digest: string | null;
  /** How long it took. */
  readonly seconds: number;
  /** The build context, and how much of it was sent. */
  readonly context: { readonly digest: string; readonly bytes: number; readonly uploadedBytes: number };
  /**
   * Name of the Job, if one was needed; several, comma-separated, for several platforms. A skipped image has one if it
   * was only started.
   */
  readonly job: string | null;
  /** Why it was built, reused or not. */
  readonly because: string;
}

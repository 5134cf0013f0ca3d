/** What an action reports. */
import type { EndState } from "../core/events.ts";

/** How a step ended. */
export interface StepResult {
  /** Id of the step. */
  readonly id: string;
  /** How it ended. */
  readonly state: EndState;
  /** How long it took. */
  readonly seconds: number;
  /** What it says of itself. */
  readonly detail?: string | undefined;
  /** Why it failed. */
  readonly error?: unknown;
}

/** What became of a plan. */
export interface Report {
  /** Each step's end. */
  readonly results: readonly StepResult[];
  /** Each image's end, by name. */
  readonly images: Readonly<Record<string, ImageResult>>;
}

/** What became of an image. */
export interface ImageResult {
  /** What became of it. */
  readonly state: "built" | "reused" | "failed" | "skipped" | "cancelled";
  /** Its reference by digest, when the registry holds it. */
  readonly ref: string | null;
  /** `sha256:…`, when the registry holds it. */
  readonly digest: string | null;
  /** How long it took. */
  readonly seconds: number;
  /** The build context, and what of it had to be sent. */
  readonly context: { readonly digest: string; readonly bytes: number; readonly uploadedBytes: number };
  /** Name of the Job, if one was needed; several, comma-separated, for several platforms. */
  readonly job: string | null;
  /** Why it was built, reused or not. */
  readonly because: string;
}

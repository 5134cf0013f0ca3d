/** What an execution works with, and what it reports. */
import type { Emitter } from "../core/emitter.ts";
import type { EndState } from "../core/events.ts";
import type { ContextStorePort, Identity, KubeObject, Ports } from "../core/ports.ts";
import type { SecretValue } from "../images/secret.ts";
import type { Command, PermissionPart } from "../permissions/parts.ts";
import type { Need } from "../permissions/verdict.ts";
import type { Config, Deployed, JobSpec } from "../plan/types.ts";

export type { Ports } from "../core/ports.ts";

export interface Run {
  readonly ports: Ports;
  readonly emitter: Emitter;
  readonly signal: AbortSignal;
}

export interface Upload {
  readonly listKey: string;
  readonly listDigest: string;
  readonly bytes: number;
  readonly uploadedBytes: number;
}

/** The parts of a run that depend on files of the project: handed in, so that exec knows no file system. */
export interface Project {
  readonly config: Config;
  /** Writes the cloud assembly once and gives its folder; with another version of Kubernetes, one of its own. */
  assembly(kubernetes?: string): Promise<string>;
  /** Stores an image's context in the bucket. */
  upload(image: string, store: ContextStorePort, signal: AbortSignal): Promise<Upload>;
  /** Values of an image's secrets; throws with each that cannot be had. */
  secrets(image: string): Promise<readonly SecretValue[]>;
  /** The objects of a build Job, the Job itself last. */
  jobObjects(spec: JobSpec): KubeObject[];
  /** The objects that install or remove Karpenter's charts, in order; the Job last. */
  helmObjects(action: "install" | "uninstall", deployed: Deployed | null, namespaceUid?: string): KubeObject[];
  /** Namespace, account, classes and pools, in order. */
  clusterObjects(deployed: Deployed): KubeObject[];
  chartsHash(deployed: Deployed): string;
  /** What the command needs in AWS for these parts of its work. */
  permissions(command: Command, parts: readonly PermissionPart[], caller: Identity): Promise<readonly Need[]>;
}

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
  /** Name of the Job, when one was needed; of several platforms each, with a comma between. */
  readonly job: string | null;
  /** Why it was built, reused or not. */
  readonly because: string;
}

/** What every action takes. The types are here, beside their users; `lib/project` creates the values. */
import type { Emitter } from "../core/emitter.ts";
import type { Finding } from "../core/findings.ts";
import type { Kube } from "../core/kube.ts";
import type { ContextStorePort, Ports, StackDiff, Task } from "../core/ports.ts";
import type { SecretValue } from "../core/secrets.ts";
import type { JobOperation } from "../jobs/job.ts";
import type { BuildSpec, Config, Deployed, JobSpec } from "../plan/types.ts";
import type { Session } from "./session.ts";

/** The result of storing a context. */
export interface Upload {
  readonly listKey: string;
  readonly listDigest: string;
  readonly bytes: number;
  readonly uploadedBytes: number;
}

/** Kubernetes objects of the config, from the program's templates. */
export interface Objects {
  /** The objects of a build Job, the Job itself last. */
  build(spec: JobSpec): Kube[];
  /** The objects that install or uninstall Karpenter's charts, in order; the Job last. */
  helm(action: "install" | "uninstall", deployed: Deployed | null, namespaceUid?: string): Kube[];
  /** Namespace, account, classes and pools, in order. */
  cluster(deployed: Deployed): Kube[];
  chartsHash(deployed: Deployed): string;
}

/** A project's files, read when they are needed: enough for actions that make no requests. */
export interface ProjectFiles {
  readonly config: Config;
  readonly assemblies: {
    /** Folder of the cloud assembly. Each version of Kubernetes has its own. */
    folder(kubernetes?: string): Promise<string>;
    /** Every resource of the stacks, as an addition. */
    diff(): Promise<readonly StackDiff[]>;
    /** A stack's template, as JSON. */
    template(stack: string): Promise<string>;
  };
  readonly contexts: {
    /** The builds of all images, in build order. */
    builds(): Promise<BuildSpec[]>;
    /** What the Dockerfiles and contexts of these images show, without a request. */
    findings(images: readonly string[]): Promise<readonly Finding[]>;
    upload(image: string, store: ContextStorePort, task: Task): Promise<Upload>;
  };
  readonly secrets: {
    /** Values of an image's secrets. Throws an error that names each one that cannot be read. */
    read(image: string): Promise<readonly SecretValue[]>;
  };
  readonly objects: Objects;
}

/** One run of a command: a project, the account that it works in, and the receiver of its events. */
export interface Operation extends ProjectFiles, Emitter {
  readonly ports: Ports;
  readonly session: Session;
  readonly signal: AbortSignal;
  /** Who runs this, for others to read: `alice@laptop`. */
  readonly host: string;
}

/** What a port receives to work on one step. */
export function taskOf(operation: Operation, id: string): Task {
  return { id, emit: operation.emit, signal: operation.signal };
}

/** The same for Jobs and other objects in the cluster. */
export async function jobOperation(operation: Operation, task: Task): Promise<JobOperation> {
  const { session, hide, mask, ports: { clock } } = operation;
  return { ...task, hide, mask, kube: await session.kube(), clock };
}

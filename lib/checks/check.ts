/** What the checks before anything is created have in common: what they are given, and reads that may be denied. */
import { type CheckCode, hasCode } from "../core/errors.ts";
import { type Finding, note } from "../core/findings.ts";
import type { ClusterInfo, Identity, Ports, StackDiff } from "../core/ports.ts";
import type { Phase } from "../plan/changes.ts";
import type { Config, VersionStep } from "../plan/types.ts";

/** What a check may look at. It creates and changes nothing. */
export interface CheckInput {
  readonly config: Config;
  readonly ports: Ports;
  /** Who calls. */
  readonly identity: Identity;
  /** The cluster of the config's name, if EKS has one. */
  readonly cluster: ClusterInfo | null;
  /** Version of the cluster that our stack created; `null` without one. */
  readonly kubernetes: string | null;
  /** What is still to go to the config's version of Kubernetes, step by step. */
  readonly steps: readonly VersionStep[];
  /** How the stacks differ from what is deployed; none for checks that run before that is known. */
  readonly stacks: readonly StackDiff[];
}

export interface Check {
  /** Code of its findings, and of the refusal. */
  readonly code: CheckCode;
  /** It runs when one of these is planned. */
  readonly of: readonly Phase[];
  /** Does it look at the difference between the stacks and what is deployed? It then runs after that was asked for. */
  readonly afterDiff?: true;
  /** What is refused, of `name` for `count` errors: "Cannot … as …". */
  readonly refusal: (name: string, count: number) => string;
  /** Throws nothing but faults: what stands against the config is a finding. */
  readonly run: (context: CheckInput) => Promise<readonly Finding[]>;
}

/** For reads that only make the answers better: what may not be read is a note, and stops nothing. */
export class Reader {
  readonly #code: CheckCode;
  /** What could not be read. */
  readonly notes: Finding[] = [];

  /** `code`: of the check that reads. */
  constructor(code: CheckCode) {
    this.#code = code;
  }

  /** What the request gives; `null`, and a note of what that leaves open, if AWS denies the action. */
  async read<T>(action: string, what: string, request: () => Promise<T>): Promise<T | null> {
    try {
      return await request();
    } catch (error) {
      if (!hasCode(error, "AWS_DENIED")) throw error;
      this.notes.push(note(this.#code, `not checked without ${action}: ${what}`));
      return null;
    }
  }
}

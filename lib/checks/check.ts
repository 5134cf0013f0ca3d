/** What all checks have in common: their input, and reads that AWS may deny. Checks run before anything is created. */
import { type CheckCode, hasCode } from "../core/errors.ts";
import { type Finding, note } from "../core/findings.ts";
import type { ClusterInfo, Identity, Ports, StackDiff } from "../core/ports.ts";
import type { Phase } from "../plan/changes.ts";
import type { Config, VersionStep } from "../plan/types.ts";

/** What a check may look at. It creates and changes nothing. */
export interface CheckInput {
  readonly config: Config;
  readonly ports: Ports;
  /** The caller. */
  readonly identity: Identity;
  /** The cluster with the config's name, if it exists. */
  readonly cluster: ClusterInfo | null;
  /** The bucket of build contexts, by the stack's output; `null` before the first deployment. */
  readonly bucket: string | null;
  /** Kubernetes version of the cluster that our stack created; `null` if there is none. */
  readonly kubernetes: string | null;
  /** The upgrade steps that remain to the config's version of Kubernetes. */
  readonly steps: readonly VersionStep[];
  /** How the stacks differ from what is deployed; empty for checks that run before the comparison. */
  readonly stacks: readonly StackDiff[];
}

export interface Check {
  /** Code of its findings, and of the refusal. */
  readonly code: CheckCode;
  /** It runs when one of these is planned. */
  readonly of: readonly Phase[];
  /** Does it use the difference between the stacks and what is deployed? It then runs after the comparison. */
  readonly afterDiff?: true;
  /** The message of a refusal, for `count` errors of the config `name`: "Cannot … as …". */
  readonly refusal: (name: string, count: number) => string;
  /** Throws only on faults: a problem with the config is a finding. */
  readonly run: (input: CheckInput) => Promise<readonly Finding[]>;
}

/** For reads that the run can do without: a denied read becomes a note. */
export class Reader {
  readonly #code: CheckCode;
  /** What could not be read. */
  readonly notes: Finding[] = [];

  /** `code`: the code of the check. */
  constructor(code: CheckCode) {
    this.#code = code;
  }

  /** The answer to the request; if AWS denies the action, `null`, and a note that says what was not checked. */
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

/** The interface of CloudFormation: what stacks are, how they differ from what is deployed, and what is done to them. */
import type { Emit } from "./events.ts";
import type { FieldChange } from "./fields.ts";

/** A planned change to a resource of a stack. */
export interface StackChange {
  /** Its id in the template. */
  readonly logicalId: string;
  /** `AWS::EKS::Cluster`, … */
  readonly resourceType: string;
  /** What the deployment does to it. `import`: it exists, no stack owns it, and unitune created it. */
  readonly action: "add" | "import" | "update" | "replace" | "remove";
  /** Its name in AWS; only for repositories, which outlive their stack. */
  readonly name?: string | undefined;
  /** Is it open whether it is replaced? Only the deployment then decides. */
  readonly open?: true;
  /** Its properties that change. */
  readonly fields?: readonly FieldChange[];
}

/** A stack compared with what is deployed. */
export interface StackDiff {
  /** Its name. */
  readonly stack: string;
  /** Is the stack deployed now? */
  readonly exists: boolean;
  /** Its status, if CloudFormation knows the stack. */
  readonly status?: string | undefined;
  /** Sorted by logical id; empty: nothing changes. */
  readonly changes: readonly StackChange[];
}

/** What a port receives for long work: where to send events, and what ends it. */
export interface Task {
  /** Id of the step that the events belong to. */
  readonly id: string;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** A policy for the role that CloudFormation uses. */
export interface ExecutionPolicy {
  readonly name: string;
  /** JSON. */
  readonly document: string;
}

/** A resource that is no longer as its stack made it. */
export interface DriftedResource {
  /** Its id in the template. */
  readonly logicalId: string;
  /** `AWS::SQS::Queue`, … */
  readonly resourceType: string;
  /** Was it changed, or deleted? */
  readonly state: "modified" | "deleted";
  /** Its properties: as they are now, and as the stack made them. */
  readonly fields: readonly FieldChange[];
}

/** What of a stack was changed outside of CloudFormation. */
export interface StackDrift {
  /** Its name. */
  readonly stack: string;
  /** Sorted by logical id; empty: nothing. */
  readonly resources: readonly DriftedResource[];
  /** Resources that CloudFormation could not compare, and why. */
  readonly unread: readonly string[];
}

export interface DeployOptions {
  /** Is what was changed outside of CloudFormation changed back? */
  readonly revertDrift: boolean;
}

/** CloudFormation through the CDK toolkit, on an assembly folder that `infra/synth.ts` wrote. */
export interface StackPort {
  bootstrapped(): Promise<boolean>;
  /** ARNs of the policies of the role that CloudFormation uses; `null` if it does not exist or cannot be read. */
  attachedPolicies(account: string): Promise<readonly string[] | null>;
  /** A new bootstrap gets these policies for CloudFormation's role; an existing one keeps those that it has. */
  bootstrap(task: Task, policies: readonly ExecutionPolicy[]): Promise<void>;
  diff(assembly: string, task: Task): Promise<readonly StackDiff[]>;
  /** Compares a deployed stack with what it made; takes minutes. `null`: CloudFormation does not compare it now. */
  drift(stack: string, task: Task): Promise<StackDrift | null>;
  /** Deploys the stacks in order; returns for each whether anything changed, and its outputs. */
  deploy(assembly: string, task: Task, options?: DeployOptions): Promise<
    readonly { readonly stack: string; readonly changed: boolean; readonly outputs: Readonly<Record<string, string>> }[]
  >;
  /** Deletes a stack and waits; `false` when it did not exist. */
  destroy(stack: string, task: Task): Promise<boolean>;
  /** CloudFormation's word for its state; `null` when the stack does not exist. */
  status(stack: string): Promise<string | null>;
  /** `null` when the stack does not exist. */
  outputs(stack: string): Promise<Readonly<Record<string, string>> | null>;
}

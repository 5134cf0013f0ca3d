/** Turns the CDK toolkit's messages into events, and answers its questions: the plan has already been confirmed. */
import type { Emit } from "../../core/events.ts";
import { type ChangeSet, type Values, valuesOf } from "./stack_fields.ts";

/** The parts of the toolkit's IoMessage that are read. */
interface ToolkitMessage {
  readonly code?: string | undefined;
  readonly level: string;
  readonly message: string;
  readonly data: unknown;
}

interface ToolkitRequest extends ToolkitMessage {
  readonly defaultResponse: unknown;
}

export interface FailedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly resourceType: string;
  readonly reason: string;
}

interface StackEvent {
  readonly StackId?: string;
  readonly StackName?: string;
  readonly LogicalResourceId?: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType?: string;
  readonly ResourceStatus?: string;
  readonly ResourceStatusReason?: string;
}

const CONFIRMATIONS = ["CDK_TOOLKIT_I5050", "CDK_TOOLKIT_I5060", "CDK_TOOLKIT_I7010"];
/** Read-only change sets need more rights than reading. Without them, the toolkit compares templates. */
const WEAKER_DIFF = "Could not create a change set";
/** What AWS usually takes to create a resource. */
const USUAL_MINUTES: Readonly<Record<string, string>> = {
  "AWS::EKS::Cluster": "8 to 12",
  "AWS::EKS::Nodegroup": "2 to 5",
  "AWS::EKS::Addon": "1 to 3",
  "AWS::EC2::NatGateway": "2 to 3",
  "AWS::EC2::VPCEndpoint": "1 to 3",
};
const CREATES_CHANGE_SET = /^Attempting to create ChangeSet/;
const ENDS_CHANGE_SET = /^(Removing existing change set|Initiating execution of changeset|Deleting empty change set)/;
// deno-lint-ignore no-control-regex
const COLOUR = /\x1b\[[0-9;]*m/g;

/** Listens to one operation of the toolkit: emits events, and keeps what the result lacks. */
export class StackListener {
  readonly failures: FailedResource[] = [];
  /** ARNs of the stacks that needed no change. */
  readonly unchanged = new Set<string>();
  /** The stack that CloudFormation worked on last. */
  last: string | undefined;
  /** The stacks that CloudFormation is working on. */
  readonly monitored = new Set<string>();
  /** Is there a change set that has not been executed or deleted? */
  #changeSet = false;
  /** Resources that are being created and take minutes. */
  readonly #slow = new Map<string, { readonly since: number; readonly usual: string }>();
  /** When the toolkit last said something. */
  heardAt = Date.now();
  /** Stack → the values of its change set. */
  readonly #values = new Map<string, Values>();
  readonly #id: string;
  readonly #emit: Emit;
  readonly #signal: AbortSignal | undefined;

  constructor(id: string, emit: Emit, signal?: AbortSignal) {
    this.#id = id;
    this.#emit = emit;
    this.#signal = signal;
  }

  /** After an interrupt: CloudFormation does not stop when unitune does. */
  tellWhatGoesOn(region: string): void {
    for (const stack of this.monitored) {
      const follow = `aws cloudformation describe-stack-events --region ${region} --stack-name ${stack}`;
      const message = `CloudFormation goes on with ${stack}; follow it with: ${follow}`;
      this.#emit({ type: "warning", id: this.#id, message });
    }
    if (this.#changeSet) {
      this.#emit({ type: "warning", id: this.#id, message: "waiting for a change set, to delete it: up to a minute" });
    }
  }

  /** How long resources have been under way that take minutes. */
  tellElapsed(now = Date.now()): void {
    for (const [resource, { since, usual }] of this.#slow) {
      const minutes = Math.round((now - since) / 60_000);
      if (minutes < 1) continue;
      this.#emit({
        type: "progress",
        id: this.#id,
        message: `${resource}: ${minutes} min so far, usually ${usual} min`,
      });
    }
  }

  /** A page of a change set, as CloudFormation describes it. */
  described(changeSet: ChangeSet): void {
    const { StackName = "" } = changeSet;
    this.#values.set(StackName, new Map([...this.valuesOf(StackName), ...valuesOf(changeSet)]));
  }

  /** The values of the properties that the stack's change set changes. */
  valuesOf(stack: string): Values {
    return this.#values.get(stack) ?? new Map();
  }

  notify(message: ToolkitMessage): Promise<void> {
    this.#hear(message);
    return Promise.resolve();
  }

  // deno-lint-ignore no-explicit-any
  requestResponse(request: ToolkitRequest): Promise<any> {
    // A no stops the toolkit before the next stack. It then deletes its change set.
    const answer = CONFIRMATIONS.includes(request.code ?? "") ? !this.#signal?.aborted : request.defaultResponse;
    return Promise.resolve(answer);
  }

  #hear({ code, level, message, data }: ToolkitMessage): void {
    this.heardAt = Date.now();
    switch (code) {
      case "CDK_TOOLKIT_I5501":
        this.last = (data as { stackName: string }).stackName;
        this.monitored.add(this.last);
        break;
      case "CDK_TOOLKIT_I5503":
        this.monitored.delete((data as { stackName: string }).stackName);
        break;
      case "CDK_TOOLKIT_I5502":
        return this.#resource((data as { event: StackEvent }).event);
      case "CDK_TOOLKIT_I5900": {
        const { noOp, stackArn } = data as { noOp: boolean; stackArn: string };
        if (noOp) this.unchanged.add(stackArn);
        break;
      }
    }
    const text = message.replace(COLOUR, "").trim();
    if (CREATES_CHANGE_SET.test(text)) this.#changeSet = true;
    else if (ENDS_CHANGE_SET.test(text)) this.#changeSet = false;
    if (text.startsWith(WEAKER_DIFF)) {
      const weaker = "Cannot create a change set: replacements are derived from the template, and may be wrong";
      this.#emit({ type: "warning", id: this.#id, message: weaker });
    }
    // Traces hold whole requests, and results have events of our own.
    if (text && level !== "trace" && level !== "result") this.#emit({ type: "debug", message: `cdk: ${text}` });
  }

  #resource(event: StackEvent): void {
    const stack = event.StackName ?? "";
    const status = event.ResourceStatus ?? "";
    const reason = event.ResourceStatusReason;
    if (event.PhysicalResourceId === event.StackId) {
      return this.#emit({ type: "progress", id: this.#id, message: `${stack} ${status}` });
    }
    const logicalId = event.LogicalResourceId ?? "";
    const resourceType = event.ResourceType ?? "";
    // A resource that CloudFormation stopped because of another one is not the cause.
    if (status.endsWith("_FAILED") && !/cancelled/i.test(reason ?? "")) {
      this.failures.push({ stack, logicalId, resourceType, reason: reason ?? status });
    }
    const usual = USUAL_MINUTES[resourceType], slow = `${resourceType} ${logicalId}`;
    if (usual && status === "CREATE_IN_PROGRESS") {
      if (!this.#slow.has(slow)) this.#slow.set(slow, { since: Date.now(), usual });
    } else this.#slow.delete(slow);
    this.#emit({ type: "resource", id: this.#id, logicalId, resourceType, status, reason });
  }
}

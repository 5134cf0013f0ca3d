/** Descriptions of stacks: those who ask within a moment share one request, unless this process has changed a stack. */
import { DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { messageOf } from "../../core/errors.ts";
import type { Clients } from "./clients.ts";
import { isAwsError, orNull } from "./errors.ts";

/** How long a description is as good as new: a plan takes less, and a person who reads it more. */
const RECENT_MS = 10_000;

interface Read {
  readonly at: number;
  readonly stack: Promise<Stack | null>;
}

export class StackReads {
  readonly #clients: Pick<Clients, "cloudFormation">;
  readonly #reads = new Map<string, Read>();

  private constructor(clients: Pick<Clients, "cloudFormation">) {
    this.#clients = clients;
  }

  static readonly #all = new WeakMap<object, StackReads>();

  /** The one of these clients, whichever adapter asks. */
  static of(clients: Pick<Clients, "cloudFormation">): StackReads {
    const reads = StackReads.#all.get(clients) ?? new StackReads(clients);
    StackReads.#all.set(clients, reads);
    return reads;
  }

  /** The stack of this name or ARN as it is now; `null` if there is none. */
  now(stack: string): Promise<Stack | null> {
    const read = this.#describe(stack);
    this.#reads.set(stack, { at: Date.now(), stack: read });
    read.catch(() => this.#reads.delete(stack));
    return read;
  }

  /** As it was within the last seconds. */
  recent(stack: string): Promise<Stack | null> {
    const known = this.#reads.get(stack);
    return known && Date.now() - known.at < RECENT_MS ? known.stack : this.now(stack);
  }

  /** Call it before and after a change of any stack. */
  forget(): void {
    this.#reads.clear();
  }

  async #describe(StackName: string): Promise<Stack | null> {
    const client = await this.#clients.cloudFormation();
    const found = await orNull(isNoStack, () => client.send(new DescribeStacksCommand({ StackName })));
    return found?.Stacks?.[0] ?? null;
  }
}

function isNoStack(error: unknown): boolean {
  return isAwsError(error, "ValidationError") && messageOf(error).includes("does not exist");
}

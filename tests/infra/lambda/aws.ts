/** Calls a handler of `infra/lambda` with AWS's real SDK, whose clients ask a test in place of AWS. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { EKSClient } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import type { CustomResourceEvent } from "../../../infra/lambda/respond.ts";
import type { Json } from "../templates.ts";

export interface Call {
  readonly command: string;
  readonly input: Json;
}

/** What AWS answers to a command (the name of its class without `Command`), or throws. */
export type Answers = (call: Call) => Json;

export interface Run {
  readonly calls: readonly Call[];
  /** What CloudFormation was told. */
  readonly told: Json;
  /** What it wrote into its log. */
  readonly log: readonly string[];
}

export interface Invocation {
  readonly type: CustomResourceEvent["RequestType"];
  readonly properties: Readonly<Record<string, string>>;
  readonly answers: Answers;
  /** Milliseconds that Lambda has left; far more than any test takes. */
  readonly remaining?: number;
}

type Handler = (
  event: CustomResourceEvent,
  context: { readonly getRemainingTimeInMillis: () => number },
) => Promise<void>;

export async function runHandler(
  handler: Handler,
  { type, properties, answers, remaining = 600_000 }: Invocation,
): Promise<Run> {
  const calls: Call[] = [], log: string[] = [];
  let told: Json;
  const send = async ({ constructor, input }: Json) => {
    const call = { command: constructor.name.replace(/Command$/, ""), input };
    calls.push(call);
    return await answers(call) ?? {};
  };
  const write = (line: unknown) => void log.push(String(line));
  const wait = globalThis.setTimeout;
  const restore = replaced([
    [EC2Client.prototype, { send }],
    [EKSClient.prototype, { send }],
    [IAMClient.prototype, { send }],
    [console, { log: write, error: write }],
    [globalThis, {
      fetch: (_url: string, { method, body }: Json) => {
        told = { method, ...JSON.parse(new TextDecoder().decode(body)) };
        return Promise.resolve(new Response());
      },
      // No test waits: a function that sleeps between two looks goes on at once. What is longer is a limit.
      setTimeout: (go: (value?: unknown) => void, milliseconds: number, value?: unknown) => {
        return wait(() => go(value), milliseconds > 5_000 ? milliseconds : 0);
      },
    }],
  ]);
  try {
    await handler({
      RequestType: type,
      ResponseURL: "https://cloudformation.example/answer",
      StackId: "stack",
      RequestId: "request",
      LogicalResourceId: "Logical",
      ResourceProperties: properties,
    }, { getRemainingTimeInMillis: () => remaining });
  } finally {
    restore();
  }
  return { calls, told, log };
}

/** Puts other values over properties; gives what puts the old ones back. */
function replaced(all: readonly (readonly [object, Readonly<Record<string, unknown>>])[]): () => void {
  const undo = all.flatMap(([target, values]) =>
    Object.entries(values).map(([name, value]) => {
      const before = Object.getOwnPropertyDescriptor(target, name);
      Object.defineProperty(target, name, { value, configurable: true, writable: true });
      return () => {
        if (before) Object.defineProperty(target, name, before);
        else delete (target as Json)[name];
      };
    })
  );
  return () => undo.forEach((one) => one());
}

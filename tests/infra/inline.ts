/** Runs the inline code of a function of a template, with an AWS that a test makes up. */
import type { Json } from "./templates.ts";

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
  readonly type: "Create" | "Update" | "Delete";
  readonly properties: Json;
  readonly answers: Answers;
  /** Milliseconds that Lambda has left; far more than any test takes. */
  readonly remaining?: number;
}

export async function runInline(
  code: string,
  { type, properties, answers, remaining = 600_000 }: Invocation,
): Promise<Run> {
  const calls: Call[] = [];
  let told: Json;
  const send = ({ command, input }: Call) => {
    const call = { command, input };
    calls.push(call);
    return Promise.resolve(answers(call));
  };
  const exports: Json = {};
  const fakeFetch = (_url: string, { method, body }: Json) => {
    told = { method, ...JSON.parse(new TextDecoder().decode(body)) };
    return Promise.resolve(new Response());
  };
  // No test waits: a function that sleeps between two looks goes on at once. What is longer is a limit.
  const immediately = (go: (value?: unknown) => void, milliseconds: number, value?: unknown) => {
    return setTimeout(() => go(value), milliseconds > 5_000 ? milliseconds : 0);
  };
  const log: string[] = [];
  const write = (line: unknown) => void log.push(String(line));
  const make = new Function("require", "exports", "fetch", "setTimeout", "console", "Buffer", code);
  make(() => sdk(send), exports, fakeFetch, immediately, { log: write, error: write }, {
    from: (text: string) => new TextEncoder().encode(text),
  });
  await exports.handler({
    RequestType: type,
    ResponseURL: "https://cloudformation.example/answer",
    StackId: "stack",
    RequestId: "request",
    LogicalResourceId: "Logical",
    ResourceProperties: properties,
  }, { getRemainingTimeInMillis: () => remaining });
  return { calls, told, log };
}

/** An SDK whose clients, commands and paginators do nothing but tell `send`. */
function sdk(send: (call: Call) => Promise<Json>): Json {
  return new Proxy({}, {
    get(_, name: string) {
      if (name.endsWith("Client")) {
        return class {
          send = send;
        };
      }
      if (name.startsWith("paginate")) {
        return async function* (_: Json, input: Json) {
          yield await send({ command: name.slice("paginate".length), input });
        };
      }
      const command = name.replace(/Command$/, "");
      return class {
        command = command;
        constructor(readonly input: Json) {}
      };
    },
  });
}

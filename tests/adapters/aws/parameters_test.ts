/** What the port makes of SSM's limits: ten names a request, and pages. */
import assert from "node:assert/strict";
import { SSMClient } from "@aws-sdk/client-ssm";
import { HttpResponse } from "@smithy/protocol-http";
import { type Clients, parameters } from "../../../lib/adapters/aws/mod.ts";

interface Input {
  readonly Names?: readonly string[];
  readonly NextToken?: string;
}

function answering(answer: (input: Input) => unknown): Clients {
  const ssm = new SSMClient({
    region: "us-west-2",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    requestHandler: {
      handle: ({ body }: { body: string }) => {
        const stream = new Blob([JSON.stringify(answer(JSON.parse(body)))]).stream();
        const headers = { "content-type": "application/x-amz-json-1.1" };
        return Promise.resolve({ response: new HttpResponse({ statusCode: 200, headers, body: stream }) });
      },
      metadata: { handlerProtocol: "http/1.1" },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    } as never,
  });
  return { region: "us-west-2", ssm: () => Promise.resolve(ssm) } as unknown as Clients;
}

Deno.test("names are asked for ten at a time, and those that SSM does not know are left out", async () => {
  const asked: number[] = [];
  const port = parameters(answering(({ Names = [] }) => {
    asked.push(Names.length);
    return { Parameters: Names.filter((name) => name !== "/p/3").map((Name) => ({ Name, Value: "ami-1" })) };
  }));
  const found = await port.known(Array.from({ length: 12 }, (_, at) => `/p/${at}`));
  assert.deepEqual(asked, [10, 2]);
  assert.deepEqual([found.size, found.has("/p/3"), found.has("/p/11")], [11, false, true]);
});

Deno.test("every page below a path is read", async () => {
  const port = parameters(answering(({ NextToken }) => {
    return NextToken ? { Parameters: [{ Name: "/p/b" }] } : { Parameters: [{ Name: "/p/a" }], NextToken: "more" };
  }));
  assert.deepEqual(await port.below("/p"), ["/p/a", "/p/b"]);
});

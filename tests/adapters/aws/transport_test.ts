import assert from "node:assert/strict";
import { HttpRequest } from "@smithy/protocol-http";
import { transport } from "../../../lib/adapters/aws/transport.ts";
import { RequestWatch } from "../../../lib/adapters/request_watch.ts";

const LIMITS = { answer: 200, patience: 800 };

interface Served {
  readonly port: number;
  readonly seen: string[];
}

/** A server that does something else with each connection, in order; the last goes on. */
async function serving(
  acts: readonly ((connection: Deno.TcpConn) => Promise<void> | void)[],
  check: (served: Served) => Promise<void>,
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), open: Deno.TcpConn[] = [];
  const served = { port: listener.addr.port, seen: [] as string[] };
  const serve = async () => {
    for await (const connection of listener) {
      open.push(connection);
      const buffer = new Uint8Array(4096), count = await connection.read(buffer);
      served.seen.push(new TextDecoder().decode(buffer.subarray(0, count ?? 0)));
      await acts[Math.min(served.seen.length, acts.length) - 1]!(connection);
    }
  };
  const ended = serve();
  try {
    await check(served);
  } finally {
    listener.close();
    await ended;
    for (const connection of open) {
      try {
        connection.close();
      } catch {
        // The server's act closed it.
      }
    }
  }
}

const hangUp = (connection: Deno.TcpConn) => connection.close();
const sayNothing = () => {};

const answer = (status: string, type: string, body: string) => async (connection: Deno.TcpConn) => {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n`;
  await connection.write(new TextEncoder().encode(`${head}\r\n${body}`));
  connection.close();
};
const well = answer("200 OK", "text/xml", "<ok/>");

function requestTo(port: number): HttpRequest {
  return new HttpRequest({
    method: "POST",
    protocol: "http:",
    hostname: "127.0.0.1",
    port,
    path: "/",
    body: "Action=A",
  });
}

const send = (port: number, signal?: AbortSignal, watch = new RequestWatch()) =>
  transport("calls", { limits: LIMITS, signal, watch }).handle(requestTo(port));

Deno.test("a request is repeated, with its body, until it is answered", async () => {
  await serving([hangUp, hangUp, well], async ({ port, seen }) => {
    const { response } = await send(port);
    assert.equal(response.statusCode, 200);
    assert.equal(seen.length, 3);
    for (const request of seen) assert.match(request, /Action=A$/);
  });
});

Deno.test("an attempt without an answer ends after its limit, and the next one is made", async () => {
  await serving([sayNothing, well], async ({ port, seen }) => {
    assert.equal((await send(port)).response.statusCode, 200);
    assert.equal(seen.length, 2);
  });
});

Deno.test("a request that is never answered is given up after a while, with an error that the SDK does not repeat", async () => {
  await serving([hangUp], async ({ port }) => {
    const error = await send(port).then(() => assert.fail("answered"), (error) => error);
    assert.equal(error.name, "NoAnswer");
    assert.doesNotMatch(error.message, /127\.0\.0\.1/);
    assert.deepEqual([error.code, error.cause], [undefined, undefined]);
  });
});

Deno.test("a request ends on the signal, also while it waits for its next attempt", async () => {
  for (const act of [hangUp, sayNothing]) {
    await serving([act], async ({ port }) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(new DOMException("interrupted", "AbortError")), 100);
      const started = Date.now();
      await assert.rejects(send(port, stop.signal), { name: "AbortError" });
      assert.ok(Date.now() - started < 400);
    });
  }
});

Deno.test("a web page in place of AWS's answer is told with its title", async () => {
  const page = "<!DOCTYPE html><html><head><title>Sign in to the network</title></head></html>";
  await serving([answer("200 OK", "text/html; charset=utf-8", page)], async ({ port, seen }) => {
    const message = 'a web page answered ("Sign in to the network") with HTTP 200';
    await assert.rejects(send(port), { name: "WebPage", message });
    assert.equal(seen.length, 1);
  });
  await serving([answer("503 Service Unavailable", "text/html", page), well], async ({ port }) => {
    assert.equal((await send(port)).response.statusCode, 200);
  });
});

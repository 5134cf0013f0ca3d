/** Where this machine stands, asked of servers of the test's own. */
import assert from "node:assert/strict";
import { reach } from "../../../lib/adapters/aws/reach.ts";

const nothing = () => undefined;

async function answering(body: string, work: (url: string) => Promise<void>): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(body));
  await work(`http://127.0.0.1:${server.addr.port}/`).finally(() => server.shutdown());
}

Deno.test("the address is what AWS answers; HTML, IPv6 and silence are no address", async () => {
  await answering("52.1.2.3\n", async (url) => assert.equal(await reach(nothing, url).address(), "52.1.2.3"));
  await answering("<html>sign in</html>", async (url) => assert.equal(await reach(nothing, url).address(), null));
  await answering("2600:1f18::1", async (url) => assert.equal(await reach(nothing, url).address(), null));
  assert.equal(await reach(nothing, "http://127.0.0.1:1/").address(), null);
});

Deno.test("with AWS_ENDPOINT_URL nobody outside is asked", async () => {
  const env = (name: string) => name === "AWS_ENDPOINT_URL" ? "http://127.0.0.1:1" : undefined;
  await answering("52.1.2.3", async (url) => assert.equal(await reach(env, url).address(), undefined));
});

Deno.test("an API server that is not there, or has no certificate, does not answer; this machine has addresses", async () => {
  assert.equal(await reach().answers("https://127.0.0.1:1", btoa("nonsense")), false);
  assert.ok(reach().local().includes("127.0.0.1"));
});

/** Traces of the compiled program, in which Deno's own support cannot be turned on. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

Deno.test("the program sends a trace to a collector, and none unless OTEL_DENO says so", async () => {
  const received: { readonly name: string }[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { resourceSpans: [{ scopeSpans: [{ spans }] }] } = await request.json();
    received.push(...spans);
    return new Response("{}");
  });
  const args = ["plan", "--offline", "-c", path("examples/monorepo/unitune.config.ts")];
  for (const [traced, spans] of [["false", 0], ["true", 3]] as const) {
    const env = { OTEL_DENO: traced, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${server.addr.port}` };
    const { success, stderr } = await new Deno.Command(path("dist/unitune"), { args, env }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    assert.equal(received.length, spans);
  }
  assert.deepEqual(received.map(({ name }) => name.split(" ")[0]), ["config", "synthesis", "unitune"]);
  await server.shutdown();
});

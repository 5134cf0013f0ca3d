/** Traces of whole commands, as a collector receives them over HTTP. */
import assert from "node:assert/strict";
import type { Span } from "../../../lib/adapters/telemetry/spans.ts";
import { startTracing } from "../../../lib/adapters/telemetry/start.ts";
import { makeProject } from "../../config/project.ts";
import { run } from "../../cli/run.ts";

const CONFIG = `import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme", region: "us-west-2", cluster: { endpoint: "private" } });\n`;
const project = await makeProject();
await project.write("unitune.config.ts", CONFIG);
const config = ["-c", `${project.root}/unitune.config.ts`];
globalThis.addEventListener("unload", () => Deno.removeSync(project.root, { recursive: true }));

interface Received {
  readonly path: string;
  readonly headers: Headers;
  readonly resource: Readonly<Record<string, string>>;
  readonly spans: readonly Span[];
}

/** A collector, while the work is done. */
async function collected(work: (url: string) => Promise<void>, status = 200): Promise<Received[]> {
  const received: Received[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    const { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] } = await request.json();
    const attributes = resource.attributes.map(({ key, value }: { key: string; value: { stringValue: string } }) => {
      return [key, value.stringValue];
    });
    const { pathname } = new URL(request.url);
    received.push({ path: pathname, headers: request.headers, resource: Object.fromEntries(attributes), spans });
    return new Response("{}", { status });
  });
  await work(`http://127.0.0.1:${server.addr.port}`);
  await server.shutdown();
  return received;
}

const names = ({ spans }: Received) => spans.map(({ name }) => name.replace(/ \/.*/, " …"));

Deno.test("a plan is a trace: the config, the synthesis, and the run around them", async () => {
  const [received, ...more] = await collected(async (url) => {
    const env = {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x,other=1",
      OTEL_RESOURCE_ATTRIBUTES: "team=ml",
    };
    assert.equal((await run(["plan", "--offline", ...config], { env })).code, 0);
  });
  assert.deepEqual(more, []);
  assert.equal(received!.path, "/v1/traces");
  assert.deepEqual([received!.headers.get("content-type"), received!.headers.get("authorization")], [
    "application/json",
    "Bearer x",
  ]);
  assert.deepEqual([received!.resource["service.name"], received!.resource.team], ["unitune", "ml"]);
  assert.deepEqual(names(received!), ["config …", "synthesis acme-vpc, acme-eks", "unitune plan"]);
  const [first, second, whole] = received!.spans;
  for (const part of [first!, second!]) {
    assert.equal(part.parentSpanId, whole!.spanId);
    assert.ok(BigInt(part.startTimeUnixNano) >= BigInt(whole!.startTimeUnixNano) - 2_000_000n);
    assert.ok(BigInt(part.endTimeUnixNano) <= BigInt(whole!.endTimeUnixNano));
  }
});

Deno.test("a command that fails is a trace with the code of its error", async () => {
  const [received] = await collected(async (url) => {
    const env = { OTEL_DENO: "1", OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/mine`, OTEL_SERVICE_NAME: "ci" };
    assert.equal((await run(["plan", "-c", `${project.root}/none.ts`], { env })).code, 3);
  });
  assert.deepEqual([received!.path, received!.resource["service.name"]], ["/mine", "ci"]);
  const whole = received!.spans.at(-1)!;
  assert.equal(whole.status.code, 2);
  assert.deepEqual(whole.attributes.at(-1), { key: "error.type", value: { stringValue: "CONFIG_NOT_FOUND" } });
});

Deno.test("a collector that refuses, or that is not there, is a warning: the command ends as it would", async () => {
  const ends: { readonly code: number; readonly stderr: string }[] = [];
  const env = (url: string) => ({ OTEL_DENO: "true", OTEL_EXPORTER_OTLP_ENDPOINT: url });
  await collected(async (url) => void ends.push(await run(["plan", "--offline", ...config], { env: env(url) })), 503);
  ends.push(await run(["plan", "--offline", ...config], { env: env("http://127.0.0.1:1") }));
  for (const { code, stderr } of ends) {
    assert.equal(code, 0);
    assert.match(stderr, /^warning: Cannot send the trace to http:\/\/127\.0\.0\.1:\d+\/v1\/traces: /m);
  }
});

Deno.test("without OTEL_DENO, or with the SDK disabled, nothing is traced", async () => {
  for (const set of [{}, { OTEL_DENO: "false" }, { OTEL_DENO: "true", OTEL_SDK_DISABLED: "true" }]) {
    const env: Readonly<Record<string, string>> = set;
    assert.equal(await startTracing("unitune plan", (name) => env[name]), null);
  }
  const received = await collected(async (url) => {
    await run(["plan", "--offline", ...config], { env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } });
  });
  assert.deepEqual(received, []);
});

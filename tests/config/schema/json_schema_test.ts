import assert from "node:assert/strict";
import { configSchema } from "../../../lib/mod.ts";
import { golden } from "../../golden.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

Deno.test("the JSON Schema is the one that was reviewed", async () => {
  await golden("config/schema.json", `${JSON.stringify(await configSchema(), null, 2)}\n`);
});

Deno.test("the JSON Schema has every field with its rule, and not the sandbox's marks", async () => {
  const schema: Json = await configSchema();
  assert.deepEqual(schema.required, ["name", "region", "cluster"]);
  assert.equal(schema.additionalProperties, false);
  const { cpuPool, gpuPool, image } = schema.$defs;
  assert.deepEqual([cpuPool.required, gpuPool.required, image.required], [[], ["gpu"], ["context"]]);
  assert.match(gpuPool.properties.gpu.anyOf[0].enum.join(), /h100/);
  assert.match(cpuPool.properties.disk.description, /a size with its unit .* 20Gi to 16Ti/);
  assert.doesNotMatch(JSON.stringify(schema), /"\$":/);
});

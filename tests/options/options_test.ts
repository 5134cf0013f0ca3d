/** Every option of the config has an effect in what is deployed: what it changes is kept in `tests/golden/options`. */
import assert from "node:assert/strict";
import * as z from "zod";
import { cpuPoolSchema, gpuPoolSchema } from "../../lib/config/schema/pool.ts";
import { imageSchema, SECTIONS } from "../../lib/config/schema/config.ts";
import { golden } from "../golden.ts";
import { CASES, config, ELSEWHERE } from "./cases.ts";
import { difference, makeContexts, render, resolved } from "./render.ts";

const contexts = await makeContexts();
globalThis.addEventListener("unload", () => {
  Deno.removeSync(contexts["base"]!.replace(/\/base$/, ""), { recursive: true });
});
const base = await render(resolved(config(), contexts));

for (const [option, defined] of Object.entries(CASES)) {
  Deno.test(`option ${option} changes what it says, and nothing else`, async () => {
    const changed = difference(base, await render(resolved(defined, contexts)));
    assert.notEqual(changed, "", `${option} has no effect`);
    await golden(`options/${option.replaceAll(" ", "-")}.txt`, changed);
  });
}

function fieldsOf(prefix: string, schema: z.ZodType): string[] {
  const inner = schema instanceof z.ZodOptional ? schema.unwrap() as z.ZodType : schema;
  if (!(inner instanceof z.ZodObject)) return [prefix];
  return Object.keys(inner.shape).filter((key) => !key.startsWith("$")).map((key) => `${prefix}.${key}`);
}

Deno.test("every field of the schema has a case here, or a test elsewhere", () => {
  const fields = [
    ...Object.entries(SECTIONS).flatMap(([key, schema]) => fieldsOf(key, schema)),
    ...fieldsOf("cpuPool", cpuPoolSchema),
    ...fieldsOf("gpuPool", gpuPoolSchema),
    ...fieldsOf("image", imageSchema),
  ];
  const covered = new Set([...Object.keys(CASES).map((key) => key.split(" ")[0]!), ...Object.keys(ELSEWHERE)]);
  assert.deepEqual(fields.filter((field) => !covered.has(field)), []);
  assert.deepEqual([...covered].filter((key) => !fields.includes(key)), []);
});

/** The doc comments' own examples deploy: every one that reaches the stacks, from nothing, and is removed whole. */
import assert from "node:assert/strict";
import { fields, resolvedExample } from "../config/examples.ts";
import { StackBed, TASK, templatesOf, withVpc } from "./aws/stack_bed.ts";

const bed = new StackBed("210000000093", 4693);

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

const examples = new Map(fields.flatMap((field) => {
  const config = resolvedExample(field)?.config;
  return config ? [[field.path, config]] : [];
}));

Deno.test("what the comments of the config's fields show deploys as it is, and leaves nothing behind", async (t) => {
  const seen = new Set<string>();
  for (const [path, example] of examples) {
    const templates = await templatesOf(await bed.assembly(example));
    if (seen.has(templates)) continue;
    seen.add(templates);
    await t.step(path, async () => {
      const config = await withVpc(example), { region } = config, port = bed.stacks(region);
      await bed.bootstrap(region);
      const before = await bed.holdings(region), { folder, stacks } = await bed.assembly(config);
      try {
        const made = await port.deploy(folder, TASK);
        assert.deepEqual(made.map(({ stack, changed }) => [stack, changed]), stacks.map((stack) => [stack, true]));
      } finally {
        // Also what failed: the next example has the same names.
        for (const stack of stacks.toReversed()) await port.destroy(stack, TASK);
        const { registry } = bed.ports(region, undefined as never);
        for (const repository of await registry.repositories(config.name)) await registry.removeRepository(repository);
      }
      assert.deepEqual(await bed.holdings(region), before);
    });
  }
  assert.ok(seen.size > 25, `${seen.size} examples reach the stacks`);
});

/** Whatever option is set, CloudFormation takes the stacks: each case of `../options` that changes a template is deployed. */
import assert from "node:assert/strict";
import { CASES, config } from "../options/cases.ts";
import { makeContexts, resolved } from "../options/render.ts";
import { StackBed, TASK, templatesOf, withVpc } from "./aws/stack_bed.ts";

const bed = new StackBed("210000000083", 4683);

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

Deno.test("the stacks of every option are created, and deleted again", async (t) => {
  const contexts = await makeContexts(), seen = new Set<string>();
  for (const [option, defined] of [["none", config()] as const, ...Object.entries(CASES)]) {
    const wanted = await withVpc(resolved(defined, contexts)), assembly = await bed.assembly(wanted);
    const before = seen.size;
    if (seen.add(await templatesOf(assembly)).size === before) continue; // the option is not of the stacks
    await t.step(option, async () => {
      const port = bed.stacks(wanted.region);
      await bed.bootstrap(wanted.region);
      try {
        const made = await port.deploy(assembly.folder, TASK);
        assert.deepEqual(made.map(({ changed }) => changed), assembly.stacks.map(() => true));
      } finally {
        // Also what failed: the next option's stacks have the same names.
        for (const stack of assembly.stacks.toReversed()) await port.destroy(stack, TASK);
      }
    });
  }
  await Deno.remove(contexts["base"]!.replace(/\/base$/, ""), { recursive: true });
  assert.ok(seen.size > 20, `${seen.size} of the options change the stacks`);
});

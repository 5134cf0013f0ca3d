/** Every example's stacks through their life: deployed, deployed again, removed, and deployed over what was kept. */
import assert from "node:assert/strict";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import type { Config } from "../../lib/config/types.ts";
import { changesOf, StackBed, TASK, withVpc } from "./aws/stack_bed.ts";

const root = new URL("../../", import.meta.url).pathname;
const bed = new StackBed("210000000051", 4651);

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

const examples = [...Deno.readDirSync(`${root}examples`)].map(({ name }) => name)
  .filter((name) => [...Deno.readDirSync(`${root}examples/${name}`)].some((file) => file.name === "unitune.config.ts"))
  .toSorted();

async function configOf(example: string): Promise<Config> {
  const file = `${root}examples/${example}/unitune.config.ts`;
  return (await loadConfig({ cwd: root, file, env: {} })).config;
}

Deno.test("there are examples to go through", () => {
  assert.ok(examples.length >= 5, examples.join(", "));
});

for (const example of examples) {
  Deno.test(`example ${example}: made once, unchanged the second time, removed whole, and taken up again`, async () => {
    const config = await withVpc(await configOf(example)), { region } = config;
    const port = bed.stacks(region), { folder, stacks } = await bed.assembly(config);
    const repositories = [...new Set(config.images.map(({ repository }) => repository))].sort();
    await bed.bootstrap(region);
    const before = await bed.holdings(region), shared = before.repositories!;
    const withOurs = [...repositories, ...shared].sort();

    assert.deepEqual((await port.diff(folder, TASK)).map(({ stack, exists }) => [stack, exists]), [
      ...stacks.map((stack) => [stack, false]),
    ]);
    const made = await port.deploy(folder, TASK);
    assert.deepEqual(made.map(({ stack, changed }) => [stack, changed]), stacks.map((stack) => [stack, true]));
    const during = await bed.holdings(region);
    assert.deepEqual(during.repositories, withOurs);
    assert.deepEqual(during.clusters, [config.name]);

    const executed = await bed.changeSets(region, stacks);
    await bed.forget();
    assert.deepEqual(changesOf(await port.diff(folder, TASK)), []);
    const again = await port.deploy(folder, TASK);
    assert.deepEqual(again.map(({ changed }) => changed), stacks.map(() => false));
    assert.deepEqual(again.map(({ outputs }) => outputs), made.map(({ outputs }) => outputs));
    const asked = (await bed.requests()).map(({ action }) => action);
    assert.ok(asked.includes("DescribeStacks"), "requests are traced");
    // The toolkit asks by a change set whether there is anything to do, and removes it.
    const writes = asked.filter((action) => /^(Execute|Create|Update|Delete)/.test(action));
    assert.deepEqual(writes.filter((action) => !/^(Create|Delete)ChangeSet$/.test(action)), []);
    const left = (await bed.changeSets(region, stacks)).filter((set) => !executed.includes(set));
    assert.deepEqual(left, [], "no change set is left behind");

    for (const stack of stacks.toReversed()) assert.equal(await port.destroy(stack, TASK), true, stack);
    assert.deepEqual(
      await bed.holdings(region),
      { ...before, repositories: withOurs },
      "only repositories are retained",
    );

    const adopted = await port.deploy(folder, TASK);
    assert.deepEqual(adopted.map(({ changed }) => changed), stacks.map(() => true));
    assert.deepEqual((await bed.holdings(region)).repositories, withOurs);
    for (const stack of stacks.toReversed()) assert.equal(await port.destroy(stack, TASK), true, stack);
    const { registry } = bed.ports(region, undefined as never);
    assert.deepEqual((await registry.repositories(config.name)).toSorted(), repositories, "each has the cluster's tag");
    for (const repository of repositories) await registry.removeRepository(repository);
    assert.deepEqual(await bed.holdings(region), before);
  });
}

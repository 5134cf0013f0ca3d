/** cdk-nag's AwsSolutions over the tree of both stacks: each finding is mended, or answered with a reason in code. */
import { readFunctions } from "../../lib/adapters/assets.ts";
import assert from "node:assert/strict";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import type { Stack } from "aws-cdk-lib/core";
import { construct } from "../../infra/synth.ts";
import { gradedConfigs } from "./configs.ts";

type Tree = ReturnType<typeof construct>["tree"];

function findings(tree: Tree): string[] {
  const { violations } = new AwsSolutionsChecks(tree).validateScope(tree);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`)
  );
}

for (const [name, config] of await gradedConfigs()) {
  Deno.test(`cdk-nag has no open finding in the stacks of ${name}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "unitune-nag-" });
    const { tree } = construct(config, folder, await readFunctions());
    assert.deepEqual(findings(tree), []);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("cdk-nag finds what is left open: a queue without encryption or a way for dead letters", async () => {
  const folder = await Deno.makeTempDir({ prefix: "unitune-nag-" });
  const { tree } = construct([...(await gradedConfigs()).values()][0]!, folder, await readFunctions());
  new CfnQueue(tree.node.children.at(-1) as Stack, "Open");
  assert.ok(findings(tree).some((finding) => finding.startsWith("AwsSolutions-SQS3 ")));
  await Deno.remove(folder, { recursive: true });
});

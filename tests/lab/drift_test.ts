/** What is changed in the stacks outside of CloudFormation: found, told with its values, and changed back. */
import assert from "node:assert/strict";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import { planDeployed } from "../../lib/actions/plan.ts";
import { hasDrifted, isNoop } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import type { Plan } from "../../lib/plan/types.ts";
import { FakeKube } from "../fakes/kube.ts";
import { smallest } from "../infra/config.ts";
import { StackBed, TASK } from "./aws/stack_bed.ts";

const region = "us-west-2", config = smallest();
const bed = new StackBed("210000000061", 4661);
const kube = new FakeKube();

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

async function planned(revertDrift: boolean): Promise<Plan> {
  return await bed.operate(config, { region, kube }, async (operation) => {
    return await planDeployed(operation, { only: ["infra"], drift: true, revertDrift });
  });
}

Deno.test("a change outside of CloudFormation is found, and changed back when that is asked for", async () => {
  await bed.bootstrap(region);
  const { folder } = await bed.assembly(config), port = bed.stacks(region);
  await port.deploy(folder, TASK);
  assert.equal(hasDrifted(await planned(true)), false, "what was deployed has no drift");

  const client = new logs.CloudWatchLogsClient({ region });
  const groups = async () => (await client.send(new logs.DescribeLogGroupsCommand({}))).logGroups!;
  const kept = (await groups()).find(({ retentionInDays }) => retentionInDays !== undefined)!;
  const { logGroupName, retentionInDays } = kept;
  await client.send(new logs.PutRetentionPolicyCommand({ logGroupName, retentionInDays: 3653 }));
  const plan = await planned(false), text = describePlan(plan);
  assert.equal(hasDrifted(plan), true);
  assert.ok(text.includes(`RetentionInDays: 3653 → ${retentionInDays}`), text);
  assert.ok(text.includes("`unitune apply --revert-drift` changes it back"), text);
  assert.equal(plan.changes.find(({ kind }) => kind === "stacks")!.action, "none");
  assert.equal(isNoop(await planned(true)), false);

  await port.deploy(folder, TASK);
  assert.equal((await groups()).find((one) => one.logGroupName === logGroupName)!.retentionInDays, 3653, "as asked");
  const deployed = await port.deploy(folder, TASK, { revertDrift: true });
  assert.ok(deployed.some(({ changed }) => changed));
  assert.equal((await groups()).find((one) => one.logGroupName === logGroupName)!.retentionInDays, retentionInDays);
  assert.equal(hasDrifted(await planned(true)), false);
});

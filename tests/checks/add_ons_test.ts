/** When EKS is asked about its add-ons, and what stands if it may not be asked. */
import assert from "node:assert/strict";
import type { StackDiff } from "../../lib/core/ports.ts";
import { addOns } from "../../lib/checks/add_ons.ts";
import type { VersionStep } from "../../lib/plan/types.ts";
import { versionSteps } from "../../lib/plan/versions.ts";
import { smallest } from "../infra/config.ts";
import { contextOf, denied, refused, told } from "./context.ts";

const config = smallest();

function diff(resourceType: string): StackDiff[] {
  return [{ stack: "acme-eks", exists: true, changes: [{ logicalId: "It", resourceType, action: "update" }] }];
}

type Ask = (name: string, kubernetes: string) => Promise<readonly string[]>;

function check(stacks: StackDiff[], steps: readonly VersionStep[], addOnVersions: Ask): Promise<string[]> {
  return told(addOns, contextOf(config, { eks: { addOnVersions } }, { steps, stacks }));
}

Deno.test("EKS is asked when add-ons change, and only then", async () => {
  const asked: string[] = [];
  const ask = (name: string, kubernetes: string) => {
    asked.push(`${name} ${kubernetes}`);
    return Promise.resolve(config.cluster.addOns.map(({ version }) => version!));
  };
  assert.deepEqual(await check(diff("AWS::ECR::Repository"), [], ask), []);
  assert.deepEqual(asked, []);
  assert.deepEqual(await check(diff("AWS::EKS::Addon"), [], ask), []);
  const { version } = config.cluster;
  assert.deepEqual(asked.sort(), config.cluster.addOns.map(({ name }) => `${name} ${version}`).sort());
});

Deno.test("a jump asks for each of its steps, and all that is not offered is told at once", async () => {
  const steps = versionSteps("1.33", config.cluster.version);
  const error = await refused(check(diff("AWS::EKS::Addon"), steps, () => Promise.resolve([])));
  assert.deepEqual([error.code, error.exit], ["ADD_ON_VERSION", 4]);
  assert.equal(error.lines.length, steps.length * config.cluster.addOns.length);
});

Deno.test("without the right to ask it is a note", async () => {
  assert.deepEqual(await check(diff("AWS::EKS::Addon"), [], denied("eks:DescribeAddonVersions")), [
    "not checked without eks:DescribeAddonVersions: whether EKS offers the versions of the add-ons",
  ]);
});

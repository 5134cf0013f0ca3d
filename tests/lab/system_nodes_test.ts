/** The system nodes over stacks that stand: what makes another group, and what EKS and CloudFormation refuse of one. */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as eks from "@aws-sdk/client-eks";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { EXIT, isUnituneError } from "../../lib/core/errors.ts";
import { planDeployed } from "../../lib/actions/plan.ts";
import type { Config } from "../../lib/plan/types.ts";
import { FakeKube } from "../fakes/kube.ts";
import { smallest } from "../infra/config.ts";
import { StackBed, TASK, type Template } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000054", 4654);

type SystemNodes = NonNullable<Parameters<typeof clusterOf>[0]>["systemNodes"];

function acme(systemNodes: SystemNodes = {}, change: Partial<Config> = {}): Config {
  return smallest({ cluster: clusterOf({ endpoint: "private", systemNodes }), ...change });
}

async function deployed(config: Config): Promise<void> {
  await bed.stacks(region).deploy((await bed.assembly(config)).folder, TASK);
}

/** All that the cluster has. */
async function nodegroups(): Promise<eks.Nodegroup[]> {
  const client = new eks.EKSClient({ region }), clusterName = "acme";
  const { nodegroups = [] } = await client.send(new eks.ListNodegroupsCommand({ clusterName }));
  return await Promise.all(nodegroups.map(async (nodegroupName) => {
    return (await client.send(new eks.DescribeNodegroupCommand({ clusterName, nodegroupName }))).nodegroup!;
  }));
}

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(() => bed.stop());

Deno.test("image, tags and number of the system nodes change in one apply, by a group that takes the other's place", async () => {
  await bed.bootstrap(region);
  await deployed(acme());
  const before = await nodegroups();
  await deployed(acme({ count: 3, release: "1.62.1-ea1afdd6" }, { tags: { team: "research" } }));
  const [group, ...others] = await nodegroups();
  assert.deepEqual(others, []);
  assert.notEqual(group!.nodegroupName, before[0]!.nodegroupName);
  assert.deepEqual([group!.releaseVersion, group!.scalingConfig!.desiredSize, group!.tags!["team"]], [
    "1.62.1-ea1afdd6",
    3,
    "research",
  ]);
  assert.deepEqual(group!.taints, [{ key: "CriticalAddonsOnly", value: "true", effect: "NO_SCHEDULE" }]);
  await deployed(acme());
  const [back] = await nodegroups();
  assert.equal(back!.releaseVersion, "1.66.0-1ad6b4a4", "a rollback would do the same");
  await deployed(acme({ count: 3 }));
  assert.equal((await nodegroups())[0]!.nodegroupName, back!.nodegroupName, "only the number changes in place");
});

/** Updates the stack by CloudFormation's own API; gives the reasons of what failed. */
async function updated(StackName: string, template: Template): Promise<string> {
  const client = new cfn.CloudFormationClient({ region }), asked = { StackName };
  const { StackEvents: before = [] } = await client.send(new cfn.DescribeStackEventsCommand(asked));
  const TemplateBody = JSON.stringify(template), Capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"] as const;
  await client.send(new cfn.UpdateStackCommand({ ...asked, TemplateBody, Capabilities: [...Capabilities] }));
  for (;;) {
    const { Stacks } = await client.send(new cfn.DescribeStacksCommand(asked));
    if (!Stacks![0]!.StackStatus!.endsWith("_IN_PROGRESS")) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const known = new Set(before.map(({ EventId }) => EventId));
  const { StackEvents = [] } = await client.send(new cfn.DescribeStackEventsCommand(asked));
  const failed = StackEvents.filter(({ EventId, ResourceStatus }) => {
    return !known.has(EventId) && ResourceStatus === "UPDATE_FAILED";
  });
  return failed.map(({ ResourceStatusReason }) => ResourceStatusReason).join("\n");
}

Deno.test("CloudFormation changes a group's image and its configuration in no update together, and takes no image back", async () => {
  const { stack, template } = await bed.templateWith("AWS::EKS::Nodegroup", await bed.assembly(acme({ count: 3 })));
  const changed = (change: Readonly<Record<string, unknown>>) => {
    const changed = structuredClone(template);
    const group = Object.values(changed.Resources).find(({ Type }) => Type === "AWS::EKS::Nodegroup")!;
    group.Properties = { ...group.Properties, ...change };
    return updated(stack, changed);
  };
  const ScalingConfig = { MinSize: 4, DesiredSize: 4, MaxSize: 5 };
  assert.match(
    await changed({ ReleaseVersion: "1.68.1-00000000", ScalingConfig }),
    /Version and ReleaseVersion updates cannot be combined with other updates/,
  );
  assert.match(await changed({ ReleaseVersion: "1.62.1-ea1afdd6" }), /cannot be rolled back/);
  assert.match(await changed({ ReleaseVersion: "1.66.0" }), /Requested release version 1\.66\.0 is not valid/);
  assert.equal(await changed({ ScalingConfig }), "");
});

Deno.test("a region's lack of a type, or of a release, is refused before anything is made", async () => {
  const config = acme({ instanceTypes: ["m6i.large", "m99.large"], release: "1.66.0-00000000" });
  const error = await bed.operate(config, { region, kube: new FakeKube() }, async (operation) => {
    return await planDeployed(operation, { only: ["infra"] }).then(() => assert.fail("it went well"), (error) => error);
  });
  assert.ok(isUnituneError(error), String(error));
  assert.deepEqual([error.code, error.path, error.exit], [
    "SYSTEM_NODES",
    "cluster.systemNodes.instanceTypes",
    EXIT.aws,
  ]);
  assert.match(error.lines!.join("\n"), /us-west-2 offers: found m99\.large; of the usual ones it offers m6i\.large/);
  assert.match(error.lines!.join("\n"), /release: "1\.66\.0-1ad6b4a4"/);
});

/** The function that runs when a stack is deleted, over an AWS that each test makes up. */
import assert from "node:assert/strict";
import { handler } from "../../../infra/lambda/clean_up.ts";
import { type LeftoverKind, LEFTOVERS } from "../../../lib/core/facts/leftovers.ts";
import type { Json } from "../templates.ts";
import { type Answers, type Call, runHandler } from "./aws.ts";

const CLUSTER = { Cluster: "acme", ClusterArn: "arn:aws:eks:us-west-2:1:cluster/acme", Region: "us-west-2" };
/** Whose the cluster and the instance profiles are, by their tags. */
const OURS = { "unitune:cluster": "acme", "aws:cloudformation:stack-id": "stack" };

/** An account with leftovers; what is removed is gone, an instance only after it was seen shutting down. */
function leftBehind(): { answers: Answers; left: Record<string, string[]> } {
  const left: Record<string, string[]> = {
    instances: ["i-1", "i-2"],
    templates: ["lt-1"],
    interfaces: ["eni-1", "eni-2"],
    profiles: ["acme_1"],
    groups: ["group-1"],
  };
  const ending = new Set<string>();
  const without = (kind: string, id: string) => left[kind] = left[kind]!.filter((one) => one !== id);
  const answers: Answers = ({ command, input }) => {
    switch (command) {
      case "DescribeCluster":
        return { cluster: { tags: { ...OURS, "unitune:cluster": input.name } } };
      case "ListInstanceProfileTags":
        return { Tags: [{ Key: "unitune:cluster", Value: input.InstanceProfileName.split("_")[0] }] };
      case "DescribeInstances": {
        const Instances = left.instances!.map((InstanceId) => ({
          InstanceId,
          State: { Name: ending.has(InstanceId) ? "shutting-down" : "running" },
        }));
        for (const id of ending) without("instances", id);
        return { Reservations: [{ Instances }] };
      }
      case "TerminateInstances":
        return input.InstanceIds.forEach((id: string) => ending.add(id));
      case "DescribePlacementGroups":
        return { PlacementGroups: left.groups!.map((GroupName) => ({ GroupName })) };
      case "DeletePlacementGroup":
        if (left.instances!.length > 0) throw new Error("InvalidPlacementGroup.InUse");
        return without("groups", input.GroupName);
      case "DescribeLaunchTemplates":
        return { LaunchTemplates: left.templates!.map((LaunchTemplateId) => ({ LaunchTemplateId })) };
      case "DeleteLaunchTemplate":
        return without("templates", input.LaunchTemplateId);
      case "ListInstanceProfiles":
        return {
          InstanceProfiles: left.profiles!.map((InstanceProfileName) => ({
            InstanceProfileName,
            Roles: [{ RoleName: "node" }],
          })),
        };
      case "DeleteInstanceProfile":
        return without("profiles", input.InstanceProfileName);
      case "DescribeNetworkInterfaces":
        return {
          NetworkInterfaces: left.interfaces!.map((NetworkInterfaceId) => ({
            NetworkInterfaceId,
            Status: "available",
          })),
        };
      case "DeleteNetworkInterface":
        return without("interfaces", input.NetworkInterfaceId);
    }
  };
  return { answers, left };
}

Deno.test("what Karpenter left is ended in an order that works, by this cluster's tags and path alone", async () => {
  const { answers, left } = leftBehind();
  const { calls, told } = await runHandler(handler, { type: "Delete", properties: CLUSTER, answers });
  assert.deepEqual(left, { instances: [], templates: [], interfaces: [], profiles: [], groups: [] });
  assert.equal(told.Status, "SUCCESS");
  const removals = calls.map(({ command }) => command).filter((command) => /^(Terminate|Delete|Remove)/.test(command));
  assert.deepEqual(removals, [
    "TerminateInstances",
    "DeleteLaunchTemplate",
    "RemoveRoleFromInstanceProfile",
    "DeleteInstanceProfile",
    "DeleteNetworkInterface",
    "DeleteNetworkInterface",
    "DeletePlacementGroup",
  ]);
  const owned = { Name: "tag:kubernetes.io/cluster/acme", Values: ["owned"] };
  const tagged = { Name: "tag:unitune:cluster", Values: ["acme"] };
  const ofPool = { Name: "tag-key", Values: ["karpenter.sh/nodepool"] };
  const ofPods = { Name: "tag:cluster.k8s.amazonaws.com/name", Values: ["acme"] };
  for (const { command, input } of calls) {
    if (!/^Describe/.test(command) || command === "DescribeCluster") continue;
    const filters = JSON.stringify(input.Filters);
    const ours = filters.startsWith(JSON.stringify([owned, tagged, ofPool]).slice(0, -1)) ||
      filters === JSON.stringify([ofPods]) ||
      (command === "DescribePlacementGroups" && filters === JSON.stringify([tagged]));
    assert.ok(ours, `${command} ${filters}`);
  }
  assert.equal(
    calls.find(({ command }) => command === "ListInstanceProfiles")?.input.PathPrefix,
    "/karpenter/us-west-2/acme/",
  );
});

Deno.test("the clean-up touches nothing while the stack lives", async () => {
  for (const type of ["Create", "Update"] as const) {
    const { calls, told } = await runHandler(handler, { type, properties: CLUSTER, answers: leftBehind().answers });
    assert.deepEqual([calls, told.Status], [[], "SUCCESS"]);
  }
});

Deno.test("a failing call or an instance that never ends does not keep the stack from going", async () => {
  const refused: Answers = () => {
    throw new Error("UnauthorizedOperation");
  };
  const failed = await runHandler(handler, { type: "Delete", properties: CLUSTER, answers: refused });
  assert.equal(failed.told.Status, "SUCCESS");
  const { answers } = leftBehind();
  const stuck: Answers = (call: Call): Json =>
    call.command === "DescribeInstances"
      ? { Reservations: [{ Instances: [{ InstanceId: "i-1", State: { Name: "shutting-down" } }] }] }
      : answers(call);
  const ended = await runHandler(handler, {
    type: "Delete",
    properties: CLUSTER,
    answers: stuck,
    remaining: 60_050,
  });
  assert.equal(ended.told.Status, "SUCCESS");
  assert.ok(ended.calls.some(({ command }) => command === "DeleteInstanceProfile"), "it goes on with the rest");
});

Deno.test("the clean-up's log says what it removed, what it could not, and what is left", async () => {
  const { answers } = leftBehind();
  const all = await runHandler(handler, { type: "Delete", properties: CLUSTER, answers });
  assert.deepEqual(all.log, [
    "removed instances i-1,i-2",
    "removed launch template lt-1",
    "removed role of acme_1",
    "removed instance profile acme_1",
    "removed network interface eni-1",
    "removed network interface eni-2",
    "removed placement group group-1",
    "nothing is left of acme",
  ]);
  const refusing: Answers = (call) => {
    if (call.command === "DeleteLaunchTemplate") throw new Error("UnauthorizedOperation");
    return leftBehind().answers(call);
  };
  const some = await runHandler(handler, {
    type: "Delete",
    properties: CLUSTER,
    answers: refusing,
    remaining: 60_000,
  });
  assert.ok(some.log.includes("could not remove launch template lt-1: Error: UnauthorizedOperation"));
  assert.match(some.log.at(-1)!, /^left of acme: 2 instances, 1 launch templates, 1 placement groups$/);
});

Deno.test("what cannot be looked for keeps nothing else from its removal", async () => {
  for (
    const blind of [
      "DescribeInstances",
      "DescribeLaunchTemplates",
      "DescribePlacementGroups",
      "ListInstanceProfiles",
    ]
  ) {
    const { answers, left } = leftBehind();
    const blinded: Answers = (call) => {
      if (call.command === blind) throw new Error("UnauthorizedOperation");
      return answers(call);
    };
    const { told, log } = await runHandler(handler, { type: "Delete", properties: CLUSTER, answers: blinded });
    assert.equal(told.Status, "SUCCESS");
    // A group with instances in it stays with them.
    const stays = blind === "DescribeInstances" ? ["instances", "groups"] : 1;
    const kinds = Object.keys(left).filter((kind) => left[kind]!.length > 0);
    assert.deepEqual(stays === 1 ? kinds.length : kinds, stays, blind);
    assert.match(log.at(-1)!, /^left of acme: perhaps /);
  }
});

Deno.test("a call that never answers does not keep CloudFormation from its answer", async () => {
  const hanging: Answers = () => new Promise(() => {});
  const { told, log } = await runHandler(handler, {
    type: "Delete",
    properties: CLUSTER,
    answers: hanging,
    remaining: 15_001,
  });
  assert.equal(told.Status, "SUCCESS");
  assert.deepEqual(log, ["gave up: the time is over"]);
});

Deno.test("a cluster whose name begins like this one's is another one: every filter and path names it whole", async () => {
  const { answers } = leftBehind();
  const properties = { ...CLUSTER, Cluster: "acme-2" };
  const { calls } = await runHandler(handler, { type: "Delete", properties, answers });
  const values = calls.flatMap(({ input }) => [
    ...(input.Filters ?? []).flatMap(({ Name, Values }: Json) => [Name, ...Values]),
    ...(input.PathPrefix ? [input.PathPrefix] : []),
  ]).filter((text: string) => text.includes("acme"));
  assert.deepEqual([...new Set(values)].sort(), [
    "/karpenter/us-west-2/acme-2/",
    "acme-2",
    "tag:kubernetes.io/cluster/acme-2",
  ]);
  assert.ok(!calls.some(({ input }) => JSON.stringify(input.Filters ?? []).includes("*")), "and no wildcard");
});

Deno.test("every page of a list is read, of each kind whose list has pages", async () => {
  for (const [kind, { list, pages }] of Object.entries(LEFTOVERS)) {
    const command = list.split(":")[1]!, { answers } = leftBehind(), asked: unknown[] = [];
    const paged: Answers = (call) => {
      if (call.command !== command) return answers(call);
      const token = call.input.NextToken ?? call.input.Marker;
      asked.push(token);
      return token === undefined ? { NextToken: "more", Marker: "more", IsTruncated: true } : {};
    };
    await runHandler(handler, { type: "Delete", properties: CLUSTER, answers: paged });
    if (LEFTOVERS[kind as LeftoverKind].removedBy !== "stack") assert.deepEqual(asked, [], kind);
    else assert.equal(asked.includes("more"), pages, kind);
  }
});

Deno.test("the clean-up ends each kind that the table gives to the stack", async () => {
  const { answers } = leftBehind();
  const { calls } = await runHandler(handler, { type: "Delete", properties: CLUSTER, answers });
  const called = new Set(calls.map(({ command }) => command));
  for (const { list, remove, removedBy } of Object.values(LEFTOVERS)) {
    for (const action of [list, ...remove]) {
      assert.equal(called.has(action.split(":")[1]!), removedBy === "stack", action);
    }
  }
});

/** An account in which a cluster of the name has these tags; an error stands for AWS's answer. */
function besides(cluster: Record<string, string> | Error): { answers: Answers; left: Record<string, string[]> } {
  const { answers, left } = leftBehind();
  return {
    left,
    answers: (call) => {
      if (call.command !== "DescribeCluster") return answers(call);
      if (cluster instanceof Error) throw cluster;
      return { cluster: { tags: cluster } };
    },
  };
}

const NO_CLUSTER = Object.assign(new Error("No cluster found"), { name: "ResourceNotFoundException" });

Deno.test("nothing is ended unless the stack created the cluster: not by its name, nor if that cannot be told", async () => {
  const foreign: [string, Record<string, string> | Error, typeof CLUSTER | Omit<typeof CLUSTER, "ClusterArn">][] = [
    ["a cluster without tags", {}, CLUSTER],
    ["a cluster of eksctl", { "aws:cloudformation:stack-id": "eksctl-acme" }, CLUSTER],
    ["a cluster of a later stack of this name", { ...OURS, "aws:cloudformation:stack-id": "later" }, CLUSTER],
    ["a cluster of another name's project", { ...OURS, "unitune:cluster": "acme-2" }, CLUSTER],
    ["no answer", new Error("AccessDeniedException"), CLUSTER],
    ["a stack that created no cluster", NO_CLUSTER, { Cluster: "acme", Region: "us-west-2" }],
  ];
  for (const [what, cluster, properties] of foreign) {
    const { answers, left } = besides(cluster), before = structuredClone(left);
    const { calls, told, log } = await runHandler(handler, { type: "Delete", properties, answers });
    assert.deepEqual(left, before, what);
    assert.deepEqual(calls.filter(({ command }) => command !== "DescribeCluster"), [], what);
    assert.equal(told.Status, "SUCCESS", "the stack itself can go");
    assert.match(log.join(), /touched nothing: acme is not this stack's|AccessDenied/, what);
  }
});

Deno.test("what a cluster left that somebody deleted by hand is ended all the same", async () => {
  for (const cluster of [OURS, { "unitune:cluster": "acme" }, NO_CLUSTER]) {
    const { answers, left } = besides(cluster);
    await runHandler(handler, { type: "Delete", properties: CLUSTER, answers });
    assert.deepEqual(left, { instances: [], templates: [], interfaces: [], profiles: [], groups: [] });
  }
});

Deno.test("an instance profile of another owner under the cluster's path stays", async () => {
  const { answers, left } = leftBehind();
  left.profiles!.push("theirs_1");
  await runHandler(handler, { type: "Delete", properties: CLUSTER, answers });
  assert.deepEqual(left.profiles, ["theirs_1"]);
});

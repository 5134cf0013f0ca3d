/** Leftovers as destroy looks for them: AWS's real SDK, whose clients ask a test in place of AWS. */
import assert from "node:assert/strict";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingClient } from "@aws-sdk/client-elastic-load-balancing";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import type { Clients } from "../../../lib/adapters/aws/clients.ts";
import { leftovers } from "../../../lib/adapters/aws/leftovers.ts";
import { filtersOf, type LeftoverKind, LEFTOVERS } from "../../../lib/core/facts/leftovers.ts";

// deno-lint-ignore no-explicit-any
type Json = any;

/** The port over clients that answer so, and what they were asked. */
function asking(answer: (action: string, input: Json) => Json) {
  const asked: { readonly action: string; readonly input: Json }[] = [];
  const client = (made: object, service: string): Json =>
    Object.assign(made, {
      send: ({ constructor, input }: Json) => {
        const action = `${service}:${constructor.name.replace(/Command$/, "")}`;
        asked.push({ action, input });
        return Promise.resolve(answer(action, input) ?? {});
      },
    });
  const options = { region: "us-west-2" };
  const clients = {
    region: "us-west-2",
    ec2: () => Promise.resolve(client(new EC2Client(options), "ec2")),
    elb: () => Promise.resolve(client(new ElasticLoadBalancingClient(options), "elb")),
    elbV2: () => Promise.resolve(client(new ElasticLoadBalancingV2Client(options), "elasticloadbalancing")),
    iam: () => Promise.resolve(client(new IAMClient(options), "iam")),
    logs: () => Promise.resolve(client(new CloudWatchLogsClient(options), "logs")),
  } as unknown as Clients;
  return { port: leftovers(clients), asked };
}

const BALANCER = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/net/one/1";
const IDS: Readonly<Partial<Record<LeftoverKind, string>>> = {
  "load balancer": BALANCER,
  "log group": "/aws/eks/acme/cluster",
};

/** One of each kind, on the page that comes last. */
const ANSWERS: Readonly<Record<LeftoverKind, Json>> = {
  "instance": { Reservations: [{ Instances: [{ InstanceId: "instance" }] }] },
  "launch template": { LaunchTemplates: [{ LaunchTemplateId: "launch template" }] },
  "instance profile": { InstanceProfiles: [{ InstanceProfileName: "instance profile" }] },
  "network interface": { NetworkInterfaces: [{ NetworkInterfaceId: "network interface" }] },
  "placement group": { PlacementGroups: [{ GroupName: "placement group" }] },
  "load balancer": { LoadBalancers: [{ LoadBalancerArn: BALANCER }] },
  "security group": { SecurityGroups: [{ GroupId: "security group" }] },
  "log group": { logGroups: [{ logGroupName: "/aws/eks/acme/cluster" }, { logGroupName: "/aws/eks/acme/cluster-2" }] },
  "disk": { Volumes: [{ VolumeId: "disk" }] },
};
const KINDS = Object.keys(LEFTOVERS) as LeftoverKind[];

function lastPage(action: string, input: Json): Json {
  if (action === "iam:ListInstanceProfileTags") {
    return { Tags: [{ Key: "kubernetes.io/cluster/acme", Value: "owned" }, { Key: "unitune:cluster", Value: "acme" }] };
  }
  if (action === "elasticloadbalancing:DescribeTags") {
    return { TagDescriptions: [{ ResourceArn: BALANCER, Tags: [{ Key: "elbv2.k8s.aws/cluster", Value: "acme" }] }] };
  }
  const kind = KINDS.find((one) => LEFTOVERS[one].list === action);
  if (!kind) return {};
  const first = (input.NextToken ?? input.nextToken ?? input.Marker) === undefined;
  const more = { NextToken: "more", nextToken: "more", Marker: "more", NextMarker: "more", IsTruncated: true };
  return LEFTOVERS[kind].pages && first ? more : ANSWERS[kind];
}

Deno.test("every kind of leftover is found by the table's list, on its last page, once", async () => {
  const { port, asked } = asking(lastPage);
  const found = [...await port.find("acme"), ...await port.disks("acme")];
  assert.deepEqual(
    found,
    KINDS.map((kind) => ({ kind, id: IDS[kind] ?? kind, ...LEFTOVERS[kind].unmarked && { unmarked: true } })),
  );
  for (const kind of KINDS) {
    const inputs = asked.filter(({ action }) => action === LEFTOVERS[kind].list).map(({ input }) => input);
    // Load balancers are found by their tags, which another call reads.
    const sets = kind === "load balancer" ? [] : filtersOf(kind, "acme");
    for (const filters of sets) {
      assert.ok(inputs.some(({ Filters }) => JSON.stringify(Filters).startsWith(JSON.stringify(filters).slice(0, -1))));
    }
    assert.equal(inputs.length, Math.max(sets.length, 1) * (LEFTOVERS[kind].pages ? 2 : 1), kind);
  }
  assert.deepEqual(port.kinds, KINDS.filter((kind) => kind !== "disk"));
});

Deno.test("an instance profile under the cluster's path without its tag is somebody else's", async () => {
  const { port } = asking((action, input) => action === "iam:ListInstanceProfileTags" ? {} : lastPage(action, input));
  assert.ok(!(await port.find("acme")).some(({ kind }) => kind === "instance profile"));
});

Deno.test("each kind is removed by the table's actions, in their order", async () => {
  for (const kind of KINDS) {
    const { port, asked } = asking(() => ({ InstanceProfile: { Roles: [{ RoleName: "node" }] } }));
    assert.equal(await port.remove({ kind, id: kind === "load balancer" ? BALANCER : "one" }), true);
    const changing = asked.map(({ action }) => action).filter((action) => !/:Get/.test(action));
    assert.deepEqual(changing, LEFTOVERS[kind].remove, kind);
  }
});

Deno.test("classic load balancers are found by their tags and deleted by name; those of a neighbour stay", async () => {
  const owned = (cluster: string) => [{ Key: `kubernetes.io/cluster/${cluster}`, Value: "owned" }];
  const { port, asked } = asking((action) => {
    if (action === "elb:DescribeLoadBalancers") {
      return { LoadBalancerDescriptions: [{ LoadBalancerName: "ours" }, { LoadBalancerName: "theirs" }] };
    }
    if (action !== "elb:DescribeTags") return {};
    return {
      TagDescriptions: [
        { LoadBalancerName: "ours", Tags: owned("acme") },
        { LoadBalancerName: "theirs", Tags: owned("acme-2") },
      ],
    };
  });
  const found = (await port.find("acme")).filter(({ kind }) => kind === "load balancer");
  assert.deepEqual(found, [{ kind: "load balancer", id: "ours", unmarked: true }]);
  await port.remove(found[0]!);
  assert.deepEqual(asked.at(-1), { action: "elb:DeleteLoadBalancer", input: { LoadBalancerName: "ours" } });
});

Deno.test("what is still in use is not deleted yet; what is gone already counts as deleted", async () => {
  const failing = (name: string) => asking(() => Promise.reject(Object.assign(new Error("no"), { name }))).port;
  const group = { kind: "security group", id: "sg-1" } as const;
  assert.equal(await failing("DependencyViolation").remove(group), false);
  assert.equal(await failing("InvalidGroup.NotFound").remove(group), true);
  await assert.rejects(failing("UnauthorizedOperation").remove(group), { code: "AWS_DENIED" });
});

/** Every condition by which Karpenter 1.14 says that a pool does not work, with its place in the config and a next step. */
import assert from "node:assert/strict";
import { poolPath, poolState } from "../../lib/plan/readiness.ts";
import type { Conditioned } from "../../lib/core/conditions.ts";
import type { Config } from "../../lib/plan/types.ts";
import { nodeClass, nodePool } from "../jobs/karpenter.ts";
import { config } from "../cluster/samples.ts";

type Conditions = Parameters<typeof nodeClass>[1];

function fault(conditions: Conditions, of: Config = config, pool = "cpu") {
  const state = poolState(pool, of, nodeClass(pool, { Ready: ["False"], ...conditions }), nodePool(pool));
  assert.ok(state.state === "failing" || state.state === "stuck", JSON.stringify(state));
  assert.equal(state.faults.length, 1, JSON.stringify(state.faults));
  return { state: state.state, ...state.faults[0]! };
}

Deno.test("a pool is ready when its class and itself are", () => {
  assert.deepEqual(poolState("cpu", config, nodeClass("cpu"), nodePool("cpu")), { state: "ready" });
});

Deno.test("a pool that is not there, or that Karpenter has not looked at, is silent", () => {
  assert.deepEqual(poolState("cpu", config, null, nodePool("cpu")), { state: "silent" });
  assert.deepEqual(poolState("cpu", config, nodeClass("cpu"), null), { state: "silent" });
  assert.deepEqual(poolState("cpu", config, { ...nodeClass("cpu"), status: {} }, nodePool("cpu")), { state: "silent" });
});

Deno.test("an alias that SSM has no image for leaves AMIsReady open: its field, its version and where to look", () => {
  const found = fault({ AMIsReady: ["Unknown", "AwaitingReconciliation", "object is awaiting reconciliation"] });
  assert.equal(found.state, "stuck");
  assert.equal(found.path, "pools.cpu.ami");
  assert.match(found.meaning, /^SSM has no image bottlerocket@v[\d.]+ for Kubernetes 1\.35/);
  assert.match(found.hint, /--path \/aws\/service\/bottlerocket\/aws-k8s-1\.35\/(x86_64|arm64) /);
  const gpu = fault({ AMIsReady: ["False", "AMINotFound", "AMISelector did not match any AMIs"] }, config, "train");
  assert.equal(gpu.state, "failing");
  assert.equal(gpu.what, "EC2NodeClass train: AMIsReady is False, AMINotFound: AMISelector did not match any AMIs");
  assert.match(gpu.hint, /aws-k8s-1\.35-nvidia\//);
});

Deno.test("an AL2023 pool is told where EKS has its images", () => {
  const pools = config.pools.map((pool) => ({ ...pool, ami: "al2023@v20260101" }));
  const found = fault({ AMIsReady: ["Unknown"] }, { ...config, pools });
  assert.match(found.meaning, /al2023@v20260101 for Kubernetes 1\.35/);
  assert.match(found.hint, /--path \/aws\/service\/eks\/optimized-ami\/1\.35\/amazon-linux-2023\//);
});

Deno.test("subnets are looked for by the discovery tag, or by the ids of an existing VPC", () => {
  const none = ["False", "SubnetsNotFound", "SubnetSelector did not match any Subnets"] as const;
  const own = fault({ SubnetsReady: none });
  assert.equal(own.path, "network");
  assert.match(own.meaning, /no subnet has the tag karpenter\.sh\/discovery=acme-ml/);
  const network = {
    kind: "existing",
    vpcId: "vpc-1",
    privateSubnets: ["subnet-a", "subnet-b"],
    isolated: false,
  } as const;
  const existing = fault({ SubnetsReady: none }, { ...config, network });
  assert.equal(existing.path, "network.privateSubnets");
  assert.match(existing.hint, /subnet-a subnet-b$/);
});

Deno.test("each other condition of a class says what it means and what to do", () => {
  const cases: readonly (readonly [Conditions, path: string, meaning: RegExp, hint: RegExp])[] = [
    [
      { SecurityGroupsReady: ["False", "SecurityGroupsNotFound"] },
      "pools.cpu",
      /no security group has the tag/,
      /tag back/,
    ],
    [{ InstanceProfileReady: ["Unknown"] }, "iam", /cannot create the nodes' instance profile/, /kubectl logs/],
    [{ CapacityReservationsReady: ["Unknown"] }, "pools.cpu.reservation", /capacity reservations/, /kubectl logs/],
    [{ PlacementGroupReady: ["False", "PlacementGroupNotFound"] }, "pools.cpu", /could not decide/, /kubectl logs/],
    [
      { ValidationSucceeded: ["False", "CreateFleetAuthCheckFailed", "x"] },
      "iam",
      /denies the launch of nodes/,
      /EC2's answer/,
    ],
    [
      { ValidationSucceeded: ["False", "RunInstancesAuthCheckFailed", "due to a permission boundary"] },
      "iam",
      /denies the launch of nodes/,
      /Allow it in the permissions boundary/,
    ],
    [
      { ValidationSucceeded: ["False", "CreateLaunchTemplateAuthCheckFailed", "due to a service control policy"] },
      "iam",
      /denies the launch of nodes/,
      /exception from the service control policy/,
    ],
    [{ ValidationSucceeded: ["False", "TagValidationFailed"] }, "tags", /reserved for Karpenter/, /from tags/],
    [
      { ValidationSucceeded: ["False", "UserDataSizeLimitExceeded"] },
      "pools.cpu.userData",
      /longer than EC2/,
      /Shorten/,
    ],
    [{ ValidationSucceeded: ["False", "ClusterCIDRResolutionFailed"] }, "pools.cpu", /eks:DescribeCluster/, /log/],
    [{ ValidationSucceeded: ["Unknown", "AwaitingReconciliation"] }, "pools.cpu", /could not test a launch/, /log/],
  ];
  for (const [conditions, path, meaning, hint] of cases) {
    const found = fault(conditions), name = JSON.stringify(conditions);
    assert.equal(found.path, path, name);
    assert.match(found.meaning, meaning, name);
    assert.match(found.hint, hint, name);
    assert.ok(found.what.startsWith(`EC2NodeClass cpu: ${Object.keys(conditions!)[0]} is `), found.what);
  }
});

Deno.test("a boundary that the config names is the place of what IAM refuses", () => {
  const iam = { ...config.iam, permissionsBoundary: "arn:aws:iam::123456789012:policy/bound" };
  assert.equal(fault({ InstanceProfileReady: ["Unknown"] }, { ...config, iam }).path, "iam.permissionsBoundary");
});

Deno.test("a pool's own conditions are told when its class is ready", () => {
  const of = (conditions: Conditions) => {
    const state = poolState("cpu", config, nodeClass("cpu"), nodePool("cpu", { Ready: ["False"], ...conditions }));
    return state.state === "failing" ? state.faults[0]! : assert.fail(JSON.stringify(state));
  };
  const invalid = of({ ValidationSucceeded: ["False", "NodePoolValidationFailed", 'invalid value "x" for key'] });
  assert.equal(
    invalid.what,
    'NodePool cpu: ValidationSucceeded is False, NodePoolValidationFailed: invalid value "x" for key',
  );
  assert.equal(invalid.path, "pools.cpu");
  assert.match(of({ NodeClassReady: ["False", "NodeClassNotFound"] }).hint, /apply --only pools/);
});

Deno.test("of a class and a pool that both fail the class is told: the pool only follows", () => {
  const pool = nodePool("cpu", { Ready: ["False"], NodeClassReady: ["False", "UnhealthyDependents"] });
  const state = poolState("cpu", config, nodeClass("cpu", { Ready: ["False"], SubnetsReady: ["False"] }), pool);
  assert.ok(state.state === "failing");
  assert.deepEqual(state.faults.map(({ what }) => what), ["EC2NodeClass cpu: SubnetsReady is False, SubnetsReady"]);
});

Deno.test("what is being deleted is not ready, whatever its conditions say", () => {
  const going = (object: Conditioned): Conditioned => {
    return { ...object, metadata: { ...object.metadata, deletionTimestamp: "2026-11-24T00:00:00Z" } };
  };
  const of = (a: Conditioned, b: Conditioned) => {
    const state = poolState("cpu", config, a, b);
    return state.state === "failing" ? state.faults[0]! : assert.fail(JSON.stringify(state));
  };
  assert.equal(of(going(nodeClass("cpu")), nodePool("cpu")).what, "EC2NodeClass cpu is being deleted");
  assert.match(of(nodeClass("cpu"), going(nodePool("cpu"))).hint, /kubectl get nodepool cpu/);
});

Deno.test("the pool that unitune adds stands at the builder, every other where the config declares it", () => {
  assert.equal(poolPath(config, "builder"), "builder");
  assert.equal(poolPath(config, "cpu"), "pools.cpu");
});

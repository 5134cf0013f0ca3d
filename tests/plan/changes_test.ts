import assert from "node:assert/strict";
import { hasDrifted, isNoop, makePlan, objectId, type Observed, PHASES, withNeeds } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import type { BuildSpec, Fresh, Plan } from "../../lib/plan/types.ts";
import { smallest } from "../infra/config.ts";

const config = smallest();

function build(name: string, ...needs: string[]): BuildSpec {
  return {
    image: { name, repository: `acme/${name}`, pool: "cpu" } as BuildSpec["image"],
    key: name.padEnd(64, "0"),
    parts: {},
    context: { digest: "", bytes: 1, dockerfileDigest: "", folders: {} },
    needs: needs.map((image) => ({ alias: image, image, key: "" })),
  };
}

const builds = [build("base"), build("app", "base"), build("other")];
const space = { apiVersion: "v1", kind: "Namespace", name: "unitune-build" };
const account = { apiVersion: "v1", kind: "ServiceAccount", name: "unitune-builder", namespace: "unitune-build" };
const class_ = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", name: "cpu" };

const pool = { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "cpu" };
const objects = [space, account, class_, pool].map((ref) => ({ ref, action: "none" as const }));

function observed(over: Partial<Observed> = {}): Observed {
  return {
    bootstrap: "none",
    policies: [],
    stacks: [{ stack: "acme-vpc", exists: true, changes: [] }],
    drift: null,
    quotas: {},
    kubernetes: "1.35",
    karpenter: "1.14.3",
    access: [],
    charts: "none",
    objects,
    rolls: {},
    ready: ["cpu"],
    stale: [],
    images: { base: "sha256:b", app: "sha256:a", other: "sha256:o" },
    reasons: {},
    old: [],
    caller: null,
    findings: [],
    notes: [],
    ...over,
  };
}

const RESOURCE = { logicalId: "Subnet", resourceType: "AWS::EC2::Subnet", action: "update" } as const;

const plan = (over: Partial<Observed> = {}, more: { force?: string[]; images?: string[]; fresh?: Fresh } = {}) =>
  makePlan({ config, builds, observed: observed(over), only: PHASES, ...more });

Deno.test("a plan over what is as it should be changes nothing and says so", () => {
  assert.ok(isNoop(plan()));
  assert.match(describePlan(plan()), /Nothing to change/);
});

Deno.test("a plan says what CloudFormation's role may do: what it gets, what it has, and AdministratorAccess by name", () => {
  const text = (over: Partial<Observed>) => describePlan(plan(over));
  const ours = ["unitune-cloudformation-us-west-2-0123abcd-1"];
  assert.match(text({ bootstrap: "create", policies: ours }), /CloudFormation's role gets unitune-cloudformation-us-/);
  assert.match(text({ policies: ours }), /CloudFormation's role has unitune-cloudformation-us-/);
  assert.match(text({ policies: ["AdministratorAccess"] }), /has AdministratorAccess, and keeps it: `unitune synth`/);
  assert.doesNotMatch(text({}), /CloudFormation's role/);
});

Deno.test("a plan is frozen, all the way down", () => {
  const { changes } = plan({ bootstrap: "create" });
  assert.throws(() => ((changes[0] as { action: string }).action = "none"), TypeError);
  assert.throws(() => (changes as unknown[]).push(1), TypeError);
});

const afterOf = (of: Plan) => Object.fromEntries(of.changes.map(({ id, after }) => [id, after]));
const COMMON = ["namespace:unitune-build", "serviceaccount:unitune-build/unitune-builder"];

Deno.test("images wait for what builds need, for their own pool, and for the images that they need", () => {
  const after = afterOf(plan({ images: {} }));
  assert.deepEqual(after["build:app"], [...COMMON, "ready:cpu", "build:base"]);
  assert.deepEqual(after["ready:cpu"], ["ec2nodeclass:cpu", "nodepool:cpu"]);
  assert.deepEqual(after["ec2nodeclass:cpu"], ["charts", "namespace:unitune-build"]);
});

Deno.test("an image that the registry has waits for no pool", () => {
  assert.deepEqual(afterOf(plan())["build:app"], [...COMMON, "build:base"]);
});

Deno.test("an image waits for no other pool, and for none that goes", () => {
  const more = [{ ...class_, name: "gpu" }, { ...pool, name: "gpu" }].map((ref) => ({
    ref,
    action: "create" as const,
  }));
  const after = afterOf(plan({ images: {}, objects: [...objects, ...more], stale: [{ ...pool, name: "old" }] }));
  assert.deepEqual(after["build:base"], [...COMMON, "ready:cpu"]);
  assert.deepEqual(after["ready:gpu"], ["ec2nodeclass:gpu", "nodepool:gpu"]);
});

Deno.test("a pool that is ready and does not change is not waited for; else it is, and that alone changes nothing", () => {
  const actionOf = (of: Plan) => of.changes.find(({ id }) => id === "ready:cpu")!.action;
  assert.equal(actionOf(plan()), "none");
  const unready = plan({ ready: [] });
  assert.equal(actionOf(unready), "wait");
  assert.ok(isNoop(unready));
  assert.match(describePlan(unready), /^ {2}pool cpu {2}waits until Karpenter reports it Ready$/m);
  assert.match(describePlan(unready), /Nothing to change/);
  const changed = objects.map((one) => one.ref === class_ ? { ...one, action: "update" as const } : one);
  assert.equal(actionOf(plan({ objects: changed })), "wait");
  assert.equal(actionOf(plan({ charts: "update" })), "wait", "Karpenter itself changes");
  assert.equal(actionOf(plan({ stacks: [{ stack: "acme-vpc", exists: true, changes: [RESOURCE] }] })), "wait");
});

Deno.test("without infra and pools an image waits for nothing but images", () => {
  const only = makePlan({ config, builds, observed: observed(), only: ["images"] });
  assert.deepEqual(only.changes.map(({ after }) => after), [[], ["build:base"], []]);
});

Deno.test("a forced image takes what needs it along, and leaves the others alone", () => {
  const changes = plan({}, { force: ["base"] }).changes.filter((change) => change.kind === "build");
  assert.deepEqual(changes.map(({ image, action, force, because }) => [image, action, force, because]), [
    ["base", "build", true, "forced"],
    ["app", "build", true, "base is rebuilt"],
    ["other", "reuse", false, "the registry has sha256:o"],
  ]);
});

Deno.test("a named image brings what it needs, and nothing that needs it", () => {
  assert.deepEqual(withNeeds(builds, ["app"]).map(({ image }) => image.name), ["base", "app"]);
  assert.deepEqual(withNeeds(builds, ["base"]).map(({ image }) => image.name), ["base"]);
});

Deno.test("an object that the config no longer declares is pruned after the others are applied", () => {
  const changes = plan({ stale: [{ ...class_, name: "old" }] }).changes;
  assert.deepEqual(changes.find(({ kind }) => kind === "prune")?.after, objects.map(({ ref }) => objectId(ref)));
});

Deno.test("an image older than its maxAge is built again from bases that are looked up, and with it what needs it", () => {
  const { changes } = plan({ old: ["base"] });
  const builds = changes.filter((change) => change.kind === "build");
  assert.deepEqual(builds.map(({ image, action, force, pull, because }) => [image, action, force, pull, because]), [
    ["base", "build", true, true, "sha256:b is older than its maxAge"],
    ["app", "build", true, false, "base is rebuilt"],
    ["other", "reuse", false, false, "the registry has sha256:o"],
  ]);
});

Deno.test("no cache, and bases that are looked up, are for the named images alone", () => {
  const { changes } = plan({}, { force: ["base"], fresh: { noCache: true, pull: true } });
  const builds = changes.filter((change) => change.kind === "build");
  assert.deepEqual(builds.map(({ image, noCache, pull }) => [image, noCache, pull]), [
    ["base", true, true],
    ["app", false, false],
    ["other", false, false],
  ]);
});

const DRIFT = [{
  stack: "acme-vpc",
  resources: [{ logicalId: "Vpc", resourceType: "AWS::EC2::VPC", state: "modified", fields: [] }],
  unread: [],
}] as const;

Deno.test("drift is told and changes nothing, unless it is to be reverted", () => {
  const planned = (drift: Observed["drift"], revertDrift: boolean) => {
    const made = makePlan({ config, builds, observed: observed({ drift }), only: PHASES, revertDrift });
    const { action, revertDrift: reverts } = made.changes.find((change) => change.kind === "stacks")!;
    return [action, reverts ?? false, isNoop(made), hasDrifted(made)];
  };
  assert.deepEqual(planned(null, false), ["none", false, true, false]);
  assert.deepEqual(planned([], true), ["none", false, true, false]);
  assert.deepEqual(planned(DRIFT, false), ["none", false, true, true]);
  assert.deepEqual(planned(DRIFT, true), ["update", true, false, true]);
  const reverting = makePlan({ config, builds, observed: observed({ drift: DRIFT }), only: PHASES, revertDrift: true });
  assert.match(describePlan(reverting), /^~ stack acme-vpc {2}no change, 1 changed outside of CloudFormation$/m);
  assert.match(describePlan(reverting), /^ {4}AWS::EC2::VPC Vpc was changed, is reverted$/m);
});

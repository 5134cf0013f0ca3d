import assert from "node:assert/strict";
import { isNoop, makePlan, type Observed, STAGES, withNeeds } from "../../lib/plan/changes.ts";
import { describePlan } from "../../lib/plan/describe.ts";
import type { BuildSpec, Config } from "../../lib/plan/types.ts";

const config = {
  name: "acme",
  region: "us-west-2",
  cluster: { version: "1.35" },
  karpenter: { version: "1.14.3" },
} as unknown as Config;

function build(name: string, ...needs: string[]): BuildSpec {
  return {
    image: { name, repository: `acme/${name}` } as BuildSpec["image"],
    key: name.padEnd(64, "0"),
    context: { digest: "", bytes: 1, dockerfileDigest: "" },
    needs: needs.map((image) => ({ alias: image, image, key: "" })),
  };
}

const builds = [build("base"), build("app", "base"), build("other")];
const class_ = { apiVersion: "karpenter.k8s.aws/v1", kind: "EC2NodeClass", name: "cpu" };

function observed(over: Partial<Observed> = {}): Observed {
  return {
    bootstrap: "none",
    stacks: [{ stack: "acme-vpc", exists: true, changes: [] }],
    kubernetes: "1.35",
    karpenter: "1.14.3",
    access: [],
    charts: "none",
    objects: [{ ref: class_, action: "none" }],
    stale: [],
    images: { base: "sha256:b", app: "sha256:a", other: "sha256:o" },
    notes: [],
    ...over,
  };
}

const plan = (over: Partial<Observed> = {}, more: { force?: string[]; images?: string[] } = {}) =>
  makePlan({ config, builds, observed: observed(over), only: STAGES, ...more });

Deno.test("a plan over what is as it should be changes nothing and says so", () => {
  assert.ok(isNoop(plan()));
  assert.match(describePlan(plan()), /Nothing to change/);
});

Deno.test("a plan is frozen, all the way down", () => {
  const { changes } = plan({ bootstrap: "create" });
  assert.throws(() => ((changes[0] as { action: string }).action = "none"), TypeError);
  assert.throws(() => (changes as unknown[]).push(1), TypeError);
});

Deno.test("images wait for pools, and for the images that they need", () => {
  const after = Object.fromEntries(plan().changes.map(({ id, after }) => [id, after]));
  assert.deepEqual(after["build:app"], ["ec2nodeclass:cpu", "build:base"]);
  assert.deepEqual(after["ec2nodeclass:cpu"], ["charts"]);
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
  assert.deepEqual(changes.find(({ kind }) => kind === "prune")?.after, ["ec2nodeclass:cpu"]);
});

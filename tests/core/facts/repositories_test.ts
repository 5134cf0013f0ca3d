import assert from "node:assert/strict";
import {
  deployedSettings,
  lifecycleText,
  renewedLifecycle,
  repositorySettings,
} from "../../../lib/core/facts/repositories.ts";

const tag = (name: string, moves = false) => ({ name, moves });
const IMAGE = { tags: [tag("v1"), tag("nightly", true)], platforms: ["linux/amd64"] };

function describe(text: string | null): string[] {
  return JSON.parse(text!).rules.map(({ description }: { description: string }) => description);
}

Deno.test("a deployed image's repository differs from a declared one's by latest alone, which deploy moves", () => {
  const declared = repositorySettings([{ ...IMAGE, tags: [...IMAGE.tags, tag("latest", true)] }]);
  assert.deepEqual(deployedSettings(IMAGE), declared);
  assert.deepEqual(declared.movingTags, ["src-*", "buildcache*", "latest", "nightly"]);
  assert.equal(declared.tagMutability, "IMMUTABLE_WITH_EXCLUSION");
});

Deno.test("builds of several platforms have a tag for each and one that joins them: all of the newest 20 stay", () => {
  const { lifecycle } = repositorySettings([{ tags: [], platforms: ["linux/amd64", "linux/arm64"] }]);
  assert.equal(lifecycle[0]?.selection["countNumber"], 60);
});

Deno.test("a policy of ours that lacks nothing stays, whatever builds the repository holds", () => {
  const settings = deployedSettings(IMAGE), text = lifecycleText(settings.lifecycle);
  assert.equal(renewedLifecycle(text, ["v1", "src-0123456789ab", "buildcache"], settings), null);
});

Deno.test("tags that a repository holds, or that its policy keeps, are kept by the new policy too", () => {
  const before = lifecycleText(deployedSettings({ ...IMAGE, tags: [tag("v0")] }).lifecycle);
  assert.deepEqual(describe(renewedLifecycle(before, ["old", "src-0123456789ab"], deployedSettings(IMAGE))), [
    "Keep latest",
    "Keep nightly",
    "Keep old",
    "Keep v0",
    "Keep v1",
    "Keep the newest 20 builds",
    "Expire what lost its tag 7 days after its push",
  ]);
});

Deno.test("a repository that no policy has reached gets the whole one", () => {
  const settings = deployedSettings(IMAGE);
  assert.equal(renewedLifecycle(null, [], settings), lifecycleText(settings.lifecycle));
});

Deno.test("a policy that somebody else wrote is left alone", () => {
  const own = JSON.stringify({ rules: [{ rulePriority: 1, selection: {}, action: { type: "expire" } }] });
  assert.equal(renewedLifecycle(own, ["v1"], deployedSettings(IMAGE)), null);
});

Deno.test("more tags than ECR has rules for expire no build, as one with a tag could be among them", () => {
  const many = Array.from({ length: 60 }, (_, at) => `v${at}`);
  assert.deepEqual(describe(renewedLifecycle(null, many, deployedSettings(IMAGE))), [
    "Expire what lost its tag 7 days after its push",
  ]);
});

Deno.test("a policy keeps as many builds as the larger of two would", () => {
  const two = repositorySettings([{ tags: [tag("v1")], platforms: ["linux/amd64", "linux/arm64"] }]);
  const renewed = renewedLifecycle(lifecycleText(two.lifecycle), [], deployedSettings(IMAGE));
  assert.equal(JSON.parse(renewed!).rules.at(-2).selection.countNumber, 60);
});

Deno.test("a repository whose tags are from Git is the same for each commit, and lets no build expire", () => {
  const of = (name: string) =>
    repositorySettings([{ ...IMAGE, tags: [tag(name), tag("latest", true)], gitTags: true }]);
  assert.deepEqual(of("1a2b3c"), of("4d5e6f"));
  assert.deepEqual(of("1a2b3c").lifecycle.map(({ selection }) => selection["tagStatus"]), ["untagged"]);
  assert.ok(of("1a2b3c").movingTags.includes("latest"));
});

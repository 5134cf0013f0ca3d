/** A saved plan: the same project and the same world, or what has moved. */
import assert from "node:assert/strict";
import { makePlan, type Observed } from "../../lib/plan/changes.ts";
import { movedSince, savedPlan } from "../../lib/plan/saved.ts";
import type { Config } from "../../lib/plan/types.ts";
import { SETTLED } from "../fakes/observed.ts";
import { jobSpec } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";

const caller = { account: "123456789012", principalArn: "arn:me", partition: "aws" };
const { build } = jobSpec();
const only = ["infra", "images"] as const;

function planned(observed: Partial<Observed> = {}, config: Partial<Config> = {}) {
  const all = smallest({ images: [build.image], ...config });
  return makePlan({ config: all, builds: [build], observed: { ...SETTLED, caller, ...observed }, only });
}

const before = planned({ bootstrap: "create" });
const saved = savedPlan(before, { only }, "/project");
/** What comes out of the file. */
const read = JSON.parse(JSON.stringify(saved)) as typeof saved;

Deno.test("the same project in the same world, also in another folder, is the plan that was saved", () => {
  assert.deepEqual(movedSince(read, planned({ bootstrap: "create" }), "/project"), []);
  const image = { ...build.image, context: build.image.context.replace("/project", "/ci/work") };
  assert.deepEqual(movedSince(read, planned({ bootstrap: "create" }, { images: [image] }), "/ci/work"), []);
});

Deno.test("whatever moved is named: account, config, steps that came, went or differ", () => {
  const other = { ...caller, account: "999999999999" };
  assert.deepEqual(movedSince(read, planned({ bootstrap: "create", caller: other }), "/project"), [
    "account: saved for 123456789012, now 999999999999",
  ]);
  assert.deepEqual(movedSince(read, planned({ bootstrap: "create" }, { tags: { team: "ml" } }), "/project"), [
    "the config has changed",
  ]);
  assert.deepEqual(movedSince(read, planned({ images: { trainer: "sha256:1" } }), "/project"), [
    "bootstrap: none instead of create",
    "build:trainer: reuse instead of build",
  ]);
  const longer = { ...read, changes: [...read.changes, { ...read.changes[0]!, id: "gone" }] } as typeof saved;
  assert.deepEqual(movedSince(longer, planned({ bootstrap: "create" }), "/project"), ["gone: no longer to create"]);
  const shorter = { ...read, changes: read.changes.slice(1) };
  assert.deepEqual(movedSince(shorter, planned({ bootstrap: "create" }), "/project"), [
    "bootstrap: create, which was not planned",
  ]);
});

/** Disks of claims are somebody's data: a removal names them, and takes them only when it is told to. */
import assert from "node:assert/strict";
import type { Leftover } from "../../lib/core/ports.ts";
import { destroy, type DestroyReport, planDestroy } from "../../lib/actions/destroy.ts";
import { fakeOperation } from "../fakes/operation.ts";
import { smallest } from "../infra/config.ts";

const config = smallest();

/** A cluster whose stacks are gone, and the disks that it left. */
async function removal(disks: readonly string[], deleteData: boolean) {
  const there = new Set(disks), removed: Leftover[] = [];
  const operation = fakeOperation(config, {
    identity: { caller: () => Promise.resolve({ account: "123456789012", partition: "aws", principalArn: "" }) },
    permissions: { simulate: () => Promise.resolve([]) },
    eks: { cluster: () => Promise.resolve(null) },
    stacks: { destroy: () => Promise.resolve(false), outputs: () => Promise.resolve(null) },
    registry: { repositories: () => Promise.resolve([]) },
    leftovers: {
      kinds: ["instance"],
      find: () => Promise.resolve([]),
      disks: () => Promise.resolve([...there].map((id) => ({ kind: "disk", id }))),
      remove: (leftover: Leftover) => {
        removed.push(leftover);
        there.delete(leftover.id);
        return Promise.resolve();
      },
    },
  });
  const report = await destroy(operation, planDestroy(config, { deleteData }));
  return { report, removed };
}

const failures = ({ results }: DestroyReport) => results.filter(({ state }) => state === "failed");
const proofOf = ({ proof }: DestroyReport) => proof.find(({ what }) => what === "disks of claims");

Deno.test("destroy keeps disks of claims and names each, with the way to remove it", async () => {
  const { report, removed } = await removal(["vol-1", "vol-2"], false);
  assert.deepEqual(failures(report), []);
  assert.deepEqual(removed, []);
  assert.deepEqual(report.kept.slice(1), [
    "disk vol-1 (a claim's data; --delete-data removes it)",
    "disk vol-2 (a claim's data; --delete-data removes it)",
  ]);
  assert.equal(proofOf(report), undefined);
});

Deno.test("destroy --delete-data removes disks of claims, and looks again", async () => {
  const { report, removed } = await removal(["vol-1", "vol-2"], true);
  assert.deepEqual(failures(report), []);
  assert.deepEqual(removed, [{ kind: "disk", id: "vol-1" }, { kind: "disk", id: "vol-2" }]);
  assert.deepEqual(report.results.find(({ id }) => id === "disks")?.detail, "disk vol-1, disk vol-2");
  assert.deepEqual(proofOf(report), { what: "disks of claims", left: [] });
  assert.deepEqual(report.kept.slice(1), []);
});

Deno.test("without disks there is nothing to keep or to remove", async () => {
  const kept = await removal([], false), gone = await removal([], true);
  assert.deepEqual(kept.report.kept.slice(1), []);
  assert.equal(gone.report.results.find(({ id }) => id === "disks")?.state, "unchanged");
});

import assert from "node:assert/strict";
import { placement } from "../../lib/checks/placement.ts";
import { UnituneError } from "../../lib/core/errors.ts";
import type { PlacementPort } from "../../lib/core/ports.ts";
import type { GpuPool } from "../../lib/plan/types.ts";
import { smallest, testPool } from "../infra/config.ts";
import { contextOf, denied, never } from "./context.ts";

/** What is told of pools in an account with groups of each strategy, by name and by id. */
async function told(pools: readonly GpuPool[], group?: PlacementPort["group"]): Promise<string[]> {
  const strategies: Readonly<Record<string, string>> = { near: "cluster", far: "spread", "pg-1": "partition" };
  const known: PlacementPort["group"] = (selector) => {
    const asked = "id" in selector ? selector.id : selector.name, strategy = strategies[asked];
    if (asked === "going") return Promise.resolve({ state: "deleting", strategy: "cluster" });
    return Promise.resolve(strategy ? { state: "available", strategy } : null);
  };
  const found = await placement.run(contextOf(smallest({ pools }), { placement: { group: group ?? known } }));
  return found.map(({ severity, path, message }) => `${severity} ${path} ${message}`);
}

const named = (name: string, group: string, efa = false) =>
  testPool(name, { efa, placementGroup: group.startsWith("pg-") ? { id: group } : { name: group } });

Deno.test("pools without a group, or with one of the stack's own, ask nothing", async () => {
  assert.deepEqual(await told([testPool("plain"), testPool("own", { placementGroup: "cluster" })], never), []);
});

Deno.test("a group that does not exist, or is going, is an error at its pool; one that is available is none", async () => {
  assert.deepEqual(
    await told([named("a", "near", true), named("b", "pg-1"), named("c", "none"), named("d", "going")]),
    [
      'error pools.c.placementGroup must be a placement group that account 123456789012 has in us-west-2: "none" does not exist',
      'error pools.d.placementGroup must be a placement group that account 123456789012 has in us-west-2: "going" is deleting',
    ],
  );
});

Deno.test("EFA in a group that keeps nodes apart is a warning, and only EFA", async () => {
  const [line, ...others] = await told([named("a", "far", true), named("b", "far")]);
  assert.match(line!, /^warning pools\.a\.placementGroup "far" has the strategy spread/);
  assert.deepEqual(others, []);
});

Deno.test("without the right to look it is a note, and any other failure is one", async () => {
  assert.deepEqual(await told([named("a", "near")], denied("ec2:DescribePlacementGroups")), [
    "note  not checked without ec2:DescribePlacementGroups: the placement groups of the pools",
  ]);
  const busy = () => Promise.reject(new UnituneError("AWS_BUSY", "Cannot call ec2:DescribePlacementGroups"));
  await assert.rejects(told([named("a", "near")], busy), /Cannot call/);
});

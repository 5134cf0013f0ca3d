import assert from "node:assert/strict";
import { filtersOf, type LeftoverKind, LEFTOVERS, MARKS } from "../../../lib/core/facts/leftovers.ts";
import { actionsOf, type Entry, PERMISSIONS } from "../../../lib/permissions/table.ts";

const entriesOf = (part: string) => PERMISSIONS.caller.find((one) => one.part === part)!.permissions;
const KINDS = Object.entries(LEFTOVERS);

/** What permissions.json must say of a kind, placeholders and all. */
function wanted(kind: LeftoverKind): { readonly on: string; readonly when: Entry["when"] }[] {
  const { marks, resource, within, service = "ec2" } = LEFTOVERS[kind];
  if (within) {
    // Of the log group, the streams in it too.
    const path = within({ cluster: "{name}", region: "{region}" }).replace(/\/cluster$/, "/");
    const global = kind === "log group" ? "logs:{region}" : "iam:";
    return [{ on: `arn:{partition}:${global}:{account}:${resource}${path}*`, when: undefined }];
  }
  // IAM's simulator is not told whether a tag has any value: the exact ones are asked.
  return marks.map((set) => ({
    on: `arn:{partition}:${service}:{region}:{account}:${resource}/*`,
    when: {
      StringEquals: Object.fromEntries(
        MARKS[set]("{name}").filter(({ value }) => value !== null)
          .map(({ key, value }) => [`aws:ResourceTag/${key}`, value!]),
      ),
    },
  }));
}

Deno.test("permissions.json lets destroy list every kind of leftover, and remove it by the tags it is found by", () => {
  for (const [kind, { list, remove, removedBy }] of KINDS) {
    const listing = entriesOf("leftovers").filter((entry) => actionsOf(entry).includes(list));
    assert.deepEqual(listing.map(({ on, commands }) => [on, commands]), [[["*"], ["destroy"]]], list);
    const removing = entriesOf(removedBy === "data" ? "data" : "leftovers");
    for (const action of remove) {
      const found = removing.filter((entry) => actionsOf(entry).includes(action));
      const told = found.map(({ on, when }) => ({ on: on.join(), when }));
      const byTags = (one: { when: Entry["when"] }) => JSON.stringify(one.when) ?? "";
      const sorted = (all: { readonly on: string; readonly when: Entry["when"] }[]) => {
        return all.toSorted((a, b) => byTags(a) < byTags(b) ? -1 : 1);
      };
      assert.deepEqual(sorted(told), sorted(wanted(kind as LeftoverKind)), action);
    }
  }
});

Deno.test("permissions.json removes no leftover that the table does not know", () => {
  const known = KINDS.flatMap(([, { remove }]) => remove);
  const removing = entriesOf("leftovers").flatMap(actionsOf).filter((action) =>
    /:(Delete|Terminate|Remove)/.test(action)
  );
  assert.deepEqual(removing.filter((action) => !known.includes(action)), []);
});

Deno.test("filters name a cluster whole, with no wildcard, and a tag of any value by its key", () => {
  assert.deepEqual(filtersOf("instance", "acme"), [[
    { Name: "tag:kubernetes.io/cluster/acme", Values: ["owned"] },
    { Name: "tag:unitune:cluster", Values: ["acme"] },
    { Name: "tag-key", Values: ["karpenter.sh/nodepool"] },
  ]]);
  assert.equal(filtersOf("network interface", "acme").length, 2);
  assert.deepEqual(filtersOf("log group", "acme"), []);
});

import assert from "node:assert/strict";
import type { AccessEntry, AccessPurpose } from "../../lib/core/ports.ts";
import { accessChanges, foreignAdmins, foreignEntry } from "../../lib/plan/access.ts";

const [me, alice, bob] = ["me", "alice", "bob"].map((name) => `arn:aws:iam::123456789012:role/${name}`) as [
  string,
  string,
  string,
];

function entry(principalArn: string, purpose: AccessPurpose | null, over: Partial<AccessEntry> = {}): AccessEntry {
  return { principalArn, ours: true, purpose, isAdmin: true, ...over };
}

/** `action principal purpose`. */
function changes(admins: string[], entries: AccessEntry[]): string[] {
  return accessChanges(admins, me, entries).map(({ action, principalArn, purpose }) => {
    return `${action} ${principalArn.split("/")[1]} ${purpose}`;
  });
}

Deno.test("caller and admins get an entry each, and the caller who is an admin has the one", () => {
  assert.deepEqual(changes([alice], []), ["create me caller", "create alice admin"]);
  assert.deepEqual(changes([me], []), ["create me admin"]);
  assert.deepEqual(changes([alice], [entry(me, "caller"), entry(alice, "admin")]), []);
});

Deno.test("the caller who becomes an admin, or is one no more, keeps the entry all the time", () => {
  assert.deepEqual(changes([me], [entry(me, "caller")]), ["update me admin"]);
  assert.deepEqual(changes([], [entry(me, "admin")]), ["update me caller"]);
});

Deno.test("an admin who is named no more loses the entry, an earlier caller does not", () => {
  assert.deepEqual(changes([], [entry(me, "caller"), entry(alice, "admin"), entry(bob, "caller")]), [
    "delete alice admin",
  ]);
});

Deno.test("an entry that a cut run left without its policy, or that does not say what it is for, is finished", () => {
  assert.deepEqual(changes([alice], [entry(me, null), entry(alice, "admin", { isAdmin: false })]), [
    "update me caller",
    "update alice admin",
  ]);
});

Deno.test("entries of others are left as they are; an admin whose entry gives no rights is told", () => {
  const theirs = { ours: false, isAdmin: false };
  const entries = [entry(me, "caller"), entry(alice, null, theirs), entry(bob, "admin", theirs)];
  assert.deepEqual(changes([alice], entries), []);
  assert.match(foreignAdmins([alice], entries).join(), /^cluster\.admins\[0\] {2}arn:.*alice has an access entry/);
  assert.deepEqual(foreignAdmins([alice], [entry(alice, null, { ours: false })]), []);
});

Deno.test("the caller's entry that somebody else created is told with the command that shows it, and the ways on", () => {
  const finding = foreignEntry(entry(me, null, { ours: false, isAdmin: false }), "acme", "us-west-2");
  assert.deepEqual([finding.severity, finding.path], ["error", me]);
  assert.match(
    finding.message,
    /^has an access entry that unitune did not create, without AmazonEKSClusterAdminPolicy/,
  );
  assert.match(
    finding.hint,
    /^`aws eks describe-access-entry --region us-west-2 --cluster-name acme --principal-arn arn/,
  );
});

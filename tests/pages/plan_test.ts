/** The page of a plan shows what `--json` prints: no more, no less, and none of it as markup. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { planPage } from "../../lib/pages/plan.ts";
import { dataOf, shownOf, tablesOf, textOf, textsIn } from "./read.ts";
import { HOSTILE, PLAN } from "./samples.ts";

const page = planPage(PLAN), tables = tablesOf(page), said = (text: string) => text.replace(/\s+/g, " ");

Deno.test("the page carries the document as --json prints it", () => {
  assert.deepEqual(dataOf(page, "plan"), JSON.parse(JSON.stringify(PLAN)));
});

Deno.test("every text of the document is on the page, except for what is machinery", () => {
  const { version: _, notes, ...plan } = PLAN, shown = shownOf(page);
  const machinery = ["aws", "ec2", "public", "1.34", "c".repeat(64), "karpenter.sh/v1", "d".repeat(64)];
  const ids = PLAN.changes.flatMap(({ id, kind, after }) => [id, kind, ...after]);
  const actions = ["none"];
  const texts = textsIn(plan).filter((text) => ![...machinery, ...ids, ...actions].includes(text));
  assert.ok(texts.length > 60);
  for (const text of [...texts, notes[1]!]) assert.ok(shown.includes(said(text)), text);
});

Deno.test("the table of steps has a row for each change, with its action and what it waits for", () => {
  const rows = tables.get("Steps, in the order in which they are listed in the plan")!;
  assert.deepEqual(
    rows.map((row) => row[1]),
    PLAN.changes.map(({ action }) => action === "none" ? "no change" : action),
  );
  assert.deepEqual(rows.at(-1), ["image a", "build", said(HOSTILE), "pool cpu, repository acme/a"]);
  assert.deepEqual(rows[2], [
    "stacks",
    "update",
    "acme-vpc: no change, acme-eks: 2 resources",
    "stacks at Kubernetes 1.34",
  ]);
});

Deno.test("what was changed outside of CloudFormation is shown with its values", () => {
  const caption = "AWS::SQS::Queue Queue in stack acme-eks, modified outside of CloudFormation";
  assert.deepEqual(tables.get(caption), [["MessageRetentionPeriod", "600", "300", ""]]);
});

Deno.test("fields are shown with their old and new values", () => {
  assert.deepEqual(tables.get("Fields of NodePool cpu"), [
    ["spec.limits.cpu", "64", "128", "also written by kubectl"],
    ["spec.weight", "not set", said(HOSTILE), ""],
  ]);
});

Deno.test("resources, access entries, nodes, quotas, prices and images are those of the document", () => {
  assert.deepEqual(tables.get("Resources of stack acme-eks"), [
    ["Cluster", "replace", "AWS::EKS::Cluster", "acme"],
    ["NodeRole", "update", "AWS::IAM::Role", "perhaps replaced: the deployment decides"],
  ]);
  assert.deepEqual(tables.get("IAM resources and security groups that change"), [
    ["NodeRole", "update", "AWS::IAM::Role", "acme-eks"],
  ]);
  assert.deepEqual(tables.get("Access entries that change"), [["arn:aws:iam::123456789012:role/a", "delete", "admin"]]);
  assert.deepEqual(tables.get("Properties of Cluster in stack acme-eks"), [
    ["Name", "old", "acme", "the resource is replaced"],
  ]);
  assert.deepEqual(tables.get("Nodes that are replaced, and what limits it"), [
    ["system", "", "all", "Kubernetes 1.34 → 1.35", "one by one", ""],
    ["cpu", "3", "those that no longer match", "spec.template.spec.requirements", "10%", "default/a: budget"],
  ]);
  assert.deepEqual(tables.get("Quotas of the account that the config meets"), [
    ["Spot", "L-1", "vCPUs", "4", "64", "32", "not for all limits"],
    ["On demand", "L-2", "vCPUs", "4", "64", "not read", "not read"],
  ]);
  assert.deepEqual(tables.get("Each pool at its limit, on its dearest instance types"), [
    ["cpu", "0.00 USD", "64 vCPUs", "3.50 USD"],
    ["new", "0.00 USD", "4 nodes", "not known"],
  ]);
  assert.deepEqual(tables.get("Images and their build contexts"), [
    ["a", "build", said(HOSTILE), "3.0 MiB", "d".repeat(12), "linux/amd64, linux/arm64", "base", "builder", "acme/a"],
  ]);
});

Deno.test("nothing of a config or a Dockerfile becomes markup", () => {
  const tags = new Set([...page.matchAll(/<\/?([a-z0-9!-]+)/gi)].map(([, name]) => name!.toLowerCase()));
  assert.ok(!tags.has("img") && !page.includes("<script>") && !/<!--/.test(page));
  assert.equal([...page.matchAll(/<script/g)].length, 1);
  assert.doesNotMatch(page.slice(0, page.indexOf("<script")), /\s(on\w+|style)=["']/);
  assert.ok(textOf(page).includes(said(HOSTILE)));
});

Deno.test("the page loads nothing and runs nothing: its policy allows its own style alone", () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page)!;
  const [, style] = /<style>([^]*?)<\/style>/.exec(page)!;
  const hash = createHash("sha256").update(style!).digest("base64");
  assert.equal(
    policy!.replaceAll("&#39;", "'"),
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
  );
  assert.doesNotMatch(page, /(src|href)="(?!#)/);
});

Deno.test("every link leads to an anchor of the page, and no anchor is there twice", () => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, to] of page.matchAll(/href="#([^"]*)"/g)) assert.ok(ids.includes(to!), to);
});

Deno.test("a plan that changes nothing says so", () => {
  const quiet = planPage({
    ...PLAN,
    changes: [],
    images: [],
    quotas: [],
    findings: [],
    notes: [],
    endpoint: { kind: "private" },
  });
  const shown = shownOf(quiet);
  assert.match(shown, /Nothing to change: everything is as the config says\./);
  assert.match(shown, /No change of this plan replaces nodes\..*API server private/);
});

/** A plan in a pull request. */
import assert from "node:assert/strict";
import { makePlan } from "../../lib/plan/changes.ts";
import { planMarkdown } from "../../lib/plan/markdown.ts";
import { SETTLED } from "../fakes/observed.ts";
import { smallest } from "../infra/config.ts";

Deno.test("Markdown has the summary, findings as alerts, changes in colour, exposure and cost", () => {
  const caller = { account: "123456789012", principalArn: "arn:me", partition: "aws" };
  const finding = { code: "QUOTA", severity: "warning", path: "pools.a", message: "<b> @team", hint: "ask" } as const;
  const ref = { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "a" };
  const observed = { ...SETTLED, caller, findings: [finding], notes: ["read"], bootstrap: "create" } as const;
  const plan = makePlan({
    config: smallest(),
    builds: [],
    observed: { ...observed, objects: [{ ref, action: "update" }] },
    only: ["infra", "pools"],
  });
  const text = planMarkdown(plan);
  assert.match(
    text,
    /^<h3>unitune plan for <code>acme<\/code> in us-west-2<\/h3>\n\n\*\*1 to create, 1 to update\.\*\* \(account 123456789012/,
  );
  assert.ok(text.includes("> [!WARNING]\n> pools.a  \\<b\\> \\@team — ask"), text);
  assert.ok(text.includes("> [!NOTE]\n> read"));
  assert.match(text, /\n```diff\n\+ CDK bootstrap [^]*\n! NodePool a\n[^]*\n```\n/);
  assert.match(text, /\n```text\nAPI server: private[^]*\nCost: [^]*\n```$/);
});

Deno.test("no text ends a block early", () => {
  const ref = { apiVersion: "v1", kind: "Namespace", name: "```\n# title" };
  const plan = makePlan({
    config: smallest(),
    builds: [],
    observed: { ...SETTLED, objects: [{ ref, action: "create" }] },
    only: ["pools"],
  });
  assert.match(planMarkdown(plan), /\n````diff\n[^]*\n````\n/);
});

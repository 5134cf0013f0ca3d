/** Plans and reports as documents: whatever happened, they are of their schemas. */
import assert from "node:assert/strict";
import { destroyDocument, finish, planAndRun } from "../../lib/cli/report.ts";
import { EXIT, UnituneError } from "../../lib/core/errors.ts";
import type { EndState } from "../../lib/core/events.ts";
import type { ImageResult, Plan, Report, StepResult, UnituneProject } from "../../lib/mod.ts";
import { planDocument } from "../../lib/plan/document.ts";
import type { Change } from "../../lib/plan/types.ts";
import type { DocumentOf } from "../../lib/cli/documents/types.ts";
import type { Terminal } from "../../lib/cli/terminal.ts";
import { smallest } from "../infra/config.ts";
import { dataOf } from "../pages/read.ts";
import { hold } from "./documents/held.ts";

const json = (document: unknown): unknown => JSON.parse(JSON.stringify(document));

const ended: readonly EndState[] = ["done", "unchanged", "failed", "skipped", "cancelled"];
const results: StepResult[] = ended.map((state) => ({ id: state, state, at: 7, seconds: 1.5, detail: "not told" }));
const failed = { id: "build:a", state: "failed", at: 7, seconds: 0 } as const;
const error = new UnituneError("BUILD_FAILED", "Cannot build", { path: "images.a", hint: "fix it", lines: ["last"] });

const context = { digest: "a".repeat(64), bytes: 10, uploadedBytes: 0 };
const image: ImageResult = {
  state: "built",
  ref: "registry/a@sha256:1",
  digest: `sha256:${"b".repeat(64)}`,
  seconds: 2,
  context,
  job: "a-amd64-1, a-arm64-1",
  because: "its context changed",
};

Deno.test("the report of a run is of its schema, with our errors and with others", () => {
  const report = {
    results: [{ ...failed, error }, { ...failed, error: new TypeError("a fault") }, ...results],
    images: { a: image, b: { ...image, state: "failed", ref: null, digest: null, job: null } as const },
  };
  const printed: DocumentOf<"report">[] = [];
  const result = (_text: string, document: DocumentOf<"report">) => void printed.push(document);
  assert.equal(finish({ json: true, result, failed: () => {} } as unknown as Terminal, report, ""), EXIT.cluster);
  const document = printed[0]!;
  hold("report", json(document));
  assert.deepEqual(document.steps.slice(0, 2).map(({ error }) => error), [
    { code: "BUILD_FAILED", message: "Cannot build", path: "images.a", hint: "fix it", lines: ["last"] },
    { code: "UNEXPECTED", message: "a fault" },
  ]);
});

Deno.test("an interrupted run is never reported as done", () => {
  const texts: string[] = [], terminal = { result: (text: string) => void texts.push(text), failed: () => {} };
  const report = { results: [{ id: "stacks", state: "cancelled", at: 7, seconds: 1 } as const], images: {} };
  assert.equal(finish(terminal as unknown as Terminal, report, "Done."), EXIT.interrupted);
  assert.deepEqual(texts, ["Interrupted. Run the same command again to continue."]);
});

Deno.test("Jobs that were only started are named, and are no failure; an image that has to wait for one is", () => {
  const started = { ...image, state: "skipped", ref: null, digest: null, because: "its Job runs" } as const;
  const waiting = { ...started, job: null, because: "build:a has not ended yet" };
  const done = { id: "build:a", state: "done", at: 0, seconds: 1 } as const,
    skipped = { ...done, id: "build:b", state: "skipped" } as const;
  const texts: string[] = [], terminal = { result: (text: string) => void texts.push(text), error: () => {} };
  const told = (report: Report) => finish(terminal as unknown as Terminal, report, "");
  assert.equal(told({ results: [done], images: { a: started } }), EXIT.done);
  assert.equal(told({ results: [done, skipped], images: { a: started, b: waiting } }), EXIT.failed);
  assert.equal(texts[1], "a  started  a-amd64-1, a-arm64-1  its Job runs\nb  skipped  build:a has not ended yet");
});

Deno.test("the report of a removal is of its schema", () => {
  const proof = [{ what: "instances", left: [] }, { what: "stacks", left: ["acme-vpc"] }];
  hold("destroy", json(destroyDocument({ results, proof, kept: ["CDKToolkit"] })));
});

Deno.test("a plan with every kind of change is of its schema", () => {
  const after = ["bootstrap"], step = { from: "1.34", to: "1.35", step: 1, of: 1 };
  const ref = { apiVersion: "karpenter.sh/v1", kind: "NodePool", name: "cpu" };
  const fields = [{ path: "Name", before: null, after: "b", replaces: true }] as const;
  const changes: Record<Change["kind"], Change> = {
    bootstrap: { kind: "bootstrap", id: "bootstrap", after: [], action: "none", policies: ["AdministratorAccess"] },
    stacks: {
      kind: "stacks",
      id: "stacks",
      after,
      action: "update",
      diffs: [{
        stack: "acme-eks",
        exists: true,
        changes: [{ logicalId: "Cluster", resourceType: "AWS::EKS::Cluster", action: "replace", open: true, fields }],
      }],
      kubernetes: step,
      drift: [{
        stack: "acme-eks",
        resources: [{ logicalId: "Q", resourceType: "AWS::SQS::Queue", state: "deleted", fields }],
        unread: ["Key: denied"],
      }],
      revertDrift: true,
    },
    kubernetes: { kind: "kubernetes", id: "k", after, action: "update", version: "1.34", kubernetes: null },
    access: {
      kind: "access",
      id: "access",
      after,
      action: "create",
      entries: [{ action: "delete", principalArn: "arn:aws:iam::1:role/a", purpose: "admin" }],
    },
    charts: { kind: "charts", id: "charts", after, action: "create", version: "1.8.0", installed: null },
    object: {
      kind: "object",
      id: "object",
      after,
      action: "update",
      ref: { ...ref, namespace: "unitune-build" },
      fields: [{ path: "spec.weight", before: "1", after: null, by: "kubectl-edit" }],
    },
    ready: {
      kind: "ready",
      id: "ready",
      after,
      action: "wait",
      pool: "cpu",
      rolls: { nodes: 2, all: true, because: ["spec.tags.a"], budgets: ["1 at once (10%)"], held: ["a/b on c: d"] },
    },
    prune: { kind: "prune", id: "prune", after, action: "delete", ref },
    repository: { kind: "repository", id: "repository:a", after, action: "create", repository: "acme/a" },
    build: {
      kind: "build",
      id: "build:a",
      after,
      action: "reuse",
      image: "a",
      key: "c".repeat(64),
      force: false,
      noCache: false,
      pull: false,
      because: "the registry has it",
    },
  };
  const caller = { account: "123456789012", principalArn: "arn:aws:iam::123456789012:role/ml", partition: "aws" };
  const finding = {
    code: "ENDPOINT",
    severity: "warning",
    path: "cluster",
    message: "no way",
    hint: "make one",
  } as const;
  const known = { caller, findings: [finding], notes: ["offline"] };
  const plan: Plan = { config: smallest(), builds: [], changes: Object.values(changes), ...known };
  const document = planDocument(plan);
  hold("plan", json(document));
  assert.deepEqual([document.version, document.changed, document.kubernetes?.steps], [1, true, ["1.35"]]);
  assert.deepEqual(document.notes, ["cluster  no way — make one", "offline"]);
});

Deno.test("the question of apply names cluster, region and account, and says if this machine may not get in", async () => {
  const caller = { account: "123456789012", principalArn: "arn:aws:iam::123456789012:role/ml", partition: "aws" };
  const changes = [{ kind: "bootstrap", id: "bootstrap", after: [], action: "create", policies: [] }] as const;
  const asked: string[] = [];
  const terminal = {
    layout: () => ({}),
    say: () => {},
    confirmed: (question: string) => (asked.push(question), Promise.resolve(false)),
  };
  const warning = {
    code: "ENDPOINT",
    severity: "warning",
    path: "cluster.endpoint",
    message: "no way",
    hint: "",
  } as const;
  for (const findings of [[], [{ ...warning, severity: "note" as const }], [warning]]) {
    const plan: Plan = { config: smallest(), caller, builds: [], changes, findings, notes: [] };
    const code = await planAndRun({} as UnituneProject, terminal as unknown as Terminal, plan, { color: false });
    assert.equal(code, EXIT.declined);
  }
  const question = "Apply these changes to cluster acme in us-west-2, account 123456789012?";
  assert.deepEqual(asked.slice(0, 2), [question, question]);
  assert.match(asked[2]!, /^This machine may not reach the API server .* account 123456789012 all the same\?$/);
});

Deno.test("apply --html shows the plan before it asks, and the run when it has ended", async () => {
  const file = await Deno.makeTempFile({ suffix: ".html" });
  const changes = [{ kind: "bootstrap", id: "bootstrap", after: [], action: "create", policies: [] }] as const;
  const plan: Plan = { config: smallest(), caller: null, builds: [], changes, findings: [], notes: [] };
  const report = { results: [{ id: "bootstrap", state: "failed", at: 7, seconds: 2, error } as const], images: {} };
  const printed: unknown[] = [], before: unknown[] = [];
  const confirmed = async () => {
    const page = await Deno.readTextFile(file);
    before.push(dataOf(page, "plan"), dataOf(page, "report"));
    return true;
  };
  const result = (_text: string, document: unknown) => void printed.push(document);
  const layout = () => ({ width: 80 });
  const terminal = { say: () => {}, failed: () => {}, confirmed, result, layout } as unknown as Terminal;
  const project = { run: () => Promise.resolve(report) } as unknown as UnituneProject;
  assert.equal(await planAndRun(project, terminal, plan, { color: false, html: file }), EXIT.cluster);
  assert.deepEqual(before, [json(planDocument(plan)), undefined]);
  const page = await Deno.readTextFile(file);
  assert.deepEqual([dataOf(page, "plan"), dataOf(page, "report")], [json(planDocument(plan)), json(printed[0])]);
  assert.deepEqual(printed.length, 1);
  await Deno.remove(file);
});

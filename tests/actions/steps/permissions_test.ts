import assert from "node:assert/strict";
import { EXIT, UnituneError } from "../../../lib/core/errors.ts";
import type { Decision, Identity, Permission } from "../../../lib/core/ports.ts";
import { applyPlan } from "../../../lib/actions/apply.ts";
import { destroy, planDestroy } from "../../../lib/actions/destroy.ts";
import { ensureNeeds } from "../../../lib/actions/steps/permissions.ts";
import type { Need } from "../../../lib/permissions/verdict.ts";
import type { Plan } from "../../../lib/plan/types.ts";
import { type FakeOperation, fakeOperation } from "../../fakes/operation.ts";
import { smallest } from "../../infra/config.ts";

const config = smallest();
const role = "arn:aws:iam::123456789012:role/ci/deployer";
const needs: readonly Need[] = [
  { action: "ecr:PutImage", resources: ["repository"], part: "images" },
  { action: "s3:PutObject", resources: ["bucket"], part: "contexts" },
  { action: "iam:GetRole", resources: ["role"], part: "access", optional: "its path is guessed" },
];

interface Asked {
  readonly operation: FakeOperation;
  /** Permissions of each simulation. */
  readonly simulations: (readonly Permission[])[];
}

type Answer = (permission: Permission) => Decision["decision"];

function asked(answer: Answer | Error, principalArn = role): Asked {
  const simulations: (readonly Permission[])[] = [];
  const identity: Identity = { account: "123456789012", partition: "aws", principalArn };
  const simulate = (_: string, permissions: readonly Permission[]): Promise<Decision[]> => {
    simulations.push(permissions);
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve(permissions.flatMap((each) => {
      return each.resources.map((resource) => ({ action: each.action, resource, decision: answer(each) }));
    }));
  };
  const identities = { caller: () => Promise.resolve(identity) };
  return { operation: fakeOperation(config, { identity: identities, permissions: { simulate } }), simulations };
}

const ask = ({ operation }: Asked) => ensureNeeds("apply", needs, operation);

const warnings = ({ operation: { events } }: Asked) =>
  events.flatMap((event) => event.type === "warning" ? [event.message] : []);

Deno.test("all that is denied is told at once, with the policy that allows it", async () => {
  const all = asked(() => "denied");
  await assert.rejects(ask(all), (error: UnituneError) => {
    assert.equal(error.code, "PERMISSIONS_MISSING");
    assert.equal(error.exit, EXIT.aws);
    assert.match(
      error.message,
      /^Cannot apply acme as 2 of 3 AWS permissions are denied to arn:aws:iam::.+\/deployer$/,
    );
    assert.deepEqual(error.lines.slice(0, 3), [
      "ecr:PutImage on repository (images)",
      "s3:PutObject on bucket (contexts)",
      "",
    ]);
    assert.deepEqual(JSON.parse(error.lines.slice(3).join("\n")), {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["ecr:PutImage"], Resource: ["repository"] },
        { Effect: "Allow", Action: ["s3:PutObject"], Resource: ["bucket"] },
      ],
    });
    return true;
  });
});

Deno.test("what is allowed is not asked twice, and what is optional or unsure is a warning", async () => {
  const some = asked(({ action }) =>
    action === "iam:GetRole" ? "denied" : action === "s3:PutObject" ? "unsure" : "allowed"
  );
  assert.deepEqual(await ask(some), { state: "done", detail: "3 AWS permissions" });
  assert.match(warnings(some)[0]!, /^iam:GetRole is denied: its path is guessed$/);
  assert.match(warnings(some)[1]!, /^uncertain until the calls are made, .*: s3:PutObject$/);
  assert.deepEqual(await ask(some), { state: "unchanged", detail: "already checked" });
  assert.equal(some.simulations.length, 1);
});

Deno.test("who may not ask, root, and who is no user or role are told so and go on; a lost network is an error", async () => {
  const refused = asked(new UnituneError("AWS_DENIED", "Cannot call iam:SimulatePrincipalPolicy"));
  assert.deepEqual(await ask(refused), { state: "done", detail: "not checked" });
  assert.match(warnings(refused)[0]!, /^not checked: Cannot call iam:SimulatePrincipalPolicy$/);
  for (const arn of ["arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:federated-user/bob"]) {
    const other = asked(() => "denied", arn);
    assert.deepEqual(await ask(other), { state: "done", detail: "not checked" });
    assert.equal(other.simulations.length, 0);
    assert.ok(warnings(other)[0]!.includes(arn));
  }
  await assert.rejects(ask(asked(new UnituneError("AWS_UNREACHABLE", "no answer"))), { code: "AWS_UNREACHABLE" });
});

Deno.test("apply begins nothing when something is denied, and asks nothing when nothing changes", async () => {
  const change = (action: string) => ({ kind: "bootstrap", id: "bootstrap", after: [], action });
  const plan = (action: string) =>
    ({ config, builds: [], changes: [change(action)], findings: [], notes: [] }) as unknown as Plan;
  const denied = asked(() => "denied");
  const { results } = await applyPlan(denied.operation, plan("create"));
  assert.deepEqual(results.map(({ id, state }) => [id, state]), [["permissions", "failed"], ["bootstrap", "skipped"]]);
  const still = asked(() => "denied");
  const unchanged = await applyPlan(still.operation, plan("none"));
  assert.deepEqual(unchanged.results.map(({ id, state }) => [id, state]), [["bootstrap", "unchanged"]]);
  assert.equal(still.simulations.length, 0);
});

Deno.test("destroy removes nothing when something is denied, and looks for nothing either", async () => {
  const denied = asked(() => "denied");
  const report = await destroy(denied.operation, planDestroy(config));
  assert.deepEqual(report.results.map(({ state }) => state).slice(0, 2), ["failed", "skipped"]);
  assert.ok(report.results.slice(1).every(({ state }) => state === "skipped"));
  assert.deepEqual([report.proof, report.kept], [[], []]);
});

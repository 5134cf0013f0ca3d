/** How IAM's simulation is asked: what goes together, what is split, and what its answers mean. */
import assert from "node:assert/strict";
import { IAMClient } from "@aws-sdk/client-iam";
import { permissions } from "../../../lib/adapters/aws/permissions.ts";
import type { Clients } from "../../../lib/adapters/aws/clients.ts";

interface Input {
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly ContextEntries?: readonly { readonly ContextKeyName: string }[];
  readonly Marker?: string;
}

/** An IAM that answers with what `answer` says; its requests are kept. */
function fakeIam(answer: (input: Input) => object) {
  const inputs: Input[] = [];
  // The paginator of the SDK takes nothing but a client of its own kind.
  const client = Object.assign(Object.create(IAMClient.prototype), {
    send: ({ input }: { readonly input: Input }) => {
      inputs.push(input);
      return Promise.resolve().then(() => answer(input));
    },
  });
  return { inputs, port: permissions({ iam: () => Promise.resolve(client) } as unknown as Clients) };
}

const allowed = ({ ActionNames, ResourceArns = [] }: Input) => ({
  EvaluationResults: ActionNames.map((EvalActionName) => ({
    EvalActionName,
    EvalDecision: "allowed",
    EvalResourceName: "*",
    ResourceSpecificResults: ResourceArns.map((EvalResourceName) => ({
      EvalResourceName,
      EvalResourceDecision: "allowed",
    })),
  })),
});
const role = "arn:aws:iam::123456789012:role/ci";

Deno.test("actions on the same resources under the same conditions are one request; all resources name none", async () => {
  const { inputs, port } = fakeIam(allowed);
  const when = { StringEquals: { "aws:ResourceTag/a": "b" } };
  const decisions = await port.simulate(role, [
    { action: "s3:GetObject", resources: ["x", "y"] },
    { action: "ec2:DescribeInstances", resources: ["*"] },
    { action: "s3:PutObject", resources: ["x", "y"] },
    { action: "ec2:TerminateInstances", resources: ["z"], when },
  ]);
  assert.deepEqual(inputs.map(({ ActionNames, ResourceArns }) => [ActionNames, ResourceArns]), [
    [["s3:GetObject", "s3:PutObject"], ["x", "y"]],
    [["ec2:DescribeInstances"], undefined],
    [["ec2:TerminateInstances"], ["z"]],
  ]);
  assert.deepEqual(inputs[2]!.ContextEntries?.map(({ ContextKeyName }) => ContextKeyName), ["aws:ResourceTag/a"]);
  assert.deepEqual(decisions.map(({ action, resource }) => `${action} ${resource}`).sort(), [
    "ec2:DescribeInstances *",
    "ec2:TerminateInstances z",
    "s3:GetObject x",
    "s3:GetObject y",
    "s3:PutObject x",
    "s3:PutObject y",
  ]);
});

Deno.test("actions that IAM refuses to simulate together are asked apart", async () => {
  const { inputs, port } = fakeIam((input) => {
    if (input.ActionNames.length > 1 && input.ActionNames.includes("iam:PassRole")) {
      const message = "Invalid Input Actions: [a] and [b] require different authorization information.";
      throw Object.assign(new Error(message), { name: "InvalidInput" });
    }
    return allowed(input);
  });
  const actions = ["iam:GetRole", "iam:TagRole", "iam:PassRole", "iam:CreateRole"];
  const decisions = await port.simulate(role, actions.map((action) => ({ action, resources: ["r"] })));
  assert.deepEqual(decisions.map(({ action }) => action), actions);
  assert.deepEqual(inputs.map(({ ActionNames }) => ActionNames.length), [4, 2, 2, 1, 1]);
});

Deno.test("later pages are read, and a denial that hangs on an unknown condition is none", async () => {
  const { port } = fakeIam(({ Marker }) => {
    const result = (EvalActionName: string, EvalDecision: string, MissingContextValues: string[] = []) => {
      return { EvalActionName, EvalDecision, EvalResourceName: "*", MissingContextValues };
    };
    return Marker ? { EvaluationResults: [result("ec2:C", "explicitDeny", ["aws:MultiFactorAuthPresent"])] } : {
      EvaluationResults: [result("ec2:A", "implicitDeny"), result("ec2:B", "allowed", ["aws:x"])],
      IsTruncated: true,
      Marker: "1",
    };
  });
  const decisions = await port.simulate(
    role,
    ["ec2:A", "ec2:B", "ec2:C"].map((action) => ({ action, resources: ["*"] })),
  );
  assert.deepEqual(decisions.map(({ action, decision }) => [action, decision]), [
    ["ec2:A", "denied"],
    ["ec2:B", "allowed"],
    ["ec2:C", "unsure"],
  ]);
});

Deno.test("a refusal of the simulation itself names it", async () => {
  const { port } = fakeIam(() => {
    throw Object.assign(new Error("not authorized to perform: iam:SimulatePrincipalPolicy"), { name: "AccessDenied" });
  });
  await assert.rejects(port.simulate(role, [{ action: "ec2:A", resources: ["*"] }]), {
    code: "AWS_DENIED",
    message: /^Cannot call iam:SimulatePrincipalPolicy for arn:aws:iam::123456789012:role\/ci/,
  });
});

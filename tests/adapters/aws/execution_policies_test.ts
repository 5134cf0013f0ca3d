import assert from "node:assert/strict";
import { IAMClient } from "@aws-sdk/client-iam";
import type { Clients } from "../../../lib/adapters/aws/clients.ts";
import { attachedPolicies, ensurePolicies } from "../../../lib/adapters/aws/execution_policies.ts";

const place = { account: "123456789012", partition: "aws" };

interface Input {
  readonly PolicyName?: string;
  readonly Path?: string;
  readonly RoleName?: string;
  readonly Tags?: readonly { readonly Key: string }[];
}

/** An IAM that answers with what `answer` says, or refuses with the name that it gives. */
function clientsOf(answer: (input: Input) => object | string) {
  const inputs: Input[] = [];
  const client = Object.assign(Object.create(IAMClient.prototype), {
    send: ({ input }: { readonly input: Input }) => {
      inputs.push(input);
      const answered = answer(input);
      if (typeof answered !== "string") return Promise.resolve(answered);
      return Promise.reject(Object.assign(new Error(answered), { name: answered, $metadata: {} }));
    },
  });
  return { inputs, clients: { region: "us-west-2", iam: () => Promise.resolve(client) } as unknown as Clients };
}

Deno.test("the role's policies are those that are attached; a role that is missing or not to be read has none to tell", async () => {
  const arns = ["arn:aws:iam::aws:policy/AdministratorAccess"];
  const found = clientsOf(() => ({ AttachedPolicies: arns.map((PolicyArn) => ({ PolicyArn })) }));
  assert.deepEqual(await attachedPolicies(found.clients, place.account), arns);
  assert.deepEqual(found.inputs.map(({ RoleName }) => RoleName), [
    "cdk-hnb659fds-cfn-exec-role-123456789012-us-west-2",
  ]);
  for (const refusal of ["NoSuchEntity", "AccessDenied"]) {
    assert.equal(await attachedPolicies(clientsOf(() => refusal).clients, place.account), null);
  }
  await assert.rejects(attachedPolicies(clientsOf(() => "ServiceFailure").clients, place.account), /ServiceFailure/);
});

Deno.test("policies are created under our path with our tag, and an interrupted bootstrap's are taken up", async () => {
  const { clients, inputs } = clientsOf(({ PolicyName, Path }) => {
    return PolicyName === "one"
      ? "EntityAlreadyExists"
      : { Policy: { Arn: `arn:aws:iam::1:policy${Path}${PolicyName}` } };
  });
  const policies = ["one", "two"].map((name) => ({ name, document: "{}" }));
  assert.deepEqual(await ensurePolicies(clients, place, policies), [
    "arn:aws:iam::123456789012:policy/unitune/one",
    "arn:aws:iam::1:policy/unitune/two",
  ]);
  assert.ok(inputs.every(({ Tags }) => Tags?.[0]?.Key === "unitune:bootstrap"));
});

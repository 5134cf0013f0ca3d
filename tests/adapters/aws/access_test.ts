/** Access entries and their policies, however many pages EKS answers in. */
import assert from "node:assert/strict";
import { access } from "../../../lib/adapters/aws/access.ts";
import type { Clients } from "../../../lib/adapters/aws/clients.ts";
import { clusterAdminPolicy } from "../../../lib/core/names.ts";

const role = "arn:aws-cn:iam::123456789012:role/ops";

interface Request {
  readonly constructor: { readonly name: string };
  readonly input: { readonly nextToken?: string };
}

Deno.test("an entry is an admin's if any page of its policies says so", async () => {
  const answers: Readonly<Record<string, (token?: string) => unknown>> = {
    ListAccessEntriesCommand: (token) => token ? { accessEntries: [role] } : { accessEntries: [], nextToken: "2" },
    DescribeAccessEntryCommand: () => ({ accessEntry: { principalArn: role, type: "STANDARD", tags: {} } }),
    ListAssociatedAccessPoliciesCommand: (token) =>
      token
        ? {
          associatedAccessPolicies: [{
            policyArn: "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
            accessScope: { type: "cluster" },
          }],
        }
        : { associatedAccessPolicies: [], nextToken: "2" },
  };
  const { EKSClient } = await import("@aws-sdk/client-eks");
  const client = new EKSClient({ region: "cn-north-1" });
  client.send =
    ((command: Request) =>
      Promise.resolve(answers[command.constructor.name]!(command.input.nextToken))) as typeof client.send;
  const entries = await access({ eks: () => Promise.resolve(client) } as unknown as Clients).accessEntries("acme");
  assert.deepEqual(entries, [{ principalArn: role, ours: false, purpose: null, isAdmin: true }]);
  assert.equal(clusterAdminPolicy("aws-cn"), "arn:aws-cn:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy");
});

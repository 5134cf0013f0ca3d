/** The policies of the role that CloudFormation uses: those that it has, and those that a bootstrap by unitune gives it. */
import { type AttachedPolicy, CreatePolicyCommand, paginateListAttachedRolePolicies } from "@aws-sdk/client-iam";
import { EXECUTION_PATH } from "../../core/names.ts";
import type { ExecutionPolicy, Identity } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { isAwsError, orNull } from "./errors.ts";
import { itemsOf } from "./pages.ts";

type Place = Pick<Identity, "account" | "partition">;

/** ARNs of the policies that the role has; `null` if there is no such role, or the caller may not read it. */
export async function attachedPolicies(clients: Pick<Clients, "iam" | "region">, account: string): Promise<
  string[] | null
> {
  const client = await clients.iam(), RoleName = `cdk-hnb659fds-cfn-exec-role-${account}-${clients.region}`;
  const unread = (error: unknown) => isAwsError(error, "NoSuchEntity", "AccessDenied");
  return await orNull(unread, () => {
    const pages = paginateListAttachedRolePolicies({ client }, { RoleName });
    return itemsOf(pages, ({ AttachedPolicies = [] }): string[] => {
      return AttachedPolicies.flatMap(({ PolicyArn }: AttachedPolicy) => PolicyArn ?? []);
    });
  });
}

/** Creates those that are missing; returns the ARNs of all. An earlier bootstrap may have been interrupted. */
export async function ensurePolicies(
  clients: Pick<Clients, "iam" | "region">,
  { account, partition }: Place,
  policies: readonly ExecutionPolicy[],
): Promise<string[]> {
  const client = await clients.iam(), arns: string[] = [];
  for (const { name, document } of policies) {
    const made = await orNull((error) => isAwsError(error, "EntityAlreadyExists"), () => {
      return client.send(
        new CreatePolicyCommand({
          PolicyName: name,
          Path: EXECUTION_PATH,
          PolicyDocument: document,
          Description: "What CloudFormation may do to deploy clusters of unitune; attached by unitune's bootstrap",
          Tags: [{ Key: "unitune:bootstrap", Value: clients.region }],
        }),
      );
    });
    arns.push(made?.Policy?.Arn ?? `arn:${partition}:iam::${account}:policy${EXECUTION_PATH}${name}`);
  }
  return arns;
}

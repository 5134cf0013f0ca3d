/** IAM's policy simulation: what the policies of a user or a role allow, without making the calls. */
import type {
  IAMClient,
  SimulatePrincipalPolicyCommandInput,
  SimulatePrincipalPolicyCommandOutput,
} from "@aws-sdk/client-iam";
import pLimit from "p-limit";
import type { Decision, Permission, PermissionsPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, isAwsError } from "./errors.ts";
import { itemsOf } from "./pages.ts";

/** IAM throttles simulations long before it throttles reads. */
const AT_ONCE = 4;

export function permissions(clients: Pick<Clients, "iam">): PermissionsPort {
  return {
    simulate: (principalArn, permissions) =>
      calling("iam:SimulatePrincipalPolicy", principalArn, async () => {
        const iam = await clients.iam();
        const limit = pLimit(AT_ONCE);
        // Each action is simulated on each resource of its request, so actions with the same resources share a request.
        const groups = Map.groupBy(permissions, ({ resources, when = {} }) => JSON.stringify([resources, when]));
        const asked = [...groups.values()].map((group) => limit(() => simulate(iam, principalArn, group)));
        return (await Promise.all(asked)).flat();
      }),
  };
}

async function simulate(iam: IAMClient, principalArn: string, group: readonly Permission[]): Promise<Decision[]> {
  try {
    return await ask(iam, principalArn, group);
  } catch (error) {
    // Actions that "require different authorization information" need separate requests, and only IAM knows which do.
    if (group.length === 1 || !isAwsError(error, "InvalidInput")) throw error;
    const half = Math.ceil(group.length / 2);
    return [
      ...await simulate(iam, principalArn, group.slice(0, half)),
      ...await simulate(iam, principalArn, group.slice(half)),
    ];
  }
}

async function ask(iam: IAMClient, PolicySourceArn: string, group: readonly Permission[]): Promise<Decision[]> {
  const { paginateSimulatePrincipalPolicy } = await import("@aws-sdk/client-iam");
  const { resources, when = {} } = group[0]!;
  const input: SimulatePrincipalPolicyCommandInput = {
    PolicySourceArn,
    ActionNames: group.map(({ action }) => action),
    ...(resources.includes("*") ? {} : { ResourceArns: [...resources] }),
    ContextEntries: Object.values(when).flatMap((keys) => Object.entries(keys)).map(([ContextKeyName, values]) => {
      return { ContextKeyName, ContextKeyType: "string", ContextKeyValues: [values].flat().slice(0, 1) };
    }),
  };
  return await itemsOf(paginateSimulatePrincipalPolicy({ client: iam }, input), decided);
}

/**
 * Identity policies, permission boundaries and (mostly) service control policies count; session policies and policies
 * of resources do not. A denial that depends on an unknown condition key (MFA, source address) does not count, because
 * the call itself may be allowed.
 */
function decided({ EvaluationResults = [] }: SimulatePrincipalPolicyCommandOutput): Decision[] {
  const sort = (decision: string | undefined, missing: readonly string[] = []): Decision["decision"] => {
    return decision === "allowed" ? "allowed" : missing.length > 0 ? "unsure" : "denied";
  };
  return EvaluationResults.flatMap((result): Decision[] => {
    const action = result.EvalActionName ?? "";
    const each = result.ResourceSpecificResults ?? [];
    if (each.length === 0) {
      const resource = result.EvalResourceName ?? "*";
      return [{ action, resource, decision: sort(result.EvalDecision, result.MissingContextValues) }];
    }
    return each.map((specific) => ({
      action,
      resource: specific.EvalResourceName ?? "*",
      decision: sort(specific.EvalResourceDecision, specific.MissingContextValues),
    }));
  });
}

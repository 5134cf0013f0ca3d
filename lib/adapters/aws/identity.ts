import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { IdentityPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling } from "./errors.ts";

const SESSION = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\/.+$/;

export function identity(clients: Clients): IdentityPort {
  return {
    caller: async () => {
      const sts = await clients.sts();
      const { Account, Arn } = await calling("sts:GetCallerIdentity", "the caller", () => {
        return sts.send(new GetCallerIdentityCommand({}));
      });
      const arn = Arn ?? "";
      return {
        account: Account ?? "",
        partition: arn.split(":")[1] ?? "aws",
        principalArn: SESSION.test(arn) ? await roleArn(clients, arn) : arn,
      };
    },
  };
}

/** EKS knows a role by its ARN with its path, which a session's ARN does not have: IAM is asked. */
async function roleArn(clients: Clients, session: string): Promise<string> {
  const [, partition, account, role] = SESSION.exec(session)!;
  const { GetRoleCommand } = await import("@aws-sdk/client-iam");
  try {
    const found = await (await clients.iam()).send(new GetRoleCommand({ RoleName: role! }));
    if (found.Role?.Arn) return found.Role.Arn;
  } catch {
    // Without iam:GetRole the path cannot be known; most roles have none.
  }
  return `arn:${partition}:iam::${account}:role/${role}`;
}

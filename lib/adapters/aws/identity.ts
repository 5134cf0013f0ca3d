import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Identity, IdentityPort } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { calling, isAwsError, orNull, sortOf } from "./errors.ts";

const SESSION = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\/.+$/;

/** The caller is asked for once. `note` receives a message if the role's path had to be guessed. */
export function identity(clients: Clients, note: (message: string) => void = () => undefined): IdentityPort {
  let known: Promise<Identity> | undefined;
  return {
    caller: () => {
      known ??= readCaller(clients, note).catch((error) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}

async function readCaller(clients: Clients, note: (message: string) => void): Promise<Identity> {
  const sts = await clients.sts();
  const { Account, Arn } = await calling("sts:GetCallerIdentity", "the caller", () => {
    return sts.send(new GetCallerIdentityCommand({}));
  });
  const arn = Arn ?? "";
  return {
    account: Account ?? "",
    partition: arn.split(":")[1] ?? "aws",
    principalArn: SESSION.test(arn) ? await roleArn(clients, arn, note) : arn,
  };
}

/** EKS needs a role's ARN with its path. A session's ARN does not have it, so IAM is asked. */
async function roleArn(clients: Clients, session: string, note: (message: string) => void): Promise<string> {
  const [, partition, account, role] = SESSION.exec(session)!;
  const { GetRoleCommand } = await import("@aws-sdk/client-iam");
  const isUnreadable = (error: unknown) => isAwsError(error, "NoSuchEntity") || sortOf(error)?.code === "AWS_DENIED";
  const found = await calling("iam:GetRole", role!, async () => {
    const iam = await clients.iam();
    return await orNull(isUnreadable, () => iam.send(new GetRoleCommand({ RoleName: role! })));
  });
  if (found?.Role?.Arn) return found.Role.Arn;
  const guess = `arn:${partition}:iam::${account}:role/${role}`;
  note(`the path of role ${role} cannot be read without iam:GetRole: assuming ${guess}`);
  return guess;
}

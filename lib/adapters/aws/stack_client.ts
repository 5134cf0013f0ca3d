/** Reads CloudFormation and the bootstrap's parameter, without the toolkit, which is slow to load. */
import { DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { messageOf } from "../../core/errors.ts";
import type { Identity } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { isAwsError, orNull } from "./errors.ts";

interface StackState {
  /** `CREATE_COMPLETE`, … */
  readonly status: string;
  readonly reason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StackClient {
  /** `null` if there is no such stack. */
  describe(stack: string): Promise<StackState | null>;
  /** Version of the CDK bootstrap; `null` if the region has none. */
  bootstrapVersion(): Promise<number | null>;
  /** The account and the partition of the credentials. */
  place(): Promise<Pick<Identity, "account" | "partition">>;
}

const VERSION_PARAMETER = "/cdk-bootstrap/hnb659fds/version";

export function stackClient(clients: Pick<Clients, "cloudFormation" | "ssm" | "sts">): StackClient {
  return {
    describe: async (stack) => {
      const client = await clients.cloudFormation();
      const found = await orNull(isNoStack, () => client.send(new DescribeStacksCommand({ StackName: stack })));
      const [state] = found?.Stacks ?? [];
      return state ? stateOf(state) : null;
    },
    bootstrapVersion: async () => {
      const client = await clients.ssm();
      const found = await orNull((error) => isAwsError(error, "ParameterNotFound"), () => {
        return client.send(new GetParameterCommand({ Name: VERSION_PARAMETER }));
      });
      return found ? Number(found.Parameter?.Value) : null;
    },
    place: async () => {
      const { Account, Arn } = await (await clients.sts()).send(new GetCallerIdentityCommand({}));
      return { account: Account!, partition: Arn!.split(":")[1]! };
    },
  };
}

function stateOf({ StackStatus, StackStatusReason, Outputs }: Stack): StackState {
  const outputs = (Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!] as const);
  return { status: StackStatus!, reason: StackStatusReason, outputs: Object.fromEntries(outputs) };
}

export function isNoStack(error: unknown): boolean {
  return isAwsError(error, "ValidationError") && messageOf(error).includes("does not exist");
}

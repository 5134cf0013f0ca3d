/** Reads CloudFormation and the bootstrap's parameter, without the toolkit, which is slow to load. */
import type { Stack } from "@aws-sdk/client-cloudformation";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { Identity } from "../../core/ports.ts";
import type { Clients } from "./clients.ts";
import { isAwsError, orNull } from "./errors.ts";
import { StackReads } from "./stack_reads.ts";

interface StackState {
  /** `CREATE_COMPLETE`, … */
  readonly status: string;
  readonly reason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StackClient {
  /** As it is now; `null` if there is no such stack. */
  describe(stack: string): Promise<StackState | null>;
  /** As it was within the last seconds. */
  recent(stack: string): Promise<StackState | null>;
  /** Call it before and after a change of any stack. */
  forget(): void;
  /** Version of the CDK bootstrap; `null` if the region has none. */
  bootstrapVersion(): Promise<number | null>;
  /** The account and the partition of the credentials. */
  place(): Promise<Pick<Identity, "account" | "partition">>;
}

const VERSION_PARAMETER = "/cdk-bootstrap/hnb659fds/version";

export function stackClient(clients: Pick<Clients, "cloudFormation" | "ssm" | "sts">): StackClient {
  const reads = StackReads.of(clients), orAbsent = (stack: Stack | null) => stack && stateOf(stack);
  return {
    describe: async (stack) => orAbsent(await reads.now(stack)),
    recent: async (stack) => orAbsent(await reads.recent(stack)),
    forget: () => reads.forget(),
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

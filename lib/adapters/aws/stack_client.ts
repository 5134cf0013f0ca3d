/** What CloudFormation and the bootstrap's parameter say now: reads only, without the toolkit, which is slow to load. */
import { CloudFormationClient, DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { FetchHttpHandler } from "@smithy/fetch-http-handler";

interface StackState {
  /** `CREATE_COMPLETE`, … */
  readonly status: string;
  readonly reason: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface StackClient {
  /** `null` when there is no such stack. */
  describe(stack: string): Promise<StackState | null>;
  /** Version of the CDK bootstrap, `null` when the region has none. */
  bootstrapVersion(): Promise<number | null>;
  account(): Promise<string>;
}

const VERSION_PARAMETER = "/cdk-bootstrap/hnb659fds/version";

export function stackClient({ region, profile }: { region: string; profile?: string | undefined }): StackClient {
  // fetch in place of node:http, whose kept-alive connections break on the Deno that the program is compiled with.
  const options = {
    region,
    credentials: fromNodeProviderChain(profile ? { profile } : {}),
    requestHandler: new FetchHttpHandler(),
  };
  const cloudFormation = new CloudFormationClient(options);
  return {
    describe: async (stack) => {
      const found = await absent(cloudFormation.send(new DescribeStacksCommand({ StackName: stack })), isNoStack);
      const [state] = found?.Stacks ?? [];
      return state ? stateOf(state) : null;
    },
    bootstrapVersion: async () => {
      const request = new SSMClient(options).send(new GetParameterCommand({ Name: VERSION_PARAMETER }));
      const found = await absent(request, (error) => (error as Error).name === "ParameterNotFound");
      return found ? Number(found.Parameter?.Value) : null;
    },
    account: async () => (await new STSClient(options).send(new GetCallerIdentityCommand({}))).Account!,
  };
}

function stateOf({ StackStatus, StackStatusReason, Outputs }: Stack): StackState {
  const outputs = (Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!] as const);
  return { status: StackStatus!, reason: StackStatusReason, outputs: Object.fromEntries(outputs) };
}

function isNoStack(error: unknown): boolean {
  const { name, message } = error as Error;
  return name === "ValidationError" && message.includes("does not exist");
}

async function absent<T>(request: Promise<T>, isAbsence: (error: unknown) => boolean): Promise<T | null> {
  try {
    return await request;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

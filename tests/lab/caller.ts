/** Who calls: a role of a test's own in an emulator, with policies and nothing else, held to them in every call. */
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { PolicyDocument } from "../../lib/mod.ts";
import { askLab } from "./aws/raw.ts";
import type { Emulator } from "./aws/emulator.ts";
import { region } from "./layout.ts";
import type { Call, KnownSession, Request } from "./permissions.ts";
import { callsOf } from "./permissions.ts";

const ROOT = { accessKeyId: "test", secretAccessKey: "test" };

/** A client's options for the account's root. */
export function rootClient({ url }: Pick<Emulator, "url">) {
  return { endpoint: url, region, credentials: ROOT, maxAttempts: 1, forcePathStyle: true };
}

export interface Caller {
  readonly roleArn: string;
  readonly accessKey: string;
  /** What a program is given to be this caller. */
  readonly env: Readonly<Record<string, string>>;
  /** One more policy. */
  allow(...policies: readonly PolicyDocument[]): Promise<void>;
}

export async function signIn(
  emulator: Pick<Emulator, "url" | "account">,
  RoleName: string,
  policies: readonly PolicyDocument[],
): Promise<Caller> {
  const iam = new IAMClient(rootClient(emulator));
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName,
      Path: "/ci/",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${emulator.account}:root` },
          Action: "sts:AssumeRole",
        }],
      }),
      Tags: [{ Key: "unitune-lab:enforced", Value: "true" }],
    }),
  );
  let made = 0;
  const allow = async (...documents: readonly PolicyDocument[]) => {
    for (const document of documents) {
      const PolicyDocument = JSON.stringify(document);
      const PolicyName = `${RoleName}-${++made}`;
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy!.Arn }));
    }
  };
  await allow(...policies);
  const roleArn = Role!.Arn!;
  const { Credentials } = await new STSClient(rootClient(emulator)).send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "test" }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
  return {
    roleArn,
    accessKey: AccessKeyId!,
    env: {
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY_ID: AccessKeyId!,
      AWS_SECRET_ACCESS_KEY: SecretAccessKey!,
      AWS_SESSION_TOKEN: SessionToken!,
      AWS_REGION: region,
      AWS_EC2_METADATA_DISABLED: "true",
    },
    allow,
  };
}

/** The requests since the trace was cleared last. */
export async function requestsOf({ url }: Pick<Emulator, "url">): Promise<Request[]> {
  return (await askLab(url, "GET", "requests")).requests;
}

export async function clearRequests({ url }: Pick<Emulator, "url">): Promise<void> {
  await askLab(url, "DELETE", "requests");
}

/** Runs a command, and says what it called as this caller. */
export async function recording<T>(
  command: string,
  emulator: Pick<Emulator, "url">,
  caller: Caller,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly calls: readonly Call[] }> {
  const before = (await requestsOf(emulator)).length;
  const result = await run();
  const { sessions } = await askLab(emulator.url, "GET", "sessions") as { sessions: KnownSession[] };
  const requests = (await requestsOf(emulator)).slice(before);
  return { result, calls: callsOf(command, requests, caller.accessKey, sessions) };
}

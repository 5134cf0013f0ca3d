/** Signs in as the AWS CLI does: environment, profiles, SSO, web identity, container, instance. */
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import { parseKnownFiles } from "@smithy/shared-ini-file-loader";
import type { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { SHELL, SHELL_FLAG } from "../../core/facts/shell.ts";
import { isUnituneError, messageOf, UnituneError } from "../../core/errors.ts";
import { sortOf } from "./errors.ts";

/** Gives the credentials, which it keeps until they are about to expire. */
export type Credentials = ReturnType<typeof fromNodeProviderChain>;

interface SignIn {
  readonly region: string;
  /** Profile of the AWS config files; `undefined` for the default or the environment's. */
  readonly profile: string | undefined;
  readonly requestHandler: FetchHttpHandler;
  /** Receives what the SDK warns of. */
  readonly warn: (message: string) => void;
}

export function signIn({ region, profile, requestHandler, warn }: SignIn): Credentials {
  const ignore = () => undefined;
  const chain = fromNodeProviderChain({
    // Not as `clientConfig.region`, which would win over the region of an SSO session.
    parentClientConfig: { region },
    clientConfig: { requestHandler },
    mfaCodeProvider: refuseMfa,
    // The SDK would otherwise write to the console.
    logger: { debug: ignore, info: ignore, error: ignore, warn: (text: string) => warn(plainWarning(text)) },
    ...(profile && { profile }),
  });
  return async (options) => {
    try {
      return await chain(options);
    } catch (error) {
      throw await signInError(error, profile);
    }
  };
}

function plainWarning(text: string): string {
  if (/Multiple credential sources/.test(text)) {
    return "both AWS_PROFILE and AWS_ACCESS_KEY_ID are set: unitune uses the profile; unset the other";
  }
  return `the AWS SDK: ${text.trim().replace(/\s+/g, " ")}`;
}

function refuseMfa(device: string): Promise<never> {
  const message = `Cannot sign in with an MFA code of ${device}: unitune does not ask for one`;
  const hint = "Get a session first: aws sso login, or aws sts get-session-token";
  return Promise.reject(new UnituneError("AWS_MFA", message, { hint }));
}

/** An outage while signing in stays an outage; everything else names the profile and where its name comes from. */
async function signInError(error: unknown, profile: string | undefined): Promise<unknown> {
  if (isUnituneError(error) || !["AWS_CREDENTIALS", undefined].includes(sortOf(error)?.code)) return error;
  const message = messageOf(error).trim().replace(/\s+/g, " ").replace(/\.$/, "");
  return new UnituneError("AWS_CREDENTIALS", `Cannot sign in with ${sourceOf(profile)}: ${message}`, {
    hint: await hintFor(message, profile ?? Deno.env.get("AWS_PROFILE")),
    cause: error,
  });
}

function sourceOf(profile: string | undefined): string {
  const named = Deno.env.get("AWS_PROFILE");
  if (profile) return `profile "${profile}" (--profile)`;
  if (named) return `profile "${named}" (AWS_PROFILE)`;
  return Deno.env.has("AWS_ACCESS_KEY_ID")
    ? "the key in AWS_ACCESS_KEY_ID"
    : 'the environment, profile "default", or the role of this machine';
}

async function hintFor(message: string, profile: string | undefined): Promise<string> {
  const of = profile ? ` --profile ${profile}` : "";
  if (/\bSSO\b|sso login/i.test(message)) return `Sign in again: aws sso login${of}`;
  if (await isProcessDenied(profile)) {
    return `Let unitune run the profile's credential_process: ${SHELL_FLAG}; or let the AWS CLI run it: ` +
      `eval "$(aws configure export-credentials${of} --format env)"`;
  }
  return sortOf(Object.assign(new Error(), { name: "CredentialsProviderError" }))!.hint("");
}

/** Whether the profile's credentials come from a command that this program may not start. The SDK does not say. */
async function isProcessDenied(profile = "default"): Promise<boolean> {
  if (Deno.permissions.querySync({ name: "run", command: SHELL }).state === "granted") return false;
  const { [profile]: found } = await parseKnownFiles({});
  return found?.["credential_process"] !== undefined;
}

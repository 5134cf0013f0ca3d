/** Signs in as the AWS CLI does: environment, profiles, SSO, web identity, container, instance. */
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";
import type { FetchHttpHandler } from "@smithy/fetch-http-handler";
import { UnituneError } from "../../core/errors.ts";

/** Gives the credentials, which it keeps until they are about to expire. */
export type Credentials = ReturnType<typeof fromNodeProviderChain>;

interface SignIn {
  readonly region: string;
  /** Profile of the AWS config files; `undefined` for the default or the environment's. */
  readonly profile: string | undefined;
  readonly requestHandler: FetchHttpHandler;
}

export function signIn({ region, profile, requestHandler }: SignIn): Credentials {
  return fromNodeProviderChain({
    // Not as `clientConfig.region`, which would win over the region of an SSO session.
    parentClientConfig: { region },
    clientConfig: { requestHandler },
    mfaCodeProvider: refuseMfa,
    ...(profile && { profile }),
  });
}

function refuseMfa(device: string): Promise<never> {
  const message = `Cannot sign in with an MFA code of ${device}: unitune does not ask for one`;
  const hint = "Get a session first: aws sso login, or aws sts get-session-token";
  return Promise.reject(new UnituneError("AWS_MFA", message, { hint }));
}

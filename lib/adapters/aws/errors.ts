/** AWS errors as ours: the operation, the resource, AWS's own code and the next step. */
import { EXIT, messageOf, UnituneError } from "../../core/errors.ts";

/** The code of an AWS error, whatever client it came from. */
export function codeOf(error: unknown): string {
  const { name, Code } = (error ?? {}) as { name?: string; Code?: string };
  return Code ?? name ?? "";
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /CredentialsProvider|CredentialsError/,
    "Sign in (aws sso login, AWS_PROFILE or AWS_ACCESS_KEY_ID; aws configure export-credentials for a credential_process)",
  ],
  [
    /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|RequestExpired/,
    "Sign in again: these credentials are no longer taken",
  ],
  [/AccessDenied|UnauthorizedOperation|NotAuthorized/, "Ask for this action, or use another --profile"],
  [/Throttl|RequestLimitExceeded|SlowDown/, "Wait a moment and run the same command again"],
  [
    /TypeError|TimeoutError|NetworkingError|ECONN/,
    "No answer came: check the network, and AWS_ENDPOINT_URL if it is set",
  ],
];

/** Runs an operation; what AWS throws comes out as an `UnituneError` that names it. */
export async function calling<T>(operation: string, resource: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const code = codeOf(error);
    throw new UnituneError("AWS_CALL", `Cannot call ${operation} for ${resource}: ${code}: ${messageOf(error)}`, {
      path: resource,
      hint: HINTS.find(([pattern]) => pattern.test(code))?.[1],
      exit: EXIT.aws,
      cause: error,
    });
  }
}

/** The same, with `null` for an error of one of these codes. */
export async function callingOrNull<T>(
  operation: string,
  resource: string,
  absent: readonly string[],
  call: () => Promise<T>,
): Promise<T | null> {
  return await calling(operation, resource, () =>
    call().catch((error) => {
      if (absent.includes(codeOf(error))) return null;
      throw error;
    }));
}

/** AWS errors as ours: the operation, the resource, AWS's own code and the next step. */
import { type ErrorCode, isUnituneError, messageOf, UnituneError } from "../../core/errors.ts";
import { NO_ANSWER } from "./transport.ts";

/** The code of an AWS error, whatever client it came from. */
export function codeOf(error: unknown): string {
  const { name, Code } = (error ?? {}) as { name?: string; Code?: string };
  return Code ?? name ?? "";
}

interface Sort {
  readonly code: Extract<ErrorCode, `AWS_${string}`>;
  readonly matches: RegExp;
  readonly hint: (denied: string) => string;
}

const SORTS: readonly Sort[] = [
  {
    code: "AWS_CREDENTIALS",
    matches: /CredentialsProvider|CredentialsError|TokenProviderError/,
    hint: () =>
      "Sign in (aws sso login, AWS_PROFILE or AWS_ACCESS_KEY_ID; aws configure export-credentials for a credential_process)",
  },
  {
    code: "AWS_CREDENTIALS",
    matches:
      /ExpiredToken|InvalidClientTokenId|InvalidToken|InvalidAccessKeyId|UnrecognizedClient|RequestExpired|SignatureDoesNotMatch|AuthFailure/,
    hint: () => "Sign in again: these credentials are no longer taken",
  },
  {
    code: "AWS_DENIED",
    matches: /AccessDenied|UnauthorizedOperation|NotAuthorized|^Forbidden$|^403$/,
    hint: (action) => `Ask for ${action}, or use another --profile`,
  },
  {
    code: "AWS_BUSY",
    matches: /Throttl|RequestLimitExceeded|SlowDown|TooManyRequests/,
    hint: () => "Wait a moment and run the same command again",
  },
  {
    code: "AWS_UNREACHABLE",
    matches: new RegExp(`^(${NO_ANSWER}|TimeoutError)$`),
    hint: () => "No request was answered: check the network, the region, and AWS_ENDPOINT_URL if it is set",
  },
];

/** Runs an operation; what AWS throws comes out as an `UnituneError` that names it. */
export async function calling<T>(operation: string, resource: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isUnituneError(error)) throw error;
    const name = codeOf(error);
    const sort = SORTS.find(({ matches }) => matches.test(name));
    throw new UnituneError(
      sort?.code ?? "AWS_CALL",
      `Cannot call ${operation} for ${resource}: ${name}: ${messageOf(error)}`,
      { path: resource, hint: sort?.hint(deniedAction(error) ?? operation), cause: error },
    );
  }
}

/** The action that AWS names in a refusal: not always the one of the call. */
function deniedAction(error: unknown): string | undefined {
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(messageOf(error))?.[1];
}

/** The same, with `null` for an error of one of these codes. */
export async function callingOrNull<T>(
  operation: string,
  resource: string,
  absent: readonly string[],
  call: () => Promise<T>,
): Promise<T | null> {
  return await calling(operation, resource, async () => {
    try {
      return await call();
    } catch (error) {
      if (absent.includes(codeOf(error))) return null;
      throw error;
    }
  });
}

/** Translates AWS errors into ours: operation, resource, AWS's code, next step. The only place that classifies them. */
import { type ErrorCode, isUnituneError, messageOf, UnituneError } from "../../core/errors.ts";
import { NO_ANSWER, WEB_PAGE } from "./transport.ts";

/** The code of an AWS error, from any client. */
function codeOf(error: unknown): string {
  const { name, Code } = (error ?? {}) as { name?: string; Code?: string };
  return Code ?? name ?? "";
}

/** Whether the error has one of these codes. Some services add `Exception` to a code that others use without it. */
export function isAwsError(error: unknown, ...codes: readonly string[]): boolean {
  const plain = (code: string) => code.replace(/Exception$/, "");
  return codes.some((code) => plain(code) === plain(codeOf(error)));
}

/** Whether AWS refuses because something still uses the resource. */
export function isInUse(error: unknown): boolean {
  return /DependencyViolation|InUse/.test(codeOf(error));
}

/** Whether the resource of the call does not exist. */
export function isNotFound(error: unknown): boolean {
  return /NotFound|NoSuchEntity/.test(codeOf(error));
}

interface AwsSort {
  readonly code: Extract<ErrorCode, `AWS_${string}`>;
  /** The next step. `action` is the action of the call, unless AWS names another. */
  readonly hint: (action: string) => string;
}

interface Rule extends AwsSort {
  readonly names: RegExp;
  /** Matches messages of the toolkit and of runtimes, whose error names say nothing. */
  readonly messages?: RegExp;
}

const RULES: readonly Rule[] = [
  {
    code: "AWS_CREDENTIALS",
    names: /CredentialsProvider|CredentialsError|TokenProviderError/,
    messages: /CredentialsProviderError|NoCredentials|Unable to resolve AWS account/,
    hint: () => "Sign in (aws sso login, AWS_PROFILE or AWS_ACCESS_KEY_ID), or name a profile with --profile",
  },
  {
    code: "AWS_CREDENTIALS",
    names:
      /ExpiredToken|InvalidClientTokenId|InvalidToken|InvalidAccessKeyId|UnrecognizedClient|RequestExpired|SignatureDoesNotMatch|AuthFailure|AuthenticationError/,
    messages: /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch/,
    hint: () => "Sign in again: AWS no longer accepts these credentials",
  },
  {
    code: "AWS_DENIED",
    names: /AccessDenied|UnauthorizedOperation|NotAuthorized|^Forbidden$|^403$/,
    messages: /AccessDenied|UnauthorizedOperation|not authorized to perform/,
    hint: (action) => `Get permission for ${action}, or use another --profile`,
  },
  {
    code: "AWS_BUSY",
    names: /Throttl|RequestLimitExceeded|SlowDown|TooManyRequests/,
    hint: () => "Wait a moment, then run the same command again",
  },
  {
    code: "AWS_UNREACHABLE",
    names: new RegExp(`^${WEB_PAGE}$`),
    hint: () =>
      "Something between this machine and AWS answered: sign in to the network, or check HTTPS_PROXY and NO_PROXY",
  },
  {
    code: "AWS_UNREACHABLE",
    names: new RegExp(`^(${NO_ANSWER}|TimeoutError)$`),
    messages: /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|error sending request|dns error/,
    hint: () =>
      "AWS did not answer: check the network, the region, and HTTPS_PROXY and AWS_ENDPOINT_URL if they are set",
  },
];

/** The class of an AWS error, or of its cause; `undefined` if it is specific to the call. */
export function sortOf(error: unknown): AwsSort | undefined {
  const chain: unknown[] = [];
  for (let at = error; at != null && chain.length < 10; at = (at as Error).cause) chain.push(at);
  const found = RULES.find(({ names }) => chain.some((one) => names.test(codeOf(one)))) ??
    RULES.find(({ messages }) => chain.some((one) => messages?.test(messageOf(one))));
  const denied = chain.map((one) => deniedAction(one)).find((action) => action !== undefined);
  return found && { code: found.code, hint: (action) => found.hint(denied ?? action) };
}

/** The action that AWS names when it denies a call, which is not always the action of the call. */
function deniedAction(error: unknown): string | undefined {
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(messageOf(error))?.[1];
}

/** Runs an operation. An error from AWS becomes a `UnituneError` that names the operation. */
export async function calling<T>(operation: string, resource: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isUnituneError(error)) throw error;
    const sort = sortOf(error);
    throw new UnituneError(
      sort?.code ?? "AWS_CALL",
      `Cannot call ${operation} for ${resource}: ${codeOf(error)}: ${messageOf(error)}`,
      { path: resource, hint: sort?.hint(operation), cause: error },
    );
  }
}

/** The same, but returns `null` for an error with one of these codes. */
export async function callingOrNull<T>(
  operation: string,
  resource: string,
  absent: readonly string[],
  call: () => Promise<T>,
): Promise<T | null> {
  return await calling(operation, resource, () => orNull((error) => isAwsError(error, ...absent), call));
}

/** The result of the call; `null` for an error which means that nothing exists. */
export async function orNull<T>(isAbsence: (error: unknown) => boolean, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

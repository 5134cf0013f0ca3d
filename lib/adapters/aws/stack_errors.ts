/** Failures of CloudFormation and of the toolkit, as errors that name the resource, the reason and the next step. */
import { type ErrorCode, isUnituneError, messageOf, UnituneError } from "../../core/errors.ts";
import type { FailedResource } from "./stack_events.ts";
import { hintFor } from "./stack_status.ts";

interface Failure {
  /** `deploy stacks acme-vpc and acme-eks` */
  readonly action: string;
  readonly error: unknown;
  /** Resources that failed, in CloudFormation's order: the first is the cause. */
  readonly failures?: readonly FailedResource[];
  /** What became of the stack that failed. */
  readonly status?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const NO_CREDENTIALS =
  /CredentialsProviderError|AuthenticationError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|NoCredentials|Unable to resolve AWS account/;
// The compiled program has no right to run another, so no `credential_process` either.
const SIGN_IN =
  "Sign in (aws sso login) or name a profile with --profile; in place of a profile's credential_process: " +
  'eval "$(aws configure export-credentials --format env)"';
const DENIED = /AccessDenied|UnauthorizedOperation|not authorized to perform/;
const UNREACHABLE = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|error sending request|TimeoutError|dns error/;

export function stackFailure({ action, error, failures = [], status, signal }: Failure): UnituneError {
  if (isUnituneError(error)) return error;
  if (signal?.aborted) return interrupted(action, error);
  const [first, ...further] = failures;
  if (first) {
    const { stack, logicalId, resourceType, reason } = first;
    return new UnituneError("STACK_FAILED", `Cannot ${action} as ${resourceType} ${logicalId} failed: ${reason}`, {
      path: `${stack}/${logicalId}`,
      hint: hintFor(status),
      lines: further.map((each) => `${each.resourceType} ${each.logicalId}: ${each.reason}`),
      cause: error,
    });
  }
  const text = causes(error);
  const [code, hint]: [ErrorCode, string | undefined] = NO_CREDENTIALS.test(text)
    ? ["AWS_CREDENTIALS", SIGN_IN]
    : DENIED.test(text)
    ? ["AWS_DENIED", "Ask for this permission, or name a profile that has it with --profile"]
    : UNREACHABLE.test(text)
    ? ["AWS_UNREACHABLE", "Look at the network, at proxies and at the region's name"]
    : ["STACK_FAILED", hintFor(status)];
  return new UnituneError(code, `Cannot ${action}: ${oneLine(error)}`, { hint, cause: error });
}

export function interrupted(action: string, cause: unknown): UnituneError {
  return new UnituneError("INTERRUPTED", `Cannot ${action}: it was interrupted`, {
    hint: "CloudFormation ends by itself what it began; the same command goes on from there",
    cause,
  });
}

/** Names and messages along the chain of causes. */
function causes(error: unknown): string {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 10; at = at.cause) texts.push(`${at.name} ${at.message}`);
  return texts.join("\n");
}

function oneLine(error: unknown): string {
  return messageOf(error).trim().replace(/\s+/g, " ").replace(/\.$/, "");
}

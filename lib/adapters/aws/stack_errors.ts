/** Turns failures of CloudFormation and the toolkit into errors that name the resource, the reason and the next step. */
import { CONFIG_PART, isUnituneError, messageOf, UnituneError } from "../../core/errors.ts";
import { sortOf } from "./errors.ts";
import type { FailedResource } from "./stack_events.ts";
import { stackState } from "../../core/stack_states.ts";

/** The part of the config that declares a resource, by the beginning of its type. */
const PARTS: readonly (readonly [string, string])[] = [
  ["AWS::EKS::Addon", "cluster.addOns"],
  ["AWS::EKS::Nodegroup", "cluster.systemNodes"],
  ["AWS::EKS::AccessEntry", "cluster.admins"],
  ["AWS::EKS::", "cluster"],
  ["AWS::EC2::PlacementGroup", "pools"],
  ["AWS::EC2::LaunchTemplate", "cluster.systemNodes"],
  ["AWS::EC2::", "network"],
  ["AWS::ECR::", "images"],
];

function partsOf(type: string): string[] {
  return PARTS.filter(([prefix]) => type.startsWith(prefix)).slice(0, 1).map(([, part]) => part);
}

interface Failure {
  /** `deploy stacks acme-vpc and acme-eks` */
  readonly action: string;
  readonly error: unknown;
  /** Failed resources, in CloudFormation's order: the first is the cause. */
  readonly failures?: readonly FailedResource[];
  /** The status of the failed stack. */
  readonly status?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function stackFailure({ action, error, failures = [], status, signal }: Failure): UnituneError {
  if (isUnituneError(error)) return error;
  if (signal?.aborted) return interrupted(action, error);
  const [first, ...further] = failures;
  if (first) {
    const { stack, logicalId, resourceType, reason } = first;
    return new UnituneError("STACK_FAILED", `Cannot ${action} as ${resourceType} ${logicalId} failed: ${reason}`, {
      path: `${stack}/${logicalId}`,
      hint: hintFor(status),
      lines: [
        ...status ? [`stack ${stack} is ${status}`] : [],
        ...partsOf(resourceType).map((part) => `${CONFIG_PART}${part}`),
        ...further.map((each) => `${each.resourceType} ${each.logicalId}: ${each.reason}`),
      ],
      cause: error,
    });
  }
  const sort = sortOf(error);
  return new UnituneError(sort?.code ?? "STACK_FAILED", `Cannot ${action}: ${oneLine(error)}`, {
    hint: sort?.hint("this permission") ?? hintFor(status),
    cause: error,
  });
}

export function interrupted(action: string, cause: unknown): UnituneError {
  return new UnituneError("INTERRUPTED", `Cannot ${action}: it was interrupted`, {
    hint: "CloudFormation finishes what it has started; run the same command again to continue",
    cause,
  });
}

function hintFor(status: string | undefined): string {
  return status ? stackState(status).hint : "Fix the cause and run the same command again";
}

function oneLine(error: unknown): string {
  // The toolkit names flags of its own command line.
  return messageOf(error).replace(/\s*\([^()]*--[^()]*\)/, "").trim().replace(/\s+/g, " ").replace(
    /\.$/,
    "",
  );
}

/** Which AWS calls a run made, against `infra/permissions.json`: pure, over what the emulator's trace tells. */
import { actionsOf, type PermissionsFile } from "../../lib/permissions/table.ts";

/** A request as the emulator's trace has it. */
export interface Request {
  readonly service: string;
  readonly action: string;
  readonly method: string;
  readonly path: string;
  /** Names of the query's parameters. */
  readonly query: readonly string[];
  readonly agent: string;
  readonly accessKey: string;
}

/** A session as the emulator knows it. */
export interface KnownSession {
  readonly accessKey: string;
  readonly arn: string;
}

/** One kind of call that one command made with the caller's own key. */
export interface Call {
  readonly command: string;
  /** `s3:HeadObject`. */
  readonly call: string;
}

/** The IAM action of each call, as AWS documents it; most have the call's own name. */
const NAMED_OTHERWISE: Readonly<Record<string, string>> = {
  "s3:HeadObject": "s3:GetObject",
  "s3:GetObject": "s3:GetObject",
  "s3:GetBucketTagging": "s3:GetBucketTagging",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:PutObject": "s3:PutObject",
  "s3:CreateMultipartUpload": "s3:PutObject",
  "s3:UploadPart": "s3:PutObject",
  "s3:CompleteMultipartUpload": "s3:PutObject",
  "s3:AbortMultipartUpload": "s3:AbortMultipartUpload",
  "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
  "s3:DeleteObject": "s3:DeleteObject",
  "s3:DeleteObjects": "s3:DeleteObject",
};
const NAMED_ALIKE: Readonly<Record<string, readonly string[]>> = {
  cloudformation: [
    "CreateChangeSet",
    "DescribeChangeSet",
    "DescribeStackEvents",
    "DescribeStacks",
    "ExecuteChangeSet",
    "ListStacks",
  ],
  ec2: [
    "DescribeAvailabilityZones",
    "DeleteLaunchTemplate",
    "DeleteNetworkInterface",
    "DeleteVolume",
    "DescribeInstanceTypeOfferings",
    "DeletePlacementGroup",
    "DescribeInstances",
    "DescribeLaunchTemplates",
    "DeleteSecurityGroup",
    "DescribePlacementGroups",
    "DescribeNetworkInterfaces",
    "DescribeSecurityGroups",
    "DescribeVpcEndpoints",
    "DescribeVpcs",
    "DescribeVolumes",
    "TerminateInstances",
  ],
  ecr: [
    "BatchGetImage",
    "CreateRepository",
    "DeleteRepository",
    "DescribeImages",
    "DescribeRepositories",
    "GetLifecyclePolicy",
    "ListTagsForResource",
    "PutImage",
    "PutLifecyclePolicy",
  ],
  eks: [
    "AssociateAccessPolicy",
    "CreateAccessEntry",
    "DeleteAccessEntry",
    "DescribeAccessEntry",
    "DescribeAddonVersions",
    "DescribeCluster",
    "ListAccessEntries",
    "ListAssociatedAccessPolicies",
  ],
  elasticloadbalancing: ["DeleteLoadBalancer", "DescribeLoadBalancers", "DescribeTags"],
  iam: [
    "CreatePolicy",
    "CreateServiceLinkedRole",
    "DeleteInstanceProfile",
    "GetInstanceProfile",
    "GetRole",
    "ListAttachedRolePolicies",
    "ListInstanceProfileTags",
    "ListInstanceProfiles",
    "RemoveRoleFromInstanceProfile",
    "SimulatePrincipalPolicy",
  ],
  logs: ["DeleteLogGroup", "DescribeLogGroups"],
  servicequotas: ["GetServiceQuota"],
  ssm: ["GetParameter", "GetParameters", "GetParametersByPath"],
  sts: ["AssumeRole", "GetCallerIdentity"],
};

export function actionOf(call: string): string | undefined {
  const [service = "", name = ""] = call.split(":");
  return NAMED_OTHERWISE[call] ?? (NAMED_ALIKE[service]?.includes(name) ? call : undefined);
}

/** The API's name of a request. The trace has IAM's names for S3, so there it is read from the request itself. */
export function callOf({ service, action, method, path, query }: Request): string {
  if (service !== "s3") return `${service}:${action}`;
  const object = path.split("/").filter(Boolean).length > 1;
  const has = (name: string) => query.includes(name);
  const names: Readonly<Record<string, string | false>> = {
    HEAD: object ? "HeadObject" : "HeadBucket",
    GET: object
      ? "GetObject"
      : has("list-type")
      ? "ListObjectsV2"
      : has("uploads")
      ? "ListMultipartUploads"
      : has("tagging") && "GetBucketTagging",
    PUT: object && (has("partNumber") ? "UploadPart" : "PutObject"),
    POST: has("delete")
      ? "DeleteObjects"
      : has("uploads")
      ? "CreateMultipartUpload"
      : has("uploadId") && "CompleteMultipartUpload",
    DELETE: has("uploadId") ? "AbortMultipartUpload" : object && "DeleteObject",
  };
  return `s3:${names[method] || `${method} ${path}?${query.join("&")}`}`;
}

/** Programs that are ours; Karpenter, BuildKit, Lambdas and tests have other names or other keys. */
const OURS = ["unitune", "cdk"];
/** What these roles do is theirs: the bootstrap gave them their policies. */
const BOOTSTRAP = /:assumed-role\/cdk-hnb659fds-(deploy|lookup|file-publishing)-role-/;

/** The caller's calls of one command; what one of our programs asks under a key that nobody knows is an error. */
export function callsOf(
  command: string,
  requests: readonly Request[],
  caller: string,
  sessions: readonly KnownSession[],
): Call[] {
  const arns = new Map(sessions.map(({ accessKey, arn }) => [accessKey, arn]));
  return requests.flatMap((request) => {
    if (request.accessKey === caller) return [{ command, call: callOf(request) }];
    if (OURS.includes(request.agent) && !BOOTSTRAP.test(arns.get(request.accessKey) ?? "")) {
      throw new Error(`${command} called ${callOf(request)} with the unknown key ${request.accessKey}`);
    }
    return [];
  });
}

/** Calls without an entry, and entries with neither a call nor a reason. */
export function complaints({ caller }: Pick<PermissionsFile, "caller">, calls: readonly Call[]): string[] {
  const found: string[] = [];
  const seen = new Set(calls.map(({ command, call }) => `${command} ${call}`));
  const entries = caller.flatMap(({ part, permissions }) => permissions.map((entry) => ({ ...entry, part })));
  for (const each of seen) {
    const [command = "", call = ""] = each.split(" ");
    const action = actionOf(call);
    if (!action) {
      found.push(`${command} calls ${call}: the table has no action for it`);
    } else if (
      !entries.some((entry) => entry.commands.some((one) => one === command) && actionsOf(entry).includes(action))
    ) {
      found.push(`${command} calls ${call}: permissions.json has no entry ${action} for it`);
    }
  }
  for (const { part, commands, calls = {}, actions = [], reason } of entries) {
    if (actions.length > 0 && !reason) found.push(`${actions.join(", ")} (${part}): neither a call nor a reason`);
    for (const [action, call] of Object.entries(calls)) {
      if (actionOf(call) !== action) found.push(`${action} (${part}): it is not the action of ${call}`);
      for (const command of commands.filter((command) => !seen.has(`${command} ${call}`))) {
        found.push(`${action} (${part}): ${command} did not call ${call}, and no reason is given`);
      }
    }
  }
  return found;
}

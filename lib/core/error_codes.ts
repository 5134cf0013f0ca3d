/**
 * Every error of unitune: its exit code, and its meaning in one sentence. To add an error, add one entry: the type of
 * its code, the exit code and the reference (`errorReference`) are derived from it.
 */

/** The exit codes of the program; only `main.ts` exits. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  config: 3,
  aws: 4,
  cluster: 5,
  declined: 6,
  interrupted: 130,
} as const;
/** One of the exit codes. */
export type ExitCode = typeof EXIT[keyof typeof EXIT];

/** What each exit code means, as a sentence. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "Done.",
  failed: "The command failed for a reason without its own exit code.",
  usage: "The command line is wrong.",
  config: "The config is wrong.",
  aws: "AWS refused something, or a permission is missing.",
  cluster: "Something in the cluster, or a build, failed.",
  declined: "The question was answered with no.",
  interrupted: "Interrupted.",
};

/** An entry of the catalogue. */
interface ErrorEntry {
  /** Name of its exit code. */
  readonly exit: keyof typeof EXIT;
  /** A whole sentence. */
  readonly meaning: string;
  /** Is it the code of a check: of its findings, and of the refusal before anything changes? */
  readonly check?: true;
}

/** Every error by its code. */
export const ERRORS = {
  UNEXPECTED: { exit: "failed", meaning: "A bug in unitune, or an error that it does not recognise." },
  CONTEXT_CHANGED: { exit: "failed", meaning: "A file in a build context changed while unitune read the context." },
  CONTEXT_NAME: { exit: "failed", meaning: "The name of a file in a build context is not UTF-8." },
  CONTEXT_UNREADABLE: { exit: "failed", meaning: "A file or folder of a build context cannot be read." },
  IGNORE_PATTERN: { exit: "failed", meaning: "An ignore file contains a pattern that BuildKit does not accept." },
  FILE: { exit: "failed", meaning: "A file or folder cannot be read or written." },
  PLAN_STALE: { exit: "failed", meaning: "The project or the account has changed since the plan was saved." },
  KUBECONFIG_FILE: { exit: "failed", meaning: "The kubeconfig cannot be read, understood or written." },

  OUTPUT_UNSAFE: { exit: "usage", meaning: "A folder that `synth --out` would write into is a link, or not a folder." },
  DIRECTORY_NOT_FOUND: { exit: "usage", meaning: "The folder named on the command line does not exist." },
  ENV_MISSING: { exit: "usage", meaning: "An environment variable named by --env is not set." },
  IMAGE_UNKNOWN: { exit: "usage", meaning: "An image named on the command line is not in the config." },
  PAGE_FILE: { exit: "usage", meaning: "The file that `--html` names cannot be written." },
  PLAN_FILE: { exit: "usage", meaning: "The file is not a plan that `plan --out` wrote." },
  NO_TERMINAL: { exit: "usage", meaning: "A command needs an answer, but there is no terminal to ask on." },
  SECRET_MISSING: {
    exit: "usage",
    meaning: "An environment variable that holds an image's secret is not passed on, not set, or unusable.",
  },
  USAGE: { exit: "usage", meaning: "An argument or a flag has a value that the command does not accept." },

  CONFIG_FOREIGN: { exit: "config", meaning: "A config that was found by searching upward belongs to another user." },
  CONFIG_INVALID: { exit: "config", meaning: "The config has mistakes; the error lists each on a line of its own." },
  CONFIG_NOT_FOUND: { exit: "config", meaning: "No config file was found." },
  CONTEXT_NOT_FOUND: { exit: "config", meaning: "The build context of an image is not a folder." },
  DOCKERFILE_NOT_FOUND: { exit: "config", meaning: "A build context does not contain its Dockerfile." },
  BUILD_RESOURCES: {
    exit: "config",
    check: true,
    meaning: "A build requests less than the default, as the nodes of its pool have no more.",
  },
  BUILD_CONTEXT: {
    exit: "config",
    check: true,
    meaning: "A build context holds something that is probably a mistake.",
  },
  DOCKERFILE: {
    exit: "config",
    check: true,
    meaning: "A Dockerfile has mistakes, or does not fit its image in the config; the error lists each on a line.",
  },
  KUBERNETES_DOWNGRADE: {
    exit: "config",
    check: true,
    meaning: "The config's Kubernetes version is older than the cluster's.",
  },
  TAG_FIXED: {
    exit: "config",
    meaning: "A tag that never moves is on another image than the one that the config describes.",
  },
  POOL_FAMILIES: { exit: "config", meaning: "The families of a pool mix categories, families and instance types." },
  SECRET_FILE: {
    exit: "config",
    meaning: "The file of an image's secret cannot be used, or the image's secrets are too large.",
  },
  STACK_TOO_LARGE: { exit: "config", meaning: "The config needs a larger stack than CloudFormation takes." },
  SECRET_IN_CONTEXT: { exit: "config", meaning: "A build context contains the file of a secret." },

  AWS_ACCOUNT: { exit: "aws", check: true, meaning: "The credentials are not for the account in the config." },
  AWS_NOT_OURS: {
    exit: "aws",
    check: true,
    meaning: "A stack, cluster, repository, bucket or access entry has a name of this project but is not unitune's.",
  },
  AWS_BUSY: { exit: "aws", meaning: "AWS throttled the requests." },
  AWS_CALL: { exit: "aws", meaning: "AWS refused a request for a reason without a code of its own." },
  AWS_CREDENTIALS: { exit: "aws", meaning: "AWS credentials are missing, or AWS does not accept them." },
  AWS_DENIED: { exit: "aws", meaning: "AWS denied a request: the caller lacks the permission." },
  AWS_MFA: { exit: "aws", meaning: "Signing in requires a code from an MFA device, which unitune does not ask for." },
  AWS_UNREACHABLE: { exit: "aws", meaning: "AWS did not answer." },
  KUBERNETES_VERSION: { exit: "aws", meaning: "The cluster does not have the Kubernetes version of its stack." },
  LOCKED: { exit: "aws", meaning: "Another apply or destroy of the same cluster is running." },
  NOT_DEPLOYED: { exit: "aws", meaning: "The cluster, its stack or a resource of the stack does not exist yet." },
  NOT_SIMULATED: { exit: "aws", meaning: "IAM cannot simulate the permissions of this kind of caller." },
  PERMISSIONS_MISSING: { exit: "aws", meaning: "The caller lacks AWS permissions; nothing was changed." },
  REPOSITORY_FOREIGN: { exit: "aws", meaning: "An ECR repository of this name exists and is not the cluster's." },
  STACK_FAILED: { exit: "aws", meaning: "CloudFormation could not deploy or delete a stack." },
  VPC_OCCUPIED: { exit: "aws", meaning: "Others have resources in the VPC, which block its deletion." },

  BUILD_FAILED: { exit: "cluster", meaning: "The build of an image failed; the last lines of its log follow." },
  BUILD_NO_DIGEST: { exit: "cluster", meaning: "A build ended, but the registry does not hold its image." },
  HELM_FAILED: { exit: "cluster", meaning: "The Job that installs the Karpenter charts failed." },
  IMAGE_PULL: {
    exit: "cluster",
    meaning: "A registry does not have an image that a Job runs, or does not let nodes pull it.",
  },
  JOB_DELETED: { exit: "cluster", meaning: "A Job was deleted while unitune followed it." },
  JOB_NOT_FOUND: { exit: "cluster", meaning: "The cluster has no Job that builds the image." },
  JOB_TAKEN: { exit: "cluster", meaning: "A running Job has the same name but does other work." },
  JOB_LOST: { exit: "cluster", meaning: "The watch on a Job ended before the Job did." },
  KUBE_ALREADY_EXISTS: { exit: "cluster", meaning: "An object of this name already exists." },
  KUBE_CALL: {
    exit: "cluster",
    meaning: "The API server refused a request for a reason without a code of its own.",
  },
  KUBE_CONFLICT: { exit: "cluster", meaning: "Another client changed an object at the same time." },
  KUBE_EXPIRED: { exit: "cluster", meaning: "The API server no longer has the version that a watch starts from." },
  KUBE_FORBIDDEN: { exit: "cluster", meaning: "The caller's access entry does not allow a request." },
  KUBE_INVALID: { exit: "cluster", meaning: "The API server rejected an object." },
  KUBE_KIND_UNKNOWN: { exit: "cluster", meaning: "The cluster does not have a kind: its CRD is not installed." },
  KUBE_LOG_LOST: { exit: "cluster", meaning: "The log of a container can no longer be read." },
  KUBE_NOT_FOUND: { exit: "cluster", meaning: "An object does not exist in the cluster." },
  KUBE_NOT_OURS: {
    exit: "cluster",
    check: true,
    meaning: "An object or Helm release of this name exists, but unitune did not create it.",
  },
  KUBE_UNAUTHORIZED: { exit: "cluster", meaning: "The cluster does not recognise the caller." },
  KUBE_UNREACHABLE: { exit: "cluster", meaning: "The API server did not answer." },
  NODE_TIMEOUT: { exit: "cluster", meaning: "A pool did not provide a node for a Job in time." },
  POOL_NOT_READY: { exit: "cluster", meaning: "Karpenter does not accept a pool or its node class." },
  TIMEOUT: { exit: "cluster", meaning: "Something that unitune waited for did not happen in time." },

  INTERRUPTED: { exit: "interrupted", meaning: "The command was interrupted." },

  ADD_ON_VERSION: {
    exit: "aws",
    check: true,
    meaning: "EKS does not offer an add-on, or not in the version that the config names.",
  },
  AMI: { exit: "aws", check: true, meaning: "AWS does not publish a machine image that a pool requires." },
  EBS_KEY: {
    exit: "aws",
    check: true,
    meaning: "Nodes cannot use the KMS key that the config names for their volumes.",
  },
  ENDPOINT: {
    exit: "aws",
    check: true,
    meaning: "The API server cannot be reached from this machine, or from any.",
  },
  GPU_OFFERING: {
    exit: "aws",
    check: true,
    meaning: "EC2 does not offer the GPUs of a pool in the zones of its nodes.",
  },
  BUILD_NETWORK: {
    exit: "aws",
    check: true,
    meaning: "Nothing keeps builds from the API server, nodes and private addresses.",
  },
  LEFTOVERS: { exit: "aws", check: true, meaning: "A cluster that was deleted left resources in the account." },
  PERMISSIONS: { exit: "aws", check: true, meaning: "The caller lacks permissions that an apply needs." },
  SPOT_ROLE: { exit: "aws", check: true, meaning: "The service-linked role for spot instances does not exist yet." },
  IMAGES: { exit: "aws", check: true, meaning: "Nodes cannot reach a registry that the platform pulls images from." },
  KUBERNETES_SUPPORT: {
    exit: "aws",
    check: true,
    meaning: "Standard support for the Kubernetes version ends soon or has ended.",
  },
  NETWORK: {
    exit: "aws",
    check: true,
    meaning: "The network in the config does not work in this account.",
  },
  PLACEMENT_GROUP: {
    exit: "aws",
    check: true,
    meaning: "A placement group that a pool names does not exist or cannot be used.",
  },
  QUOTA: { exit: "aws", check: true, meaning: "A quota of the account is smaller than what the config may use." },
  RESERVATION: {
    exit: "aws",
    check: true,
    meaning: "A pool's nodes cannot use a capacity reservation that the pool names.",
  },
  SERVICE_CIDR: {
    exit: "aws",
    check: true,
    meaning: "The cluster's Services cannot have the addresses that the config names.",
  },
  STACK_STATE: {
    exit: "aws",
    check: true,
    meaning: "An earlier operation left a stack in a state from which it cannot be deployed.",
  },
  STORAGE: { exit: "aws", check: true, meaning: "The pods of a pool cannot mount storage that the config names." },
  SYSTEM_NODES: {
    exit: "aws",
    check: true,
    meaning: "The system nodes cannot start: their instance type or image is not available.",
  },
  TOLERATIONS: {
    exit: "aws",
    check: true,
    meaning: "The pods of an add-on may wait for a node that starts after the stacks.",
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** Code of an error. */
export type ErrorCode = keyof typeof ERRORS;
/** Code of a check. */
export type CheckCode = {
  [Code in ErrorCode]: typeof ERRORS[Code] extends { readonly check: true } ? Code : never;
}[ErrorCode];

/** What the reference says about an error. */
interface ErrorReference {
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly meaning: string;
  /** Anchor of its section in the reference. */
  readonly anchor: string;
  /** Is it the code of a check, whose findings a plan shows too? */
  readonly check: boolean;
}

/** The exit code of an error. */
export function exitOf(code: ErrorCode): ExitCode {
  return EXIT[ERRORS[code].exit];
}

/** The whole catalogue, for the reference: sorted by exit code, then by code. */
export function errorReference(): ErrorReference[] {
  const all = Object.entries<ErrorEntry>(ERRORS) as [ErrorCode, ErrorEntry][];
  return all.map(([code, { meaning, check = false }]) => {
    return { code, exit: exitOf(code), meaning, anchor: code.toLowerCase(), check };
  }).sort((a, b) => a.exit - b.exit || (a.code < b.code ? -1 : 1));
}

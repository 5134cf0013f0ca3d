/**
 * Every error of unitune: the exit code that it means, and what it says in one sentence. Adding an error takes one
 * entry: the type of its code, the exit code and the reference (`errorReference`) follow from it.
 */

/** How the program ends; only `main.ts` exits. */
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

/** An entry of the catalogue. */
interface ErrorEntry {
  /** Name of the exit code. */
  readonly exit: keyof typeof EXIT;
  /** A whole sentence. */
  readonly meaning: string;
  /** Is it the code of a check: of its findings, and of the refusal before anything is changed? */
  readonly check?: true;
}

/** Every error by its code. */
export const ERRORS = {
  UNEXPECTED: { exit: "failed", meaning: "A fault in unitune, or an error that it does not know." },
  CONTEXT_CHANGED: { exit: "failed", meaning: "A file of a build context changed while the context was read." },
  CONTEXT_NAME: { exit: "failed", meaning: "The name of a file in a build context is not UTF-8." },
  CONTEXT_UNREADABLE: { exit: "failed", meaning: "A file or folder of a build context cannot be read." },
  IGNORE_PATTERN: { exit: "failed", meaning: "An ignore file holds a pattern that BuildKit does not read." },

  DIRECTORY_NOT_FOUND: { exit: "usage", meaning: "The folder that the command line names does not exist." },
  ENV_MISSING: { exit: "usage", meaning: "A variable that --env names is not set." },
  IMAGE_UNKNOWN: { exit: "usage", meaning: "The config declares no image of a name that the command line gives." },
  NO_TERMINAL: { exit: "usage", meaning: "A command needs an answer, and there is no terminal to ask on." },
  SECRET_MISSING: {
    exit: "usage",
    meaning: "A variable that holds an image's secret is not passed, not set or unusable.",
  },
  USAGE: { exit: "usage", meaning: "An argument or a flag has a value that the command does not take." },

  CONFIG_INVALID: { exit: "config", meaning: "The config has mistakes; each is a line of the error." },
  CONFIG_NOT_FOUND: { exit: "config", meaning: "There is no config file where it was looked for." },
  CONTEXT_NOT_FOUND: { exit: "config", meaning: "The build context of an image is not a folder." },
  DOCKERFILE_NOT_FOUND: { exit: "config", meaning: "A build context does not hold its Dockerfile." },
  KUBERNETES_DOWNGRADE: {
    exit: "config",
    check: true,
    meaning: "The config's Kubernetes version is older than the cluster's.",
  },
  POOL_FAMILIES: { exit: "config", meaning: "A pool's families mix categories, families and instance types." },
  SECRET_FILE: {
    exit: "config",
    meaning: "The file of an image's secret cannot be used, or its secrets are too large.",
  },
  SECRET_IN_CONTEXT: { exit: "config", meaning: "A build context holds the file of a secret." },

  AWS_ACCOUNT: { exit: "aws", check: true, meaning: "The credentials are of another account than the config's." },
  AWS_BUSY: { exit: "aws", meaning: "AWS limits the rate of requests." },
  AWS_CALL: { exit: "aws", meaning: "AWS refused a request for a reason that has no code of its own." },
  AWS_CREDENTIALS: { exit: "aws", meaning: "There are no AWS credentials, or AWS does not accept them." },
  AWS_DENIED: { exit: "aws", meaning: "AWS denied a request: the caller lacks the permission." },
  AWS_MFA: { exit: "aws", meaning: "Signing in needs the code of an MFA device, which unitune does not ask for." },
  AWS_UNREACHABLE: { exit: "aws", meaning: "AWS did not answer." },
  KUBERNETES_VERSION: { exit: "aws", meaning: "The cluster has another Kubernetes version than its stack." },
  NOT_DEPLOYED: { exit: "aws", meaning: "The cluster, its stack or a resource of the stack does not exist yet." },
  NOT_SIMULATED: { exit: "aws", meaning: "IAM cannot be asked what this kind of caller may do." },
  PERMISSIONS_MISSING: { exit: "aws", meaning: "The caller lacks AWS permissions; nothing was changed." },
  REPOSITORY_FOREIGN: { exit: "aws", meaning: "An ECR repository of this name does not belong to the cluster." },
  STACK_FAILED: { exit: "aws", meaning: "CloudFormation could not deploy or delete a stack." },

  BUILD_FAILED: { exit: "cluster", meaning: "The build of an image failed; the last lines of its log follow." },
  BUILD_NO_DIGEST: { exit: "cluster", meaning: "A build ended, and the registry does not hold its image." },
  HELM_FAILED: { exit: "cluster", meaning: "The Job that installs Karpenter's charts failed." },
  JOB_DELETED: { exit: "cluster", meaning: "Somebody deleted a Job while unitune followed it." },
  JOB_TAKEN: { exit: "cluster", meaning: "A Job of the same name, which does other work, is running." },
  JOB_LOST: { exit: "cluster", meaning: "The watch of a Job ended before the Job did." },
  KUBE_ALREADY_EXISTS: { exit: "cluster", meaning: "An object of this name exists already." },
  KUBE_CALL: {
    exit: "cluster",
    meaning: "The API server refused a request for a reason that has no code of its own.",
  },
  KUBE_CONFLICT: { exit: "cluster", meaning: "An object was changed by somebody else at the same time." },
  KUBE_EXPIRED: { exit: "cluster", meaning: "The API server no longer holds the version that a watch starts from." },
  KUBE_FORBIDDEN: { exit: "cluster", meaning: "The caller's access entry does not allow a request to the cluster." },
  KUBE_INVALID: { exit: "cluster", meaning: "The API server does not accept an object." },
  KUBE_KIND_UNKNOWN: { exit: "cluster", meaning: "The cluster does not know a kind: its CRD is not installed." },
  KUBE_LOG_LOST: { exit: "cluster", meaning: "The log of a container can no longer be read." },
  KUBE_NOT_FOUND: { exit: "cluster", meaning: "An object does not exist in the cluster." },
  KUBE_NOT_OURS: { exit: "cluster", meaning: "An object of this name exists that unitune did not create." },
  KUBE_UNAUTHORIZED: { exit: "cluster", meaning: "The cluster does not know the caller." },
  KUBE_UNREACHABLE: { exit: "cluster", meaning: "The API server did not answer." },
  NODE_TIMEOUT: { exit: "cluster", meaning: "A pool did not have a node for a Job in time." },
  POOL_NOT_READY: { exit: "cluster", meaning: "Karpenter does not accept a pool or its node class." },
  TIMEOUT: { exit: "cluster", meaning: "Something that unitune waits for did not happen in time." },

  INTERRUPTED: { exit: "interrupted", meaning: "The command was interrupted." },

  ADD_ON_VERSION: {
    exit: "aws",
    check: true,
    meaning: "EKS does not offer an add-on, or not the version that the config names.",
  },
  AMI: { exit: "aws", check: true, meaning: "AWS does not publish a machine image that a pool needs." },
  EBS_KEY: {
    exit: "aws",
    check: true,
    meaning: "Nodes cannot use the KMS key that the config names for their volumes.",
  },
  GPU_OFFERING: {
    exit: "aws",
    check: true,
    meaning: "EC2 does not offer the GPUs of a pool in the zones of its nodes.",
  },
  IMAGES: { exit: "aws", check: true, meaning: "Nodes cannot reach a registry that the platform's images come from." },
  KUBERNETES_SUPPORT: {
    exit: "aws",
    check: true,
    meaning: "EKS's standard support of the Kubernetes version is ending.",
  },
  NETWORK: {
    exit: "aws",
    check: true,
    meaning: "The network that the config describes does not work in this account.",
  },
  PLACEMENT_GROUP: {
    exit: "aws",
    check: true,
    meaning: "A placement group that a pool names does not exist or cannot be used.",
  },
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
  STORAGE: { exit: "aws", check: true, meaning: "The pods of a pool cannot mount storage that the config names." },
  SYSTEM_NODES: {
    exit: "aws",
    check: true,
    meaning: "The system nodes cannot start: their instance type or image is missing.",
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

/** What the reference tells of an error. */
interface ErrorReference {
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly meaning: string;
  /** Heading of its section in the reference, as a link names it. */
  readonly anchor: string;
  /** Is it a check's: do its findings stand in a plan too? */
  readonly check: boolean;
}

/** The exit code that an error means. */
export function exitOf(code: ErrorCode): ExitCode {
  return EXIT[ERRORS[code].exit];
}

/** The whole catalogue, for documents: by exit code, then by code. */
export function errorReference(): ErrorReference[] {
  const all = Object.entries<ErrorEntry>(ERRORS) as [ErrorCode, ErrorEntry][];
  return all.map(([code, { meaning, check = false }]) => {
    return { code, exit: exitOf(code), meaning, anchor: code.toLowerCase(), check };
  }).sort((a, b) => a.exit - b.exit || (a.code < b.code ? -1 : 1));
}

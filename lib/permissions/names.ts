/**
 * Names that CloudFormation generates: `<stack>-<logical id>-<12 random>`. Where that is too long, it keeps 13
 * characters for the random end and shares the rest fairly between the stack's name and the id
 * (aws-cloudformation/cloudformation-cli-java-plugin, `IdentifierUtils.generateResourceIdentifier`).
 */
import { type StackKind, stackName } from "../core/names.ts";

/** Characters of the stack's name that are kept at least, in names of up to 63 characters. */
const KEPT_AT_LEAST = 25;
/** Characters that are kept at most where the stack's name is cut: the shortest of our logical ids has 22. */
const KEPT_AT_MOST = 28;

/** Logical id of the bucket of build contexts: S3 takes it in lower case, whole. */
const CONTEXTS = "BuildsContextsEB694A8E";

/** Stands for the name of any cluster. */
export const ANY_CLUSTER = "*";

/** The first part of each logical id that gets a generated name, by stack: one for each construct of the stack. */
const CONSTRUCTS: Readonly<Record<StackKind, readonly string[]>> = {
  vpc: ["Network"],
  eks: ["Access", "Builds", "CleanUp", "ControlPlane", "Installer", "Karpenter", "SystemNodes"],
};

/** What the generated names of a construct's resources begin with: several, if the stack's name may be cut. */
export function madeBy(construct: string, cluster: string): string[] {
  return startsOf(cluster, kindOf(construct)).map((start) => `${start}-${construct}`);
}

/** The same where a name has room for both: of log groups, queues and managed policies. */
export function madeWhole(construct: string, cluster: string): string {
  const start = cluster === ANY_CLUSTER ? ANY_CLUSTER : stackName(cluster, kindOf(construct));
  return `${start}-${construct}`;
}

/** As `madeBy`, for every construct of both stacks. */
export function madeByAll(cluster: string): string[] {
  return Object.values(CONSTRUCTS).flat().flatMap((construct) => madeBy(construct, cluster));
}

/** What the name of the bucket of build contexts begins with. */
export function contextBuckets(cluster: string): string[] {
  return startsOf(cluster, "eks").map((start) => `${start}-${CONTEXTS.toLowerCase()}`);
}

function kindOf(construct: string): StackKind {
  const kind = (["vpc", "eks"] as const).find((kind) => CONSTRUCTS[kind].includes(construct));
  if (!kind) throw new Error(`Cannot name resources of ${construct}: no stack has such a construct`);
  return kind;
}

function startsOf(cluster: string, kind: StackKind): string[] {
  if (cluster === ANY_CLUSTER) return [ANY_CLUSTER];
  const stack = stackName(cluster, kind);
  if (stack.length <= KEPT_AT_LEAST) return [stack];
  const lengths = [];
  for (let length = KEPT_AT_LEAST; length <= Math.min(KEPT_AT_MOST, stack.length); length++) lengths.push(length);
  return lengths.map((length) => stack.slice(0, length));
}

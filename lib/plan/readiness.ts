/** Is a pool ready? What Karpenter reports about the pool and its node class, what that means, and what to do. */
import { type Condition, type Conditioned, conditionText, standingOf } from "../core/conditions.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";
import { pathOf, wantedAmis } from "./amis.ts";
import type { Config, Pool } from "./types.ts";

/** A condition that is not met. */
export interface Fault {
  /** `EC2NodeClass builder: SubnetsReady is False, SubnetsNotFound: …`. */
  readonly what: string;
  /** The field of the config that decides it. */
  readonly path: string;
  readonly meaning: string;
  readonly hint: string;
}

export type PoolState =
  | { readonly state: "ready" }
  /** Karpenter reports an error. */
  | { readonly state: "failing"; readonly faults: readonly Fault[] }
  /** Karpenter has checked it and could not decide. */
  | { readonly state: "stuck"; readonly faults: readonly Fault[] }
  /** Karpenter has not checked its current state. */
  | { readonly state: "silent" };

/** A pool and its node class have the same name. */
export function poolState(
  name: string,
  config: Config,
  nodeClass: Conditioned | null,
  nodePool: Conditioned | null,
): PoolState {
  const pool = config.pools.find((one) => one.name === name)!;
  for (const [kind, object] of [["EC2NodeClass", nodeClass], ["NodePool", nodePool]] as const) {
    if (!object) return { state: "silent" };
    if (object.metadata.deletionTimestamp) return { state: "failing", faults: [beingDeleted(kind, pool)] };
    const standing = standingOf(object);
    if (standing.state === "silent") return standing;
    if (standing.state === "ready") continue;
    const faults = standing.unmet.map((condition) => ({
      what: `${kind} ${name}: ${conditionText(condition)}`,
      ...explained(condition, pool, config),
    }));
    return { state: standing.state, faults };
  }
  return { state: "ready" };
}

/** The path of a pool in the config; `builder` for the pool that unitune adds for builds. */
export function poolPath(config: Pick<Config, "pools">, name: string): string {
  const pool = config.pools.find((one) => one.name === name);
  return pool?.kind === "cpu" && pool.builder ? "builder" : `pools.${name}`;
}

type Explanation = Omit<Fault, "what">;

function beingDeleted(kind: string, pool: Pool): Fault {
  const plural = kind === "NodePool" ? "nodepool" : "ec2nodeclass";
  return {
    what: `${kind} ${pool.name} is being deleted`,
    path: poolPath({ pools: [pool] }, pool.name),
    meaning: "somebody deleted it, and it stays until its nodes are gone",
    hint: `Wait until "kubectl get ${plural} ${pool.name}" finds nothing, ${AGAIN}`,
  };
}

const LOG = `${KARPENTER.logs} --tail=-1 --since=5m`;
const AGAIN = "then run the same command again";

function explained(condition: Condition, pool: Pool, config: Config): Explanation {
  const path = poolPath(config, pool.name);
  switch (condition.type) {
    case "AMIsReady":
      return noImage(pool, config, path);
    case "SubnetsReady":
      return noSubnets(config);
    case "SecurityGroupsReady":
      return {
        path,
        meaning: `no security group has the tag ${discovery(config)}`,
        hint: `Put the tag back on the cluster's security group, ${AGAIN}`,
      };
    case "InstanceProfileReady":
      return {
        path: config.iam.permissionsBoundary ? "iam.permissionsBoundary" : "iam",
        meaning: "Karpenter cannot create the nodes' instance profile: IAM denies it, or the node role does not exist",
        hint: `IAM's answer is in Karpenter's log: ${LOG}`,
      };
    case "CapacityReservationsReady":
      return {
        path: `${path}.reservation`,
        meaning: "Karpenter cannot read the capacity reservations",
        hint: `The reason is in Karpenter's log: ${LOG}`,
      };
    case "ValidationSucceeded":
      return invalid(condition, path);
    case "NodeClassReady":
      return { path, meaning: "the pool's node class does not exist", hint: "Run `unitune apply --only pools` again" };
    default:
      return { path, meaning: "Karpenter could not decide this", hint: `The reason is in Karpenter's log: ${LOG}` };
  }
}

/** When SSM has no image for an alias, Karpenter treats that as a failed request and leaves the condition unknown. */
function noImage(pool: Pool, config: Config, path: string): Explanation {
  const [ami] = wantedAmis({ ...config, pools: [pool] }), { version } = config.cluster;
  return {
    path: path === "builder" ? path : `${path}.ami`,
    meaning: `SSM has no image ${pool.ami} for Kubernetes ${version}, or Karpenter is not allowed to read it`,
    hint: `Choose a release that exists: aws ssm get-parameters-by-path --recursive --path ${pathOf(ami!)} ` +
      "--query 'Parameters[].Name'",
  };
}

function noSubnets(config: Config): Explanation {
  const { network } = config;
  if (network.kind === "existing") {
    return {
      path: "network.privateSubnets",
      meaning: "none of these subnets exists, or Karpenter is not allowed to read them",
      hint: `aws ec2 describe-subnets --subnet-ids ${network.privateSubnets.join(" ")}`,
    };
  }
  return {
    path: "network",
    meaning: `no subnet has the tag ${discovery(config)}, or Karpenter is not allowed to read them`,
    hint: `Put the tag back on the private subnets of stack ${config.name}-vpc, ${AGAIN}`,
  };
}

function discovery({ name }: Config): string {
  return `${CLUSTER.discoveryTag}=${name}`;
}

const DENIED = "Karpenter's role, its permissions boundary or a policy of the organisation denies the launch of nodes";

/** The reasons of `ValidationSucceeded`, on a node class or a pool. */
function invalid({ reason, message }: Condition, path: string): Explanation {
  switch (reason) {
    case "CreateFleetAuthCheckFailed":
    case "CreateLaunchTemplateAuthCheckFailed":
    case "RunInstancesAuthCheckFailed":
      return {
        path: "iam",
        meaning: DENIED,
        hint: /permission(s)? boundary/.test(message)
          ? `Allow it in the permissions boundary, ${AGAIN}`
          : /service control/.test(message)
          ? `Ask for an exception from the service control policy, ${AGAIN}`
          : `EC2's answer is in Karpenter's log: ${LOG}`,
      };
    case "TagValidationFailed":
      return { path: "tags", meaning: "a tag is reserved for Karpenter", hint: "Remove it from tags" };
    case "UserDataSizeLimitExceeded":
      return { path: `${path}.userData`, meaning: "the user data is longer than EC2 allows", hint: "Shorten it" };
    case "ClusterCIDRResolutionFailed":
      return {
        path,
        meaning: "Karpenter is not allowed to read the cluster (eks:DescribeCluster)",
        hint: `Its log: ${LOG}`,
      };
    case "NodePoolValidationFailed":
      return { path, meaning: "Karpenter does not accept the pool", hint: "Correct the field that the message names" };
    default:
      return { path, meaning: "Karpenter could not test a launch", hint: `The reason is in Karpenter's log: ${LOG}` };
  }
}

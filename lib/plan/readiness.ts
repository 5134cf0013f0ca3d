/** Does a pool work? What Karpenter says of its class and of itself, what that means, and what to do about it. */
import { type Condition, conditionText, standingOf } from "../core/conditions.ts";
import { CLUSTER, KARPENTER } from "../core/pins.ts";
import type { KubeObject } from "../core/ports.ts";
import { pathOf, wantedAmis } from "./amis.ts";
import type { Config, Pool } from "./types.ts";

/** One condition of an object that is not met. */
export interface Fault {
  /** `EC2NodeClass builder: SubnetsReady is False, SubnetsNotFound: …`. */
  readonly what: string;
  /** Where the config decides it. */
  readonly path: string;
  readonly meaning: string;
  readonly hint: string;
}

export type PoolState =
  | { readonly state: "ready" }
  /** Karpenter says no. */
  | { readonly state: "failing"; readonly faults: readonly Fault[] }
  /** Karpenter looked at it and did not get through. */
  | { readonly state: "stuck"; readonly faults: readonly Fault[] }
  /** Karpenter has not looked at it as it is now. */
  | { readonly state: "silent" };

/** The pool and its class have one name. */
export function poolState(
  name: string,
  config: Config,
  nodeClass: KubeObject | null,
  nodePool: KubeObject | null,
): PoolState {
  const pool = config.pools.find((one) => one.name === name)!;
  for (const [kind, object] of [["EC2NodeClass", nodeClass], ["NodePool", nodePool]] as const) {
    if (!object) return { state: "silent" };
    if (object.metadata["deletionTimestamp"]) return { state: "failing", faults: [leaving(kind, pool)] };
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

/** Where the config has a pool; the one that unitune adds for builds stands nowhere. */
export function poolPath(config: Pick<Config, "pools">, name: string): string {
  const pool = config.pools.find((one) => one.name === name);
  return pool?.kind === "cpu" && pool.builder ? "builder" : `pools.${name}`;
}

type Explanation = Omit<Fault, "what">;

function leaving(kind: string, pool: Pool): Fault {
  const plural = kind === "NodePool" ? "nodepool" : "ec2nodeclass";
  return {
    what: `${kind} ${pool.name} is being deleted`,
    path: poolPath({ pools: [pool] }, pool.name),
    meaning: "somebody deleted it, and its nodes hold it until they are gone",
    hint: `Wait until "kubectl get ${plural} ${pool.name}" finds none, then run the same command again`,
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
        meaning: "Karpenter cannot create the nodes' instance profile: IAM refuses it, or the node role is gone",
        hint: `Karpenter's log has IAM's answer: ${LOG}`,
      };
    case "CapacityReservationsReady":
      return {
        path: `${path}.reservation`,
        meaning: "Karpenter cannot read the capacity reservations",
        hint: `Its log says why: ${LOG}`,
      };
    case "ValidationSucceeded":
      return invalid(condition, path);
    case "NodeClassReady":
      return { path, meaning: "the pool has no class to launch from", hint: "Run `unitune apply --only pools` again" };
    default:
      return { path, meaning: "Karpenter could not settle this", hint: `Its log says why: ${LOG}` };
  }
}

/** Karpenter leaves the condition open when SSM has none of an alias's images: it takes that for a failed look-up. */
function noImage(pool: Pool, config: Config, path: string): Explanation {
  const [ami] = wantedAmis({ ...config, pools: [pool] }), { version } = config.cluster;
  return {
    path: path === "builder" ? path : `${path}.ami`,
    meaning: `SSM has no image ${pool.ami} for Kubernetes ${version}, or Karpenter may not read it`,
    hint: `Choose a release that exists: aws ssm get-parameters-by-path --recursive --path ${pathOf(ami!)} ` +
      "--query 'Parameters[].Name'",
  };
}

function noSubnets(config: Config): Explanation {
  const { network } = config;
  if (network.kind === "existing") {
    return {
      path: "network.privateSubnets",
      meaning: "none of these subnets is there, or Karpenter may not read them",
      hint: `aws ec2 describe-subnets --subnet-ids ${network.privateSubnets.join(" ")}`,
    };
  }
  return {
    path: "network",
    meaning: `no subnet has the tag ${discovery(config)}, or Karpenter may not read them`,
    hint: `Put the tag back on the private subnets of stack ${config.name}-vpc, ${AGAIN}`,
  };
}

function discovery({ name }: Config): string {
  return `${CLUSTER.discoveryTag}=${name}`;
}

const AUTH = "Karpenter's role, its boundary or a policy of the organisation does not let it launch nodes";

/** Reasons of both kinds' `ValidationSucceeded`. */
function invalid({ reason, message }: Condition, path: string): Explanation {
  switch (reason) {
    case "CreateFleetAuthCheckFailed":
    case "CreateLaunchTemplateAuthCheckFailed":
    case "RunInstancesAuthCheckFailed":
      return {
        path: "iam",
        meaning: AUTH,
        hint: /permission(s)? boundary/.test(message)
          ? `Allow it in the permissions boundary, ${AGAIN}`
          : /service control/.test(message)
          ? `Ask for an exception from the service control policy, ${AGAIN}`
          : `Its log has EC2's answer: ${LOG}`,
      };
    case "TagValidationFailed":
      return { path: "tags", meaning: "a tag is reserved for Karpenter", hint: "Remove it from the config's tags" };
    case "UserDataSizeLimitExceeded":
      return { path: `${path}.userData`, meaning: "the user data is longer than EC2 takes", hint: "Shorten it" };
    case "ClusterCIDRResolutionFailed":
      return { path, meaning: "Karpenter may not read the cluster (eks:DescribeCluster)", hint: `Its log: ${LOG}` };
    case "NodePoolValidationFailed":
      return { path, meaning: "Karpenter does not take the pool as it is", hint: "The message names the field" };
    default:
      return { path, meaning: "Karpenter could not try a launch", hint: `Its log says why: ${LOG}` };
  }
}

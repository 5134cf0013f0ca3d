/** Cluster and roles: defaults, and the rules between their fields. */
import { isGraviton } from "../core/names.ts";
import { DEFAULT_KUBERNETES, pinnedAddOn } from "../core/facts/kubernetes.ts";
import { systemRelease, systemTypes } from "../core/facts/system_nodes.ts";
import type * as z from "zod";
import { CORE_ADD_ONS, LOG_TYPES } from "./aws.ts";
import { type Issue, show } from "./issues.ts";
import type { cluster, iam } from "./infra_schema.ts";
import { unique } from "./pool_fields.ts";
import type { AddOn, Cluster, Endpoint, Iam } from "./types.ts";

type ClusterIn = Partial<z.output<typeof cluster>>;
type IamIn = Partial<NonNullable<z.output<typeof iam>>>;

export function clusterOf(input: ClusterIn = {}, issues: Issue[] = [], region?: string): Cluster {
  const { endpoint: open, logs, systemNodes } = input;
  const endpoint: Endpoint = open === undefined || open === "private"
    ? { kind: "private" }
    : { kind: "public", publicFrom: open.publicFrom };
  const instanceTypes = systemNodes?.instanceTypes ?? systemTypes(region);
  const version = input.version ?? DEFAULT_KUBERNETES;
  issues.push(...architectureIssues(instanceTypes));
  return {
    version,
    supportPolicy: input.supportPolicy ?? "extended",
    endpoint,
    admins: unique(input.admins ?? [], ["cluster", "admins"], issues),
    logs: {
      types: unique(logs?.types ?? LOG_TYPES, ["cluster", "logs", "types"], issues).toSorted(),
      retentionDays: logs?.retentionDays ?? 365,
    },
    kmsKey: input.kmsKey ?? null,
    serviceCidr: input.serviceCidr ?? null,
    systemNodes: {
      instanceTypes: unique(instanceTypes, ["cluster", "systemNodes", "instanceTypes"], issues),
      count: systemNodes?.count ?? 2,
      disk: systemNodes?.disk ?? "30Gi",
      release: systemNodes?.release ?? systemRelease(version),
    },
    addOns: addOnsOf(version, input.addOns),
  };
}

export function iamOf(input: IamIn = {}): Iam {
  return { rolePath: input.rolePath ?? "/", permissionsBoundary: input.permissionsBoundary ?? null };
}

function addOnsOf(kubernetes: string, declared: ClusterIn["addOns"] = {}): readonly AddOn[] {
  const names = [...new Set([...CORE_ADD_ONS, ...Object.keys(declared)])].toSorted();
  return names.map((name) => {
    const { version = pinnedAddOn(kubernetes, name), configuration } = declared[name] ?? {};
    return { name, version, configuration: configuration ? JSON.stringify(configuration) : null };
  });
}

function architectureIssues(types: readonly string[]): Issue[] {
  const arm = types.filter(isGraviton);
  if (arm.length === 0 || arm.length === types.length) return [];
  const message = `must be of one architecture, as the nodes have one machine image: found ${show(types)}`;
  return [{ code: "CONFLICT", path: ["cluster", "systemNodes", "instanceTypes"], message }];
}

/** A key serves one region. */
export function keyIssues(key: string | null | undefined, region: string | undefined, path: Issue["path"]): Issue[] {
  const at = key?.split(":")[3];
  if (at === undefined || region === undefined || at === region) return [];
  return [{ code: "CONFLICT", path, message: `must be a key of ${region}, where the cluster is: found one of ${at}` }];
}

/** Rules between the cluster and the rest. */
export function clusterIssues(cluster: Cluster, region: string | undefined, replicas: number): Issue[] {
  const { kmsKey, systemNodes } = cluster, issues = keyIssues(kmsKey, region, ["cluster", "kmsKey"]);
  if (replicas > systemNodes.count) {
    issues.push({
      code: "CONFLICT",
      path: ["karpenter", "replicas"],
      message: `must be at most ${systemNodes.count}, as each replica has a system node of its own: found ${replicas}`,
      hint: `write cluster: { systemNodes: { count: ${replicas} } }`,
    });
  }
  return issues;
}

/** The cluster and its roles: defaults, and the rules between their fields. */
import { isGraviton } from "../../core/names.ts";
import { DEFAULT_KUBERNETES } from "../../core/facts/kubernetes.ts";
import { systemRelease, systemTypes } from "../../core/facts/system_nodes.ts";
import type * as z from "zod";
import { type AddOnInputs, addOnsOf } from "./add_ons.ts";
import { LOG_TYPES } from "./aws.ts";
import { type Issue, show } from "../issues.ts";
import type { cluster, iam } from "../schema/infra.ts";
import { unique } from "./pool_fields.ts";
import { storageOf } from "./storage.ts";
import type { Cluster, Endpoint, Iam } from "../types.ts";

type ClusterIn = Partial<z.output<typeof cluster>>;
type IamIn = Partial<NonNullable<z.output<typeof iam>>>;

/** What the cluster's add-ons depend on besides the cluster's own fields. */
type Around = Omit<AddOnInputs, "kubernetes">;
const NOTHING_AROUND: Around = { storage: storageOf(), region: undefined };

export function clusterOf(input: ClusterIn = {}, issues: Issue[] = [], around = NOTHING_AROUND): Cluster {
  const { endpoint: open, logs, systemNodes } = input;
  const endpoint: Endpoint = open === undefined || open === "private"
    ? { kind: "private" }
    : { kind: "public", publicFrom: open.publicFrom };
  const instanceTypes = systemNodes?.instanceTypes ?? systemTypes(around.region);
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
    addOns: addOnsOf(input.addOns, { kubernetes: version, ...around }, issues),
  };
}

export function iamOf(input: IamIn = {}): Iam {
  return { rolePath: input.rolePath ?? "/", permissionsBoundary: input.permissionsBoundary ?? null };
}

function architectureIssues(types: readonly string[]): Issue[] {
  const arm = types.filter(isGraviton);
  if (arm.length === 0 || arm.length === types.length) return [];
  const message = `must have the same architecture, as all nodes use one machine image: found ${show(types)}`;
  return [{ code: "CONFLICT", path: ["cluster", "systemNodes", "instanceTypes"], message }];
}

/** A KMS key can be used only in its own region. */
export function keyIssues(key: string | null | undefined, region: string | undefined, path: Issue["path"]): Issue[] {
  const at = key?.split(":")[3];
  if (at === undefined || region === undefined || at === region) return [];
  return [{
    code: "CONFLICT",
    path,
    message: `must be a key in ${region}, the region of the cluster: found one in ${at}`,
  }];
}

/** Rules between the cluster and other sections. */
export function clusterIssues(cluster: Cluster, region: string | undefined, replicas: number): Issue[] {
  const { kmsKey, systemNodes } = cluster, issues = keyIssues(kmsKey, region, ["cluster", "kmsKey"]);
  if (replicas > systemNodes.count) {
    issues.push({
      code: "CONFLICT",
      path: ["karpenter", "replicas"],
      message: `must be at most ${systemNodes.count}, as each replica needs its own system node: found ${replicas}`,
      hint: `write cluster: { systemNodes: { count: ${replicas} } }`,
    });
  }
  return issues;
}

/** AWS permissions of ServiceAccounts, and the rules that they share with the roles of add-ons. */
import type * as z from "zod";
import { addOnFacts } from "../../core/facts/add_ons.ts";
import { partitionOf } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { access } from "../schema/access.ts";
import { type Issue, type Path, show } from "../issues.ts";
import { unique } from "./pool_fields.ts";
import type { AddOn, BucketRight, Rights } from "../types.ts";

type AccessIn = NonNullable<z.output<typeof access>>;
type OneIn = AccessIn[string];

/** Sorted by namespace and account. */
export function accessOf(input: AccessIn = {}, issues: Issue[] = []): readonly Rights[] {
  return Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1)).map(([account, one]) => {
    const path = ["access", account];
    if ([one.buckets, one.kmsKeys, one.policies].every((list) => (list ?? []).length === 0)) {
      const message = "must have buckets or policies: found none, which would allow nothing";
      issues.push({ code: "CONFLICT", path, message });
    }
    return {
      ...partsOf(account),
      policies: unique(one.policies ?? [], [...path, "policies"], issues),
      buckets: bucketsOf(one.buckets, [...path, "buckets"], issues),
      kmsKeys: unique(one.kmsKeys ?? [], [...path, "kmsKeys"], issues),
    };
  });
}

/** `training/trainer`. */
export function partsOf(account: string): Pick<Rights, "namespace" | "serviceAccount"> {
  const [namespace = "", serviceAccount = ""] = account.split("/");
  return { namespace, serviceAccount };
}

function bucketsOf(input: OneIn["buckets"] = [], path: Path, issues: Issue[]): readonly BucketRight[] {
  const buckets = input.map((one): BucketRight => {
    const { name, write = false } = typeof one === "string" ? { name: one } : one;
    return { name: name.slice(name.lastIndexOf(":") + 1), write };
  });
  unique(buckets.map(({ name }) => name), path, issues);
  return buckets.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Each account can have one association: those of unitune and of the add-ons are taken. */
export function accessIssues(rights: readonly Rights[], addOns: readonly AddOn[]): Issue[] {
  return rights.flatMap((one): Issue[] => {
    const { namespace, serviceAccount } = one, path = ["access", `${namespace}/${serviceAccount}`];
    const message = takenBy(one, addOns);
    return message === undefined ? [] : [{ code: "CONFLICT", path, ...message }];
  });
}

function takenBy(
  { namespace, serviceAccount }: Rights,
  addOns: readonly AddOn[],
): Omit<Issue, "code" | "path"> | undefined {
  const isOurs = [CLUSTER.buildNamespace, CLUSTER.installNamespace].some((name) => name === namespace) ||
    (namespace === CLUSTER.karpenterNamespace && serviceAccount === CLUSTER.karpenterAccount);
  if (isOurs) {
    return { message: "must not be a ServiceAccount of unitune itself: its permissions are created with the cluster" };
  }
  const owner = addOns.find(({ name, role }) => {
    const known = role ?? addOnFacts(name);
    return known?.namespace === namespace && known.serviceAccount === serviceAccount;
  });
  return owner && {
    message: `must not be the ServiceAccount of add-on ${owner.name}, which has its own role`,
    hint: `write cluster: { addOns: { ${show(owner.name)}: { policies: [ARNs] } } }`,
  };
}

/** ARNs contain the partition, which must be that of the region. */
export function partitionIssues(arns: readonly string[], path: Path, region: string | undefined): Issue[] {
  if (region === undefined) return [];
  const partition = partitionOf(region);
  return arns.flatMap((arn, at): Issue[] => {
    if (!arn.startsWith("arn:") || arn.startsWith(`arn:${partition}:`)) return [];
    const message = `must be an ARN in partition ${partition}, as the region is ${region}: found ${show(arn)}`;
    // The ARN of a key also contains a region, which would still be wrong.
    const hint = arn.includes(":iam::") ? `write ${show(arn.replace(/^arn:[^:]+/, `arn:${partition}`))}` : undefined;
    return [{ code: "CONFLICT", path: [...path, at], message, hint }];
  });
}

/** Checks all ARNs of the permissions. */
export function accessPartitionIssues(rights: readonly Rights[], region: string | undefined): Issue[] {
  return rights.flatMap(({ namespace, serviceAccount, policies, kmsKeys }) => {
    const path = ["access", `${namespace}/${serviceAccount}`];
    return [
      ...partitionIssues(policies, [...path, "policies"], region),
      ...partitionIssues(kmsKeys, [...path, "kmsKeys"], region),
    ];
  });
}

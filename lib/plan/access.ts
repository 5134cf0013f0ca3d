/** Who may enter the cluster: the access entries that are there against those that should be. Pure. */
import { clusterAdminPolicy, partitionOf } from "../core/names.ts";
import type { AccessEntry, AccessPurpose } from "../core/ports.ts";
import type { AccessChange, Config } from "./types.ts";

/** Stands for the principal of whoever runs apply, where nobody is asked. */
export const CALLER = "whoever runs apply";

/**
 * An entry of unitune's is for an admin of the config or for somebody who ran unitune, and says which: so the caller who
 * becomes an admin, or was one, keeps the same entry all the time. Entries that others made are left as they are, and
 * so are those of earlier callers.
 */
export function accessChanges(
  admins: readonly string[],
  caller: string,
  entries: readonly AccessEntry[],
): AccessChange[] {
  const wanted = new Map<string, AccessPurpose>([[caller, "caller"], ...admins.map((arn) => [arn, "admin"] as const)]);
  const byArn = new Map(entries.map((entry) => [entry.principalArn, entry]));
  const changes = [...wanted].flatMap(([principalArn, purpose]): AccessChange[] => {
    const entry = byArn.get(principalArn);
    if (!entry) return [{ action: "create", principalArn, purpose }];
    if (!entry.ours || (entry.isAdmin && entry.purpose === purpose)) return [];
    return [{ action: "update", principalArn, purpose }];
  });
  const former = entries.filter(({ ours, purpose, principalArn }) => {
    return ours && purpose === "admin" && !wanted.has(principalArn);
  });
  return [
    ...changes,
    ...former.map(({ principalArn }): AccessChange => ({ action: "delete", principalArn, purpose: "admin" })),
  ];
}

/** What is worth knowing of admins whose entry somebody else made, without the rights of one. */
export function foreignAdmins(admins: readonly string[], entries: readonly AccessEntry[]): string[] {
  return admins.flatMap((arn, at) => {
    const entry = entries.find(({ principalArn }) => principalArn === arn);
    if (!entry || entry.ours || entry.isAdmin) return [];
    return [
      `cluster.admins[${at}]  ${arn} has an access entry that unitune did not create, without ` +
      "AmazonEKSClusterAdminPolicy: it stays as it is — delete the entry to have unitune create its own",
    ];
  });
}

/** The admins' entries as a document to review, as they are in no template: a stack fails over an entry that is there. */
export function accessDocument({ name, region, cluster }: Config): Readonly<Record<string, unknown>> {
  const policyArn = clusterAdminPolicy(partitionOf(region));
  return {
    clusterName: name,
    accessEntries: cluster.admins.map((principalArn) => {
      return { principalArn, accessPolicies: [{ policyArn, accessScope: { type: "cluster" } }] };
    }),
  };
}

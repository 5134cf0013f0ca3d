/** Who may use the cluster: the existing access entries compared with those that should exist. Pure. */
import { clusterAdminPolicy, partitionOf } from "../core/names.ts";
import type { Judged } from "../core/findings.ts";
import type { AccessEntry, AccessPurpose } from "../core/ports.ts";
import type { AccessChange, Config } from "./types.ts";

/** Stands for the caller's principal in offline plans. */
export const CALLER = "whoever runs apply";

/**
 * An entry that unitune created is for an admin in the config or for a caller of unitune, and says which. So a caller
 * who becomes an admin, or no longer is one, keeps the same entry. Entries that unitune did not create stay as they
 * are, and so do those of earlier callers.
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

/** Notes about admins whose entry unitune did not create, and which lacks the rights of an admin. */
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

/** The caller's entry, which unitune needs and must not change. */
export function foreignEntry({ principalArn }: AccessEntry, cluster: string, region: string): Judged {
  const show =
    `aws eks describe-access-entry --region ${region} --cluster-name ${cluster} --principal-arn ${principalArn}`;
  return {
    severity: "error",
    path: principalArn,
    message: "has an access entry that unitune did not create, without AmazonEKSClusterAdminPolicy: it stays as it is",
    hint: `\`${show}\` shows it; give it that policy, or delete it to have unitune create its own`,
  };
}

/** The admins' entries as a document to review. They are in no template, as an existing entry would fail the stack. */
export function accessDocument({ name, region, cluster }: Config): Readonly<Record<string, unknown>> {
  const policyArn = clusterAdminPolicy(partitionOf(region));
  return {
    clusterName: name,
    accessEntries: cluster.admins.map((principalArn) => {
      return { principalArn, accessPolicies: [{ policyArn, accessScope: { type: "cluster" } }] };
    }),
  };
}

/** Add-ons, of every cluster, of storage and of the user, and what their roles may do. */
import type * as z from "zod";
import { addOnFacts, CSI_ADD_ONS, defaultConfiguration } from "../../core/facts/add_ons.ts";
import { pinnedAddOn } from "../../core/facts/kubernetes.ts";
import { entryOf, laidOver } from "../../core/tables.ts";
import { partitionIssues, partsOf } from "./access.ts";
import { CORE_ADD_ONS } from "./aws.ts";
import type { cluster } from "../schema/infra.ts";
import type { Issue, Path } from "../issues.ts";
import { unique } from "./pool_fields.ts";
import { storageAddOns } from "./storage.ts";
import type { AddOn, Rights, Storage } from "../types.ts";

type AddOnsIn = NonNullable<Partial<z.output<typeof cluster>>["addOns"]>;
type AddOnIn = AddOnsIn[string];

/** What add-ons depend on. */
export interface AddOnInputs {
  readonly kubernetes: string;
  readonly storage: Storage;
  /** Whether builds use disks of EBS. Default: `false`. */
  readonly disks?: boolean;
  readonly region: string | undefined;
}

/** Sorted by name. */
export function addOnsOf(declared: AddOnsIn = {}, context: AddOnInputs, issues: Issue[] = []): readonly AddOn[] {
  const needed = [...CORE_ADD_ONS, ...storageAddOns(context.storage, context.disks)];
  const names = [...new Set([...needed, ...Object.keys(declared)])].toSorted();
  return names.map((name) => {
    const input = entryOf(declared, name) ?? {}, { version = pinnedAddOn(context.kubernetes, name) } = input;
    const configuration = laidOver(defaultConfiguration(name), input.configuration ?? {});
    return {
      name,
      version,
      configuration: Object.keys(configuration).length > 0 ? JSON.stringify(configuration) : null,
      role: roleOf(name, input, context, issues),
    };
  });
}

function roleOf(name: string, input: AddOnIn, { storage, region }: AddOnInputs, issues: Issue[]): Rights | null {
  const facts = addOnFacts(name), path = ["cluster", "addOns", name];
  issues.push(...roleIssues(name, input, path));
  const policies = unique(input.policies ?? facts?.policies ?? [], [...path, "policies"], issues);
  issues.push(...partitionIssues(policies, [...path, "policies"], region));
  const mounted = storage.volumes.filter((volume) => volume.kind === "bucket");
  const buckets = name === CSI_ADD_ONS.bucket ? [...new Set(mounted.map(({ bucket }) => bucket))] : [];
  const account = input.serviceAccount === undefined ? facts : partsOf(input.serviceAccount);
  if (account === undefined || policies.length + buckets.length === 0) return null;
  return {
    namespace: account.namespace,
    serviceAccount: account.serviceAccount,
    policies,
    buckets: buckets.toSorted().map((name) => ({ name, write: false })),
    kmsKeys: buckets.length === 0 ? [] : [...new Set(mounted.flatMap(({ kmsKey }) => kmsKey ?? []))].toSorted(),
  };
}

function roleIssues(name: string, { policies = [], serviceAccount }: AddOnIn, path: Path): Issue[] {
  if (addOnFacts(name)) return [];
  const hint = `aws eks describe-addon-configuration --addon-name ${name} --addon-version <version> ` +
    "--query podIdentityConfiguration shows it";
  if (policies.length > 0 && serviceAccount === undefined) {
    const message = "is missing: this release does not know which ServiceAccount of the add-on calls AWS";
    return [{ code: "MISSING_FIELD", path: [...path, "serviceAccount"], message, hint }];
  }
  if (policies.length === 0 && serviceAccount !== undefined) {
    const message = "has no effect without policies, as this release knows none for this add-on";
    return [{ code: "CONFLICT", path: [...path, "serviceAccount"], message, hint: "write policies: [ARNs]" }];
  }
  return [];
}

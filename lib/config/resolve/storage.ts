/** Storage that pods mount: defaults, the rules between volumes, and the add-ons that mount them. */
import type * as z from "zod";
import { CSI_ADD_ONS } from "../../core/facts/add_ons.ts";
import { dnsSuffix, partitionOf } from "../../core/names.ts";
import { CLUSTER, SYSTEM_NAMESPACE } from "../../core/pins.ts";
import { partitionIssues } from "./access.ts";
import type { Issue, Path } from "../issues.ts";
import { unique } from "./pool_fields.ts";
import type { storage } from "../schema/storage.ts";
import type { Storage, Volume } from "../types.ts";

type StorageIn = Partial<NonNullable<z.output<typeof storage>>>;

/** Section of the config → kind of its volumes. */
const SECTIONS = { buckets: "bucket", efs: "efs", fsx: "fsx" } as const;
type Section = keyof typeof SECTIONS;

/** Namespaces that are not for the user's pods. */
const RESERVED: readonly string[] = [
  CLUSTER.buildNamespace,
  CLUSTER.installNamespace,
  SYSTEM_NAMESPACE,
  "kube-public",
  "kube-node-lease",
];

export function storageOf(input: StorageIn = {}, region = "", issues: Issue[] = []): Storage {
  const volumes = Object.keys(SECTIONS).flatMap((section) => volumesOf(section as Section, input, region, issues));
  return { ebs: input.ebs ?? false, volumes: volumes.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

function volumesOf(section: Section, input: StorageIn, region: string, issues: Issue[]): Volume[] {
  return Object.entries(input[section] ?? {}).map(([name, one]) => {
    const path = ["storage", section, name];
    const namespaces = namespacesOf(one.namespaces, [...path, "namespaces"], issues);
    return { name, namespaces, ...sourceOf(one, region) };
  });
}

type Source = Volume extends infer V ? V extends Volume ? Omit<V, "name" | "namespaces"> : never : never;
type OneIn = NonNullable<NonNullable<StorageIn[Section]>[string]>;

function sourceOf(one: OneIn, region: string): Source {
  if ("bucket" in one) {
    const { bucket, kmsKey = null } = one;
    return { kind: "bucket", bucket, region: one.region ?? region, kmsKey };
  }
  if (!("mountName" in one)) return { kind: "efs", id: one.id };
  const { id, mountName, dnsName = `${id}.fsx.${region}.${dnsSuffix(region)}` } = one;
  return { kind: "fsx", id, mountName, dnsName };
}

function namespacesOf(input: readonly string[] = ["default"], path: Path, issues: Issue[]): readonly string[] {
  input.forEach((name, at) => {
    if (!RESERVED.includes(name)) return;
    issues.push({
      code: "CONFLICT",
      path: [...path, at],
      message: `must not be a namespace that the cluster itself uses: found "${name}"`,
    });
  });
  return unique(input, path, issues).toSorted();
}

/** Claims in a namespace need different names; a bucket and its key must be in the cluster's partition. */
export function storageIssues({ volumes }: Storage, region: string | undefined): Issue[] {
  return volumes.flatMap((volume, at): Issue[] => {
    const path = ["storage", sectionOf(volume), volume.name];
    const other = volumes.slice(0, at).find(({ name }) => name === volume.name);
    const message = other &&
      `must have a unique name, as its claims use it: storage.${sectionOf(other)} has a volume "${volume.name}" too`;
    return [
      ...message ? [{ code: "CONFLICT" as const, path, message }] : [],
      ...volume.kind === "bucket" && region !== undefined ? placeIssues(volume, path, region) : [],
    ];
  });
}

function placeIssues(bucket: Extract<Volume, { kind: "bucket" }>, path: Path, region: string): Issue[] {
  const partition = partitionOf(region), wrong = partitionOf(bucket.region) !== partition;
  const message =
    `must be a region in partition ${partition}, as the cluster is in ${region}: found "${bucket.region}"`;
  const keys = partitionIssues(bucket.kmsKey === null ? [] : [bucket.kmsKey], path, region);
  return [
    ...wrong ? [{ code: "CONFLICT" as const, path: [...path, "region"], message }] : [],
    ...keys.map((issue): Issue => ({ ...issue, path: [...path, "kmsKey"] })),
  ];
}

function sectionOf({ kind }: Volume): string {
  return Object.keys(SECTIONS).find((key) => SECTIONS[key as Section] === kind)!;
}

/** The add-ons that are needed to mount the storage. `disks`: others than the user's pods need disks of EBS. */
export function storageAddOns({ ebs, volumes }: Storage, disks = false): string[] {
  return [...new Set([...ebs || disks ? [CSI_ADD_ONS.ebs] : [], ...volumes.map(({ kind }) => CSI_ADD_ONS[kind])])];
}

/** Fields that CPU and GPU pools share: how they are resolved, and the rules between them. */
import { FAST_THROUGHPUT, GP3_IOPS, IOPS_PER_MIBS } from "../../core/facts/gp3.ts";
import { BUILDER_TAINT, type Taint } from "../../core/facts/taints.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { Arch } from "../../core/names.ts";
import { isZoneId } from "../../core/zones.ts";
import type * as z from "zod";
import { type Issue, type Path, show } from "../issues.ts";
import {
  type Budget,
  BUDGETS,
  type CapacityType,
  CPU_DEFAULTS,
  type Defaults,
  GPU_DEFAULTS,
  type PoolBase,
} from "./pool_defaults.ts";
import { knobsOf, type PoolFacts } from "./pool_knobs.ts";
import type { cpuPoolSchema, gpuPoolSchema } from "../schema/pool.ts";
import type { CpuPool } from "../types.ts";

type PoolIn = Partial<z.output<typeof cpuPoolSchema> | z.output<typeof gpuPoolSchema>>;

/** For pools whose nodes AWS may reclaim and that builds run on: the pods of builds have no other protection. */
const BUILD_BUDGETS: readonly Budget[] = [
  { nodes: "100%", reasons: ["Empty"] },
  { nodes: "0", reasons: ["Drifted", "Underutilized"] },
];

/** The pool with the budgets that builds on it need, unless it has its own. */
export function withBuildBudgets<P extends PoolBase>(pool: P): P {
  const reclaimable = pool.capacity.some((capacity) => capacity !== "on-demand");
  return reclaimable && pool.budgets === BUDGETS ? { ...pool, budgets: BUILD_BUDGETS } : pool;
}

/** Fields that are used exactly as written. */
type AsWritten = {
  [K in keyof Defaults as NonNullable<PoolIn[K & keyof PoolIn]> extends Defaults[K] ? K : never]: Defaults[K];
};

function asWritten(input: PoolIn, defaults: Defaults): AsWritten {
  const written: Readonly<Record<string, unknown>> = input;
  const fields = Object.entries(defaults).map(([key, value]) => [key, written[key] ?? value]);
  return Object.fromEntries(fields);
}

/** The shared fields as written, with defaults for the others. Some are checked or converted here. */
export function commonFields(
  input: PoolIn,
  defaults: Defaults,
  known: Pick<PoolFacts, "types" | "shared">,
  path: Path,
  issues: Issue[],
): Defaults {
  issues.push(...diskIssues(input, path), ...zoneIssues(input, path), ...budgetIssues(input, path));
  const image = {
    instanceStore: input.instanceStore ?? defaults.instanceStore,
    ami: input.ami ?? defaults.ami,
  };
  const knobs = knobsOf(input, defaults, { ...known, ...image }, path, issues);
  const needed = (knobs.diskThroughput ?? 0) * IOPS_PER_MIBS;
  return {
    ...asWritten(input, defaults),
    ...knobs,
    ...image,
    diskIops: input.diskIops ?? (needed > GP3_IOPS.least ? needed : null),
    zones: unique(input.zones ?? [], [...path, "zones"], issues),
    labels: sorted(input.labels ?? {}),
    taints: taintsOf(input.taints),
    consolidation: {
      policy: input.consolidation?.policy ?? defaults.consolidation.policy,
      after: input.consolidation?.after ?? defaults.consolidation.after,
    },
    budgets: input.budgets?.map(budgetOf) ?? defaults.budgets,
  };
}

type BudgetIn = NonNullable<PoolIn["budgets"]>[number];

function budgetOf({ nodes, reasons, schedule, duration }: BudgetIn): Budget {
  return {
    nodes: String(nodes),
    ...(reasons && { reasons }),
    ...(schedule !== undefined && { schedule }),
    ...(duration !== undefined && { duration }),
  };
}

function diskIssues({ diskThroughput, diskIops }: PoolIn, path: Path): Issue[] {
  if (diskThroughput === undefined || diskIops === undefined) return [];
  const needed = diskThroughput * IOPS_PER_MIBS;
  if (diskIops >= needed) return [];
  return [{
    code: "CONFLICT",
    path: [...path, "diskIops"],
    message:
      `must be at least ${needed} for ${diskThroughput} MiB/s, as EBS requires 4 IOPS per MiB/s: found ${diskIops}`,
    hint: "leave diskIops out: its default depends on the throughput",
  }];
}

function zoneIssues({ zones = [] }: PoolIn, path: Path): Issue[] {
  const ids = zones.filter(isZoneId);
  if (ids.length === 0 || ids.length === zones.length) return [];
  const message = `must be either names of zones or ids of zones: found ${show(zones)}`;
  return [{ code: "CONFLICT", path: [...path, "zones"], message, hint: "split the pool in two" }];
}

function budgetIssues({ budgets = [] }: PoolIn, path: Path): Issue[] {
  return budgets.flatMap(({ schedule, duration }, at): Issue[] => {
    if ((schedule === undefined) === (duration === undefined)) return [];
    const [missing, present] = schedule === undefined ? ["schedule", "duration"] : ["duration", "schedule"];
    const message = `is missing: a budget with a ${present} also needs a ${missing}`;
    return [{ code: "MISSING_FIELD", path: [...path, "budgets", at, missing], message }];
  });
}

/** A pool grows up to a limit, or has a fixed number of nodes. */
export function scaleIssues(input: PoolIn, limit: "maxCpus" | "maxGpus", path: Path): Issue[] {
  if (!("replicas" in input) || !(limit in input)) return [];
  const max = (input as Readonly<Record<string, unknown>>)[limit];
  if (input.replicas === undefined) {
    if (max !== undefined) return [];
    const what = limit === "maxCpus" ? "vCPUs, 1 to 100000" : "GPUs, 1 to 10000";
    const message = `is missing: must be a whole number of ${what}`;
    return [{ code: "MISSING_FIELD", path: [...path, limit], message }];
  }
  return [limit, "weight"].flatMap((key): Issue[] => {
    if ((input as Readonly<Record<string, unknown>>)[key] === undefined) return [];
    const message = "must be left out, as a pool with replicas neither grows nor is chosen by weight";
    return [{ code: "CONFLICT", path: [...path, key], message }];
  });
}

const ORDER: readonly CapacityType[] = ["reserved", "spot", "on-demand"];

export function inOrder<C extends CapacityType>(capacity: readonly C[], path: Path, issues: Issue[]): readonly C[] {
  const right = [...new Set(capacity)].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  if (right.join() !== capacity.join()) {
    issues.push({
      code: "INVALID_VALUE",
      path: [...path, "capacity"],
      message:
        `must be in the order reserved, spot, on-demand, each at most once, as Karpenter's preference is fixed: found ${
          show(capacity)
        }`,
      hint: `write ${show(right)}`,
    });
  }
  return right;
}

/** Returns the list unchanged; a duplicate value is a mistake. */
export function unique<T extends string>(values: readonly T[], path: Path, issues: Issue[]): readonly T[] {
  values.forEach((value, at) => {
    if (values.indexOf(value) === at) return;
    issues.push({ code: "CONFLICT", path: [...path, at], message: `must be named once: found ${show(value)} again` });
  });
  return values;
}

type TaintIn = {
  readonly key: string;
  readonly value?: string | undefined;
  readonly effect?: Taint["effect"] | undefined;
};

function taintsOf(taints: readonly TaintIn[] = []): readonly Taint[] {
  return taints.map(({ key, value = "true", effect = "NoSchedule" }) => ({ key, value, effect }));
}

export function sorted<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The pool that unitune adds if `builder.pool` is not set, with every architecture that the images need. */
export function builderPool(arch: readonly Arch[], concurrency: number, cpus: number): CpuPool {
  return {
    ...CPU_DEFAULTS,
    kind: "cpu",
    name: CLUSTER.builderPool,
    // Builds in user namespaces are not known to work on Bottlerocket.
    ami: "al2023",
    arch,
    capacity: ["on-demand"],
    disk: "200Gi",
    diskThroughput: FAST_THROUGHPUT,
    taints: [BUILDER_TAINT],
    consolidation: GPU_DEFAULTS.consolidation,
    // Twice what runs at once: nodes come in fixed sizes, and the node of a finished build stays for a while.
    maxCpus: Math.max(64, 2 * Math.ceil(concurrency * cpus)),
    families: ["c", "m", "r"],
    builder: true,
  };
}

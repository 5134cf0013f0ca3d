/** Pools: from what the user wrote to `Pool`, with the rules between fields. */
import { CLUSTER } from "../core/pins.ts";
import type { Arch } from "../core/names.ts";
import type { z } from "zod";
import { check } from "./explain.ts";
import { type GpuName, GPUS, type GpuSize } from "./gpus.ts";
import { didYouMean, type Issue, oneOf, type Path, show } from "./issues.ts";
import { cpuPoolSchema, gpuPoolSchema } from "./schema.ts";
import type { CapacityType, CpuPool, GpuPool, Pool, Taint } from "./types.ts";

const ORDER: readonly CapacityType[] = ["reserved", "spot", "on-demand"];
const GPU_TAINT: Taint = { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" };

/** A pool with mistakes is given too, as far as it goes: what refers to it is checked in the same run. */
export function resolvePool(name: string, value: unknown, issues: Issue[]): Pool | undefined {
  const path = ["pools", name], kind = (value as { readonly $?: unknown } | null)?.$;
  if (kind === "cpuPool") {
    const checked = check(cpuPoolSchema, value, path);
    issues.push(...checked.issues);
    return cpuPool(name, checked.partial, issues);
  }
  if (kind === "gpuPool") {
    const checked = check(gpuPoolSchema, value, path);
    issues.push(...checked.issues);
    return gpuPool(name, checked.partial, issues);
  }
  issues.push({ code: "INVALID_VALUE", path, message: `must be made by cpuPool() or gpuPool(): found ${show(value)}` });
  return undefined;
}

function cpuPool(name: string, input: Partial<z.output<typeof cpuPoolSchema>>, issues: Issue[]): CpuPool {
  const path = ["pools", name];
  const families = input.families ?? ["c", "m", "r"];
  const exact = families.filter((family) => family.includes("."));
  if (exact.length > 0 && exact.length < families.length) {
    issues.push({
      code: "CONFLICT",
      path: [...path, "families"],
      message: `must be instance categories or exact types, not both: found ${show(families)}`,
      hint: "split the pool in two",
    });
  }
  return {
    kind: "cpu",
    name,
    arch: unique(input.arch ?? ["amd64"], [...path, "arch"], issues),
    capacity: inOrder(input.capacity ?? ["spot", "on-demand"], path, issues),
    disk: input.disk ?? "100Gi",
    labels: sorted(input.labels ?? {}),
    taints: taintsOf(input.taints),
    maxCpus: input.maxCpus ?? 0,
    families: unique(families, [...path, "families"], issues),
    builder: false,
  };
}

type GpuInput = Partial<z.output<typeof gpuPoolSchema>>;

function gpuPool(name: string, input: GpuInput, issues: Issue[]): GpuPool {
  const path = ["pools", name], capacity = inOrder(input.capacity ?? ["on-demand"], path, issues);
  // What is there but wrong has been told: nothing is concluded from it.
  if ("capacity" in input && "reservation" in input) {
    issues.push(...reservationIssues(path, capacity, input.reservation !== undefined));
  }
  const types = input.gpu && "gpusPerNode" in input ? instanceTypes(input.gpu, input, path, issues) : [];
  const smallest = Math.min(...types.map((size) => size.gpus));
  if (types.length > 0 && input.maxGpus !== undefined && input.maxGpus < smallest) {
    issues.push({
      code: "CONFLICT",
      path: [...path, "maxGpus"],
      message: `must allow one node, which has ${smallest} GPUs: found ${input.maxGpus}`,
      hint: `write maxGpus: ${smallest}, or more`,
    });
  }
  const ids = input.reservation && unique(input.reservation.ids, [...path, "reservation", "ids"], issues);
  return {
    kind: "gpu",
    name,
    arch: ["amd64"],
    capacity,
    disk: input.disk ?? "500Gi",
    labels: sorted(input.labels ?? {}),
    taints: [GPU_TAINT, ...taintsOf(input.taints)],
    gpu: input.gpu ?? "",
    gpusPerNode: input.gpusPerNode ?? null,
    maxGpus: input.maxGpus ?? 0,
    instanceTypes: types.map((size) => size.type),
    efa: input.efa ?? false,
    reservation: ids ? { ids } : null,
  };
}

/** The preset's sizes that have the right number of GPUs, EFA when it is asked for, and were not ruled out by name. */
function instanceTypes(gpu: GpuName, input: GpuInput, path: Path, issues: Issue[]): readonly GpuSize[] {
  const all: readonly GpuSize[] = GPUS[gpu], wanted = input.instanceTypes;
  const known = all.map((size) => size.type);
  wanted?.forEach((type, at) => {
    if (known.includes(type)) return;
    const hint = didYouMean(type, known);
    const message = `must be an instance type with ${gpu}, ${oneOf(known)}: found ${show(type)}`;
    issues.push({ code: "INVALID_VALUE", path: [...path, "instanceTypes", at], message, hint });
  });
  if (wanted?.some((type) => !known.includes(type))) return [];
  const named = all.filter((size) => wanted?.includes(size.type) ?? true);
  const sized = named.filter((size) => size.gpus === (input.gpusPerNode ?? size.gpus));
  if (sized.length === 0) {
    const counts = [...new Set(named.map((size) => size.gpus))].join(", ");
    const message = `must be a number of GPUs that a node with ${gpu} has, ${counts}: found ${input.gpusPerNode}`;
    issues.push({ code: "CONFLICT", path: [...path, "gpusPerNode"], message });
    return [];
  }
  const chosen = input.efa ? sized.filter((size) => size.efa > 0) : sized;
  if (chosen.length === 0) {
    const withEfa = all.filter((size) => size.efa > 0).map((size) => size.type);
    const hint = withEfa.length > 0 ? `${gpu} has EFA on ${withEfa.join(", ")}` : `${gpu} has none: leave efa out`;
    const message = `must be false, as no node of this pool has EFA: found true`;
    issues.push({ code: "CONFLICT", path: [...path, "efa"], message, hint });
  }
  return chosen;
}

function reservationIssues(path: Path, capacity: readonly CapacityType[], reservation: boolean): Issue[] {
  const reserved = capacity.includes("reserved");
  if (reserved === reservation) return [];
  const shown = show(capacity);
  return [
    reservation
      ? {
        code: "CONFLICT",
        path: [...path, "reservation"],
        message: `is only used when capacity holds "reserved": capacity is ${shown}`,
        hint: `write capacity: ${show(["reserved", ...capacity])}`,
      }
      : {
        code: "MISSING_FIELD",
        path: [...path, "reservation"],
        message: `is missing: must name the reservations, as capacity is ${shown}`,
        hint: 'write reservation: { ids: ["cr-…"] }',
      },
  ];
}

function inOrder<C extends CapacityType>(capacity: readonly C[], path: Path, issues: Issue[]): readonly C[] {
  const right = [...new Set(capacity)].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  if (right.join() !== capacity.join()) {
    issues.push({
      code: "INVALID_VALUE",
      path: [...path, "capacity"],
      message: `must be in the order reserved, spot, on-demand, each once, as Karpenter's preference is fixed: found ${
        show(capacity)
      }`,
      hint: `write ${show(right)}`,
    });
  }
  return right;
}

/** The list as it is; a value named twice is a mistake. */
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

/** The pool that unitune adds when builds are given none: every architecture that an image asks for. */
export function builderPool(arch: readonly Arch[], concurrency: number, cpus: number): CpuPool {
  return {
    kind: "cpu",
    name: CLUSTER.builderPool,
    arch,
    capacity: ["on-demand"],
    disk: "200Gi",
    labels: {},
    taints: [{ key: CLUSTER.builderTaint, value: "true", effect: "NoSchedule" }],
    // Twice what runs at once: nodes come in sizes, and a finished build's node stays a little.
    maxCpus: Math.max(64, 2 * Math.ceil(concurrency * cpus)),
    families: ["c", "m", "r"],
    builder: true,
  };
}

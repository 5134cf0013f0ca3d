/** Turns what the user wrote into `Pool`s, and checks the rules between their fields. */
import type * as z from "zod";
import { GPU_TAINT } from "../../core/facts/taints.ts";
import { check } from "../explain.ts";
import { interfacesOf, layoutIssues } from "./efa.ts";
import { gpuSizes } from "./gpu_sizes.ts";
import { karpenterName } from "../gpus.ts";
import { type Issue, type Path, show } from "../issues.ts";
import { placementGroupOf } from "./placement.ts";
import { CPU_DEFAULTS, GPU_DEFAULTS } from "./pool_defaults.ts";
import { commonFields, inOrder, scaleIssues, sorted, unique } from "./pool_fields.ts";
import { sharingOf } from "./pool_knobs.ts";
import { cpuPoolSchema, gpuPoolSchema } from "../schema/pool.ts";
import type { CapacityType, CpuPool, GpuPool, Pool, Reservation } from "../types.ts";

/** A pool with mistakes is returned too, with its valid fields, so that references to it can be checked. */
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
  const message = `must be declared with cpuPool() or gpuPool(): found ${show(value)}`;
  issues.push({ code: "INVALID_VALUE", path, message });
  return undefined;
}

function cpuPool(name: string, input: Partial<z.output<typeof cpuPoolSchema>>, issues: Issue[]): CpuPool {
  const path = ["pools", name];
  const families = input.families ?? ["c", "m", "r"];
  const sorts = new Set(families.map(sortOf));
  if (sorts.size > 1) {
    issues.push({
      code: "CONFLICT",
      path: [...path, "families"],
      message: `must not mix categories, families and exact types: found ${show(families)}`,
      hint: "split the pool in two",
    });
  }
  issues.push(...scaleIssues(input, "maxCpus", path));
  return {
    kind: "cpu",
    name,
    arch: unique(input.arch ?? ["amd64"], [...path, "arch"], issues),
    capacity: inOrder(input.capacity ?? ["spot", "on-demand"], path, issues),
    ...commonFields(input, CPU_DEFAULTS, { types: families, shared: false }, path, issues),
    maxCpus: input.maxCpus ?? 0,
    families: unique(families, [...path, "families"], issues),
    builder: false,
  };
}

/** `m` is a category, `m7i` a family, `m7i.large` a type. */
function sortOf(family: string): "category" | "family" | "type" {
  return family.includes(".") ? "type" : family.length > 1 ? "family" : "category";
}

type GpuInput = Partial<z.output<typeof gpuPoolSchema>>;

function gpuPool(name: string, input: GpuInput, issues: Issue[]): GpuPool {
  const path = ["pools", name], capacity = inOrder(input.capacity ?? ["on-demand"], path, issues);
  // Invalid fields have been reported: nothing more is concluded from them.
  if ("capacity" in input && "reservation" in input) {
    issues.push(...reservationIssues(path, capacity, input.reservation !== undefined));
  }
  const gpus = unique(typeof input.gpu === "string" ? [input.gpu] : input.gpu ?? [], [...path, "gpu"], issues);
  const sizes = gpus.length > 0 && "gpusPerNode" in input ? gpuSizes(gpus, input, path, issues) : [];
  const smallest = Math.min(...sizes.map((size) => size.gpus));
  if (sizes.length > 0 && input.maxGpus !== undefined && input.maxGpus < smallest) {
    issues.push({
      code: "CONFLICT",
      path: [...path, "maxGpus"],
      message: `must allow one node, which has ${smallest} GPUs: found ${input.maxGpus}`,
      hint: `write maxGpus: ${smallest}, or more`,
    });
  }
  issues.push(...scaleIssues(input, "maxGpus", path));
  const known = { types: sizes.map((size) => size.type), shared: input.sharing !== undefined };
  const common = commonFields(input, GPU_DEFAULTS, known, path, issues), efa = input.efa ?? false;
  const sharing = { ami: common.ami, efa, maxGpus: input.maxGpus, sizes };
  if (efa) issues.push(...layoutIssues(sizes, common.replicas !== null, path));
  return {
    kind: "gpu",
    name,
    arch: ["amd64"],
    capacity,
    ...common,
    taints: [GPU_TAINT, ...common.taints],
    gpus: [...new Set(gpus.map(karpenterName))],
    gpusPerNode: input.gpusPerNode ?? null,
    maxGpus: input.maxGpus ?? 0,
    instanceTypes: sizes.map((size) => size.type),
    efa,
    networkInterfaces: efa && sizes.length === 1 ? interfacesOf(sizes[0]!) : [],
    placementGroup: placementGroupOf(input.placementGroup, [...path, "placementGroup"], issues),
    reservation: input.reservation ? reservationOf(input.reservation, [...path, "reservation"], issues) : null,
    ...sharingOf(input.sharing, sharing, [...path, "sharing"], issues),
  };
}

function reservationOf(input: NonNullable<GpuInput["reservation"]>, path: Path, issues: Issue[]): Reservation {
  const { ids, tags, owner } = input, count = Object.keys(tags ?? {}).length;
  const conflict = (message: string, at: Path = path) => issues.push({ code: "CONFLICT", path: at, message });
  if (ids && (tags || owner !== undefined)) conflict("must have either ids, or tags and owner, not both");
  if (!ids && !tags) conflict("must have the ids or the tags of the reservations");
  if (tags && (count === 0 || count > 20)) conflict(`must have 1 to 20 tags: found ${count}`, [...path, "tags"]);
  if (ids) return { ids: unique(ids, [...path, "ids"], issues) };
  return { tags: sorted(tags ?? {}), owner: owner ?? null };
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
        message: `is used only if capacity includes "reserved": capacity is ${shown}`,
        hint: `write capacity: ${show(["reserved", ...capacity])}`,
      }
      : {
        code: "MISSING_FIELD",
        path: [...path, "reservation"],
        message: `is missing: must name the reservations to use, as capacity is ${shown}`,
        hint: 'write reservation: { ids: ["cr-…"] }, or { tags: { … } }',
      },
  ];
}

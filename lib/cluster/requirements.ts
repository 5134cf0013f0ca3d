/** Which instances a pool may have, as Karpenter's requirements. */
import { UnituneError } from "../core/errors.ts";
import type { Requirement } from "../core/karpenter.ts";
import { isZoneId } from "../core/zones.ts";
import type { CpuPool, GpuPool, Pool } from "../plan/types.ts";

/** A pool that names no families or types gets no generation up to this one: no Nitro, or old Graviton. */
const OLDEST_EXCLUDED_GENERATION = 4;

const TYPE = "node.kubernetes.io/instance-type";
const aws = (label: string): string => `karpenter.k8s.aws/instance-${label}`;
const within = (key: string, values: readonly string[]): Requirement => ({ key, operator: "In", values });

export function requirements(pool: Pool): Requirement[] {
  return [
    within("kubernetes.io/os", ["linux"]),
    within("kubernetes.io/arch", pool.arch),
    within("karpenter.sh/capacity-type", pool.capacity),
    ...zones(pool.zones),
    ...(pool.kind === "cpu" ? cpuInstances(pool) : gpuInstances(pool)),
  ];
}

function zones(names: readonly string[]): Requirement[] {
  if (names.length === 0) return [];
  return [within(isZoneId(names[0]!) ? "topology.k8s.aws/zone-id" : "topology.kubernetes.io/zone", names)];
}

function gpuInstances(pool: GpuPool): Requirement[] {
  return [
    within(aws("gpu-name"), pool.gpus),
    ...(pool.gpusPerNode === null ? [] : [within(aws("gpu-count"), [String(pool.gpusPerNode)])]),
    ...(pool.instanceTypes.length === 0 ? [] : [within(TYPE, pool.instanceTypes)]),
  ];
}

/** `c` is a category, `c7i` a family, `c7i.4xlarge` a type. */
function cpuInstances(pool: CpuPool): Requirement[] {
  const of = (test: RegExp): string[] => pool.families.filter((name) => test.test(name));
  const categories = of(/^[a-z]+$/);
  const families = of(/^[a-z]+[0-9][a-z0-9-]*$/);
  const types = of(/\./);
  const kinds = [categories, families, types].filter((names) => names.length > 0);
  if (kinds.length > 1) {
    throw new UnituneError(
      "POOL_FAMILIES",
      `Cannot create pool "${pool.name}" as its families must be of one kind, categories, families or types: ` +
        `current value is ${pool.families.join(", ")}`,
      { path: `pools.${pool.name}.families`, hint: "Declare one pool for each kind" },
    );
  }
  if (families.length > 0) return [within(aws("family"), families)];
  if (types.length > 0) return [within(TYPE, types)];
  const young: Requirement = {
    key: aws("generation"),
    operator: "Gt",
    values: [String(OLDEST_EXCLUDED_GENERATION)],
  };
  return categories.length > 0 ? [within(aws("category"), categories), young] : [young];
}

/** Which instance types a GPU pool may use: those of its presets that match the pool's fields. */
import { type GpuName, GPUS, type GpuSize } from "../gpus.ts";
import { didYouMean, type Issue, oneOf, type Path, show } from "../issues.ts";

interface Wanted {
  readonly gpusPerNode?: number | undefined;
  readonly instanceTypes?: readonly string[] | undefined;
  readonly efa?: boolean | undefined;
}

/** Empty if the pool contradicts itself, which is reported. */
export function gpuSizes(gpus: readonly GpuName[], wanted: Wanted, path: Path, issues: Issue[]): readonly GpuSize[] {
  const all = sizesOf(gpus), wrong = typeIssues(gpus, all, wanted, path);
  issues.push(...wrong);
  if (wrong.length > 0) return [];
  const named = all.filter(({ type }) => wanted.instanceTypes?.includes(type) ?? true);
  const sized = named.filter((size) => size.gpus === (wanted.gpusPerNode ?? size.gpus));
  if (sized.length === 0) {
    const counts = [...new Set(named.map((size) => size.gpus))].sort((a, b) => a - b).join(", ");
    const message = `must be a number of GPUs that nodes with ${either(gpus)} have, ${counts}: found ` +
      `${wanted.gpusPerNode}`;
    issues.push({ code: "CONFLICT", path: [...path, "gpusPerNode"], message });
    return [];
  }
  const chosen = wanted.efa ? sized.filter(({ efa }) => efa > 0) : sized;
  issues.push(...unusedIssues(gpus, chosen, path));
  return chosen;
}

/** Each type once, even if both `a100` and `a100-40gb` include it. */
function sizesOf(gpus: readonly GpuName[]): readonly GpuSize[] {
  const sizes = gpus.flatMap((gpu): readonly GpuSize[] => GPUS[gpu]);
  return [...new Map(sizes.map((size) => [size.type, size])).values()];
}

function typeIssues(gpus: readonly GpuName[], all: readonly GpuSize[], { instanceTypes, efa }: Wanted, path: Path) {
  const known = all.map(({ type }) => type), withEfa = all.filter(({ efa }) => efa > 0).map(({ type }) => type);
  return (instanceTypes ?? []).flatMap((type, at): Issue[] => {
    const place = [...path, "instanceTypes", at];
    if (!known.includes(type)) {
      const message = `must be an instance type with ${either(gpus)}, ${oneOf(known)}: found ${show(type)}`;
      return [{ code: "INVALID_VALUE", path: place, message, hint: didYouMean(type, known) }];
    }
    if (!efa || withEfa.includes(type)) return [];
    const message = `must be an instance type with EFA, as efa is true: found ${show(type)}`;
    return [{ code: "CONFLICT", path: place, message, hint: `${either(gpus)} has EFA on ${withEfa.join(", ")}` }];
  });
}

/** A GPU that the pool names but can never have. */
function unusedIssues(gpus: readonly GpuName[], chosen: readonly GpuSize[], path: Path): Issue[] {
  return gpus.flatMap((gpu, at): Issue[] => {
    if (GPUS[gpu].some(({ type }) => chosen.some((size) => size.type === type))) return [];
    const message =
      "must be a GPU that this pool can have: no instance type with it matches the pool's other fields: " +
      `found ${show(gpu)}`;
    const place = [...path, "gpu", ...gpus.length > 1 ? [at] : []];
    return [{ code: "CONFLICT", path: place, message, hint: "leave it out, or use a separate pool for it" }];
  });
}

function either(gpus: readonly GpuName[]): string {
  return gpus.join(" or ");
}

/** How a pool's nodes are set up: their data volume, how images are pulled, user data, and who shares a GPU. */
import type * as z from "zod";
import { FAST_THROUGHPUT } from "../../core/facts/gp3.ts";
import { isBottlerocket } from "../../core/facts/kubernetes.ts";
import { hasLocalDisks } from "../../core/facts/local_disks.ts";
import { migGpu } from "../../core/facts/mig.ts";
import { type Issue, oneOf, type Path, show } from "../issues.ts";
import { minorOf } from "./karpenter.ts";
import type { gpuPoolSchema } from "../schema/pool.ts";
import type { Karpenter, Pool, PoolBase, Sharing } from "../types.ts";
import { userDataIssues } from "./user_data.ts";

/** What a pool may have of these fields, as it was written, and what its kind has without them. */
type KnobsIn = Partial<Pick<z.output<typeof gpuPoolSchema>, "disk" | "diskThroughput" | "imagePull" | "userData">>;
type Defaults = Pick<PoolBase, "disk" | "diskThroughput" | "imagePull">;

/** What is known of the pool besides. */
export interface PoolFacts {
  /** As resolved: a family, or a family and its release. */
  readonly ami: string;
  readonly instanceStore: PoolBase["instanceStore"];
  /** The instance types or their families, each of which a node may have; none: that is not known. */
  readonly types: readonly string[];
  /** Are its GPUs shared? */
  readonly shared: boolean;
}

/** Karpenter binds SOCI's folder to the RAID0 from this Bottlerocket on: `SupportsDefaultBind` of its module. */
const PARALLEL_BOTTLEROCKET = [1, 46, 0];
/** The first AL2023 with nodeadm's gate FastImagePull, and one on which no node became Ready with it (#2710). */
const PARALLEL_AL2023 = 20250821, BROKEN_AL2023 = 20260505;
/** Of the root volume: AL2023 itself is on it, with drivers. Bottlerocket keeps logs and host containers there. */
const UNUSED = { bottlerocket: "20Gi", al2023: "50Gi" } as const;

type Knobs = Pick<PoolBase, "disk" | "diskThroughput" | "imagePull" | "userData">;

export function knobsOf(input: KnobsIn, defaults: Defaults, facts: PoolFacts, path: Path, issues: Issue[]): Knobs {
  const striped = facts.instanceStore === "raid0" && facts.types.length > 0 && facts.types.every(hasLocalDisks);
  const volume = volumeOf(input, defaults, facts, striped);
  const fast = striped || (volume.diskThroughput ?? 0) >= FAST_THROUGHPUT;
  const reason = notParallel(facts.ami, fast);
  if (input.imagePull === "parallel" && reason) {
    issues.push({ code: "CONFLICT", path: [...path, "imagePull"], ...reason });
  }
  if (input.userData !== undefined) {
    const of = { bottlerocket: isBottlerocket(facts.ami), shared: facts.shared };
    issues.push(...userDataIssues(input.userData, of, [...path, "userData"]));
  }
  const byDefault = isBottlerocket(facts.ami) && !reason ? defaults.imagePull : "standard";
  return { ...volume, imagePull: input.imagePull ?? byDefault, userData: input.userData ?? null };
}

/** What a RAID0 of local disks leaves unused is not bought, unless somebody asks for it. */
function volumeOf(
  input: KnobsIn,
  defaults: Defaults,
  { ami }: PoolFacts,
  striped: boolean,
): Omit<Knobs, "imagePull" | "userData"> {
  const unused = striped && input.disk === undefined;
  const small = UNUSED[isBottlerocket(ami) ? "bottlerocket" : "al2023"];
  return {
    disk: input.disk ?? (unused ? small : defaults.disk),
    diskThroughput: input.diskThroughput ?? (unused ? null : defaults.diskThroughput),
  };
}

/** Why images cannot be pulled in parallel there, if they cannot. */
function notParallel(ami: string, fast: boolean): Pick<Issue, "message" | "hint"> | undefined {
  const [, version] = ami.split("@v"), standard = `must be ${show("standard")}`;
  const least = isBottlerocket(ami) ? `bottlerocket@v${PARALLEL_BOTTLEROCKET.join(".")}` : `al2023@v${PARALLEL_AL2023}`;
  const old = isBottlerocket(ami) ? isOlder(version ?? "", PARALLEL_BOTTLEROCKET) : Number(version) < PARALLEL_AL2023;
  if (version !== undefined && old) return { message: `${standard} before ${least}: found ${show(ami)}` };
  if (Number(version) === BROKEN_AL2023) {
    const message = `${standard} with ${ami}, on which no node becomes Ready otherwise (amazon-eks-ami#2710)`;
    return { message, hint: "or write another ami" };
  }
  if (fast) return undefined;
  const message = `${standard} on a slow disk, where ${show("parallel")} takes longer: the data volume has less than ` +
    `${FAST_THROUGHPUT} MiB/s, and not every instance type has local disks in a RAID0`;
  return { message, hint: `or write diskThroughput: ${FAST_THROUGHPUT}` };
}

function isOlder(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const at = least.findIndex((part, index) => parts[index] !== part);
  return at >= 0 && (parts[at] ?? 0) < least[at]!;
}

/** The first Karpenter that keeps a pool that grows to a number of nodes. */
const NODE_LIMITS = 11;

/** What shared GPUs ask of Karpenter. */
export function sharedIssues(karpenter: Karpenter, pools: readonly Pool[]): Issue[] {
  if (minorOf(karpenter) >= NODE_LIMITS) return [];
  const limited = pools.filter((pool) => pool.kind === "gpu" && pool.sharing !== null && pool.replicas === null);
  return limited.map(({ name }) => {
    const message =
      `needs Karpenter 1.${NODE_LIMITS}.0 or newer, which limits a pool's nodes: found ${karpenter.version}`;
    return { code: "CONFLICT", path: ["pools", name, "sharing"], message, hint: "leave karpenter.version out" };
  });
}

type SharingIn = z.output<typeof gpuPoolSchema>["sharing"];

/** What is known of a GPU pool when it comes to sharing. */
interface GpuFacts {
  readonly ami: string;
  readonly efa: boolean;
  readonly maxGpus: number | undefined;
  readonly sizes: readonly { readonly type: string; readonly gpus: number }[];
}

/** Karpenter reads a shared GPU's node as one of many GPUs once it is there: its limit is in nodes. */
type Shared = Pick<Extract<Pool, { kind: "gpu" }>, "sharing" | "maxNodes">;

export function sharingOf(input: SharingIn, facts: GpuFacts, path: Path, issues: Issue[]): Shared {
  if (input === undefined) return { sharing: null, maxNodes: null };
  const conflict = (message: string, hint?: string) => {
    issues.push({ code: "CONFLICT", path, message, ...(hint !== undefined && { hint }) });
  };
  const counts = [...new Set(facts.sizes.map(({ gpus }) => gpus))];
  if (!isBottlerocket(facts.ami)) {
    conflict(
      `needs Bottlerocket, whose machine image cuts and counts shared GPUs: found ${show(facts.ami)}`,
      "leave ami out",
    );
  }
  if (facts.efa) {
    conflict("must be left out with efa, which joins whole GPUs of several nodes", "split the pool in two");
  }
  if (counts.length > 1) {
    conflict(
      `needs nodes with one number of GPUs, as the pool's limit is then in nodes: found ${counts.join(", ")}`,
      `write gpusPerNode: ${Math.min(...counts)}`,
    );
  }
  const { maxGpus } = facts, [count] = counts;
  return {
    sharing: shareOf(input, facts, path, issues),
    maxNodes: maxGpus === undefined || count === undefined ? null : Math.max(1, Math.floor(maxGpus / count)),
  };
}

function shareOf({ timeSlicing, mig }: NonNullable<SharingIn>, facts: GpuFacts, path: Path, issues: Issue[]): Sharing {
  if ((timeSlicing === undefined) === (mig === undefined)) {
    const message = "must hold timeSlicing or mig, one of the two";
    issues.push({ code: "CONFLICT", path, message });
  }
  if (mig === undefined) return { kind: "time-slicing", replicas: timeSlicing ?? 2 };
  const gpus = facts.sizes.map(({ type }) => ({ type, gpu: migGpu(type) }));
  for (const { type, gpu } of gpus) {
    if (gpu && mig in gpu.parts) continue;
    const message = gpu
      ? `must be a part that the GPUs of ${type} are cut into, ${oneOf(Object.keys(gpu.parts))}: found ${show(mig)}`
      : `must be left out, as Bottlerocket cuts no GPU of ${type}: found ${show(mig)}`;
    const hint = gpu ? undefined : "a100, h100, h200 and b200 are cut";
    issues.push({ code: "CONFLICT", path: [...path, "mig"], message, hint });
    break;
  }
  const models = [...new Set(gpus.flatMap(({ gpu }) => gpu ? [gpu.model] : []))].toSorted();
  return { kind: "mig", profile: mig, models };
}

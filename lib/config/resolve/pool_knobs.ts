/** How a pool's nodes are set up: data volume, image pulls, user data and GPU sharing. */
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

/** The fields as written, and the defaults of the kind of pool. */
type KnobsIn = Partial<Pick<z.output<typeof gpuPoolSchema>, "disk" | "diskThroughput" | "imagePull" | "userData">>;
type Defaults = Pick<PoolBase, "disk" | "diskThroughput" | "imagePull">;

/** What else is known about the pool. */
export interface PoolFacts {
  /** As resolved: a family, or a family with its release. */
  readonly ami: string;
  readonly instanceStore: PoolBase["instanceStore"];
  /** The instance types, or families of them, that nodes may have; empty: not known. */
  readonly types: readonly string[];
  /** Whether its GPUs are shared. */
  readonly shared: boolean;
}

/** Since this Bottlerocket, Karpenter binds SOCI's folder to the RAID0: `SupportsDefaultBind` in its source. */
const PARALLEL_BOTTLEROCKET = [1, 46, 0];
/** The first AL2023 with nodeadm's gate FastImagePull, and a release on which no node became Ready with it (#2710). */
const PARALLEL_AL2023 = 20250821, BROKEN_AL2023 = 20260505;
/** Volume beside a RAID0: it has AL2023 itself with its drivers, or Bottlerocket's logs and host containers. */
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

/** With a RAID0 of local disks most of the volume would be unused, so it is small unless the config sets its size. */
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

/** The reason why images cannot be pulled in parallel on this pool, if there is one. */
function notParallel(ami: string, fast: boolean): Pick<Issue, "message" | "hint"> | undefined {
  const [, version] = ami.split("@v"), standard = `must be ${show("standard")}`;
  const least = isBottlerocket(ami) ? `bottlerocket@v${PARALLEL_BOTTLEROCKET.join(".")}` : `al2023@v${PARALLEL_AL2023}`;
  const old = isBottlerocket(ami) ? isOlder(version ?? "", PARALLEL_BOTTLEROCKET) : Number(version) < PARALLEL_AL2023;
  if (version !== undefined && old) return { message: `${standard} before ${least}: found ${show(ami)}` };
  if (Number(version) === BROKEN_AL2023) {
    const message = `${standard} with ${ami}, whose nodes would never become Ready otherwise (amazon-eks-ami#2710)`;
    return { message, hint: "or use another ami" };
  }
  if (fast) return undefined;
  const message = `${standard} on a slow disk, where ${show("parallel")} would be slower: the data volume has less ` +
    `than ${FAST_THROUGHPUT} MiB/s, and not every instance type has local disks in a RAID0`;
  return { message, hint: `or write diskThroughput: ${FAST_THROUGHPUT}` };
}

function isOlder(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const at = least.findIndex((part, index) => parts[index] !== part);
  return at >= 0 && (parts[at] ?? 0) < least[at]!;
}

/** The first minor version of Karpenter 1 that limits the number of nodes of a pool without replicas. */
const NODE_LIMITS = 11;

/** Checks that Karpenter's version supports shared GPUs. */
export function sharedIssues(karpenter: Karpenter, pools: readonly Pool[]): Issue[] {
  if (minorOf(karpenter) >= NODE_LIMITS) return [];
  const limited = pools.filter((pool) => pool.kind === "gpu" && pool.sharing !== null && pool.replicas === null);
  return limited.map(({ name }) => {
    const message =
      `needs Karpenter 1.${NODE_LIMITS}.0 or newer, the first that can limit a pool's nodes: found ${karpenter.version}`;
    return { code: "CONFLICT", path: ["pools", name, "sharing"], message, hint: "leave karpenter.version out" };
  });
}

type SharingIn = z.output<typeof gpuPoolSchema>["sharing"];

/** What sharing depends on. */
interface GpuFacts {
  readonly ami: string;
  readonly efa: boolean;
  readonly maxGpus: number | undefined;
  readonly sizes: readonly { readonly type: string; readonly gpus: number }[];
}

/** To Karpenter, a running node with shared GPUs seems to have many GPUs, so the pool's limit is in nodes. */
type Shared = Pick<Extract<Pool, { kind: "gpu" }>, "sharing" | "maxNodes">;

export function sharingOf(input: SharingIn, facts: GpuFacts, path: Path, issues: Issue[]): Shared {
  if (input === undefined) return { sharing: null, maxNodes: null };
  const conflict = (message: string, hint?: string) => {
    issues.push({ code: "CONFLICT", path, message, ...(hint !== undefined && { hint }) });
  };
  const counts = [...new Set(facts.sizes.map(({ gpus }) => gpus))];
  if (!isBottlerocket(facts.ami)) {
    conflict(
      `needs Bottlerocket, whose machine image configures GPU sharing: found ${show(facts.ami)}`,
      "leave ami out",
    );
  }
  if (facts.efa) {
    conflict("must be left out with efa, which connects whole GPUs of several nodes", "split the pool in two");
  }
  if (counts.length > 1) {
    conflict(
      `needs nodes with the same number of GPUs, as the pool's limit is then in nodes: found ${counts.join(", ")}`,
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
    const message = "must have either timeSlicing or mig";
    issues.push({ code: "CONFLICT", path, message });
  }
  if (mig === undefined) return { kind: "time-slicing", replicas: timeSlicing ?? 2 };
  const gpus = facts.sizes.map(({ type }) => ({ type, gpu: migGpu(type) }));
  for (const { type, gpu } of gpus) {
    if (gpu && mig in gpu.parts) continue;
    const message = gpu
      ? `must be a part into which the GPUs of ${type} can be divided, ${oneOf(Object.keys(gpu.parts))}: found ${
        show(mig)
      }`
      : `must be left out, as Bottlerocket cannot divide the GPUs of ${type}: found ${show(mig)}`;
    const hint = gpu ? undefined : "only a100, h100, h200 and b200 can be divided";
    issues.push({ code: "CONFLICT", path: [...path, "mig"], message, hint });
    break;
  }
  const models = [...new Set(gpus.flatMap(({ gpu }) => gpu ? [gpu.model] : []))].toSorted();
  return { kind: "mig", profile: mig, models };
}

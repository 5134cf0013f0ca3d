/** What a build requests of its node by default, and what the nodes of its pool have. */
import { gibOf, type Size } from "../../core/units.ts";
import { cpusOf } from "../fields.ts";
import type { CpuPool, Image, Pool } from "../types.ts";

type Resources = Image["resources"];
type Asked = { readonly [Field in keyof Resources]?: Resources[Field] | undefined };

const DEFAULTS: Resources = { cpu: "4", memory: "16Gi", disk: "50Gi" };

/** Kubelet keeps a tenth of the disk free, and reserves some for the system (EKS's AL2023 and Bottlerocket: 1Gi). */
const OWN_DISK = 0.15;
/**
 * What a node keeps for itself, of its memory: 7.5 % that Karpenter expects the hypervisor to take, some 900Mi that EKS
 * reserves for kubelet, and the pods of add-ons. https://karpenter.sh/docs/reference/settings/ (VM_MEMORY_OVERHEAD_PERCENT)
 */
const OWN_MEMORY = 0.3;
/** GiB per vCPU, by the category of an instance type: https://aws.amazon.com/ec2/instance-types/ */
const GIB_PER_CPU: Readonly<Record<string, number>> = { c: 2, m: 4, r: 8 };

/** What was requested, or the default, lowered to what fits; `lowered` names the defaults that were. */
export function resourcesOf(
  asked: Asked = {},
  pool: Pool | undefined,
): { readonly resources: Resources; readonly lowered: readonly (keyof Resources)[] } {
  const { cpu = DEFAULTS.cpu, memory = DEFAULTS.memory, disk = DEFAULTS.disk } = asked, wanted = { cpu, memory, disk };
  if (pool?.kind !== "cpu") return { resources: wanted, lowered: [] };
  const room = { ...roomFor(wanted, pool), disk: mostDisk(pool) };
  const fitting: Resources = {
    cpu: asked.cpu ?? (room.cpus < Number(DEFAULTS.cpu) ? String(room.cpus) : DEFAULTS.cpu),
    memory: asked.memory ?? smaller(DEFAULTS.memory, room.gib),
    disk: asked.disk ?? smaller(DEFAULTS.disk, room.disk),
  };
  const lowered = (["cpu", "memory", "disk"] as const).filter((field) => fitting[field] !== wanted[field]);
  return { resources: fitting, lowered };
}

function smaller(wanted: Size, gib: number): Size {
  return gib < gibOf(wanted) ? `${gib}Gi` : wanted;
}

interface Room {
  readonly cpus: number;
  readonly gib: number;
}

/** What a pod gets of the pool's node that comes closest to what is wanted. */
function roomFor({ cpu, memory }: Resources, pool: CpuPool): Room {
  const cpus = cpusOf(cpu) ?? 0, gib = gibOf(memory);
  const rooms = pool.families.map((type) => roomOf(type, pool)).map((room) => {
    return { room, cpus: Math.min(room.cpus, cpus), gib: Math.min(room.gib, gib) };
  });
  return rooms.toSorted((a, b) => b.cpus - a.cpus || b.gib - a.gib)[0]!.room;
}

/** Without a limit where none is known. */
function roomOf(type: string, { maxCpus }: CpuPool): Room {
  const cpus = Math.min(vcpusOf(type) ?? Infinity, maxCpus > 0 ? maxCpus : Infinity);
  const gib = cpus * (GIB_PER_CPU[/^[a-z]+/.exec(type)?.[0][0] ?? ""] ?? Infinity);
  return { cpus: Math.max(cpus - 1, 0.5), gib: Math.max(Math.floor(gib * (1 - OWN_MEMORY)), 1) };
}

/** The most Gi of a node's disk that a pod gets. Local NVMe disks, if the pool uses them, are as large as they come. */
export function mostDisk({ disk, instanceStore }: CpuPool): number {
  return instanceStore === "raid0" ? Infinity : Math.floor(gibOf(disk) * (1 - OWN_DISK));
}

/** vCPUs by the size in a type's name, the same for all of today's families; unknown for `metal` and small sizes. */
export function vcpusOf(type: string): number | undefined {
  const [, size] = /^[a-z0-9-]+\.(large|[0-9]*xlarge)$/.exec(type) ?? [];
  if (size === undefined) return undefined;
  return size === "large" ? 2 : 4 * (Number.parseInt(size) || 1);
}

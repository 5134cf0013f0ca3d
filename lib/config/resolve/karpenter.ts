/** Karpenter: defaults, and what the rest of the config requires of its version and feature gates. */
import { karpenterFor, karpenterMinorFor } from "../../core/facts/kubernetes.ts";
import { PINS } from "../../core/pins.ts";
import { bytesOf } from "../../core/units.ts";
import { isZoneId } from "../../core/zones.ts";
import { KARPENTER_FOR_LAYOUTS } from "./efa.ts";
import type { Issue } from "../issues.ts";
import { sourced, type Sources } from "./sources.ts";
import type { Karpenter, Pool } from "../types.ts";

/** Everything comes from its publisher's registry. */
const OWN: Sources = { mirrors: {}, digests: {} };

/** Feature gates and whether they are enabled by default, as in the charts. */
const GATES: Readonly<Record<string, boolean>> = {
  capacityBuffer: false,
  nodeOverlay: false,
  nodeRepair: false,
  reservedCapacity: true,
  spotToSpotConsolidation: false,
  staticCapacity: false,
};

interface KarpenterIn {
  readonly version?: string | undefined;
  readonly replicas?: number | undefined;
  readonly resources?: {
    readonly cpu?: string | undefined;
    readonly memory?: string | undefined;
    readonly memoryLimit?: string | undefined;
  } | undefined;
  readonly gates?: Readonly<Record<string, boolean | undefined>> | undefined;
}

export function karpenterOf(kubernetes: string, input: KarpenterIn = {}, sources: Sources = OWN): Karpenter {
  const memory = (input.resources?.memory ?? "512Mi") as Karpenter["resources"]["memory"];
  const limit = (input.resources?.memoryLimit ?? larger(memory, "1Gi")) as Karpenter["resources"]["memory"];
  const gates = Object.entries(GATES).map(([gate, enabled]) => [gate, input.gates?.[gate] ?? enabled]);
  const version = input.version ?? karpenterFor(kubernetes) ?? PINS.karpenter.version;
  const of = (repository: string) => sourced(`${repository}:${version}`, sources);
  return {
    version,
    helmImage: sourced(PINS.helmImage, sources),
    chart: of(PINS.karpenter.chart),
    crdChart: of(PINS.karpenter.crdChart),
    controller: of(PINS.karpenter.controller),
    replicas: input.replicas ?? 2,
    resources: { cpu: input.resources?.cpu ?? "250m", memory, memoryLimit: limit },
    gates: Object.fromEntries(gates),
  };
}

function larger(a: string, b: string): string {
  return (bytesOf(a) ?? 0) > (bytesOf(b) ?? 0) ? a : b;
}

/** The minor version; the major version is always 1. */
export function minorOf({ version }: Pick<Karpenter, "version">): number {
  return Number(version.split(".")[1]);
}

/** Rules between Karpenter, the version of Kubernetes and the pools. */
export function karpenterIssues(karpenter: Karpenter, kubernetes: string, pools: readonly Pool[]): Issue[] {
  const issues: Issue[] = [], path = ["karpenter"];
  const least = karpenterMinorFor(kubernetes), minor = minorOf(karpenter);
  if (least !== undefined && minor < least) {
    const message = `must be 1.${least}.0 or newer for Kubernetes ${kubernetes}: found ${karpenter.version}`;
    issues.push({
      code: "CONFLICT",
      path: [...path, "version"],
      message,
      hint: "leave it out to use the tested version",
    });
  }
  const laidOut = pools.find((pool) =>
    pool.kind === "gpu" && (pool.networkInterfaces.length > 0 || pool.placementGroup !== null)
  );
  if (laidOut && minor < KARPENTER_FOR_LAYOUTS) {
    const message =
      `must be 1.${KARPENTER_FOR_LAYOUTS}.0 or newer for the network interfaces or the placement group of ` +
      `pool "${laidOut.name}": found ${karpenter.version}`;
    issues.push({
      code: "CONFLICT",
      path: [...path, "version"],
      message,
      hint: "leave it out to use the tested version",
    });
  }
  const { memory, memoryLimit } = karpenter.resources;
  if ((bytesOf(memoryLimit) ?? 0) < (bytesOf(memory) ?? 0)) {
    const message = `must be at least the requested memory, ${memory}: found ${memoryLimit}`;
    issues.push({ code: "CONFLICT", path: [...path, "resources", "memoryLimit"], message });
  }
  for (const pool of pools) {
    const needed = pool.replicas !== null ? ["replicas", "staticCapacity"] : undefined;
    const reserved = pool.capacity.includes("reserved") ? ["capacity", "reservedCapacity"] : undefined;
    for (const [field = "", gate = ""] of [needed, reserved].flatMap((one) => one ? [one] : [])) {
      if (karpenter.gates[gate]) continue;
      const message = `needs Karpenter's feature gate ${gate}, which is disabled`;
      const hint = `write karpenter: { gates: { ${gate}: true } }`;
      issues.push({ code: "CONFLICT", path: ["pools", pool.name, field], message, hint });
    }
  }
  return issues;
}

/** Zones must be in the config's region. */
export function zoneRegionIssues(pools: readonly Pool[], region: string | undefined): Issue[] {
  if (region === undefined) return [];
  return pools.flatMap(({ name, zones }) =>
    zones.flatMap((zone, at): Issue[] => {
      if (isZoneId(zone) || zone.slice(0, -1) === region) return [];
      const message = `must be a zone of ${region}: found "${zone}"`;
      return [{ code: "CONFLICT", path: ["pools", name, "zones", at], message, hint: `for example ${region}a` }];
    })
  );
}

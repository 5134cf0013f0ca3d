/**
 * What the program claims about AWS, held to the catalogue. Pure: a claim in, findings out, so that a test can claim
 * near misses and see each found. It knows nothing of where the claims come from.
 */
import { addOnVersions, CATALOGUE, type InstanceType } from "./catalogue.ts";

/** What goes with a version of Kubernetes. */
export interface KubernetesClaim {
  readonly karpenterMinor: number;
  /** Karpenter's version where the one of all others is too old. */
  readonly karpenter?: string;
  /** First day of extended support; `null`: not known yet. */
  readonly extendedFrom: string | null;
  /** Family → release. */
  readonly amis: Readonly<Record<string, string>>;
  readonly addOns: Readonly<Record<string, string>>;
}

/** One size of a GPU preset. */
export interface GpuClaim {
  readonly type: string;
  readonly gpus: number;
  readonly efa: number;
}

/** A preset: its sizes, the name that nodes are labelled with, and the memory of one GPU in MiB. */
export interface PresetClaim {
  readonly gpu: string;
  readonly memoryMiB: readonly number[];
  readonly sizes: readonly GpuClaim[];
}

/** What pods ask for, of a manifest that belongs to a config. */
export interface WorkloadClaim {
  readonly pool: string;
  /** Resource → quantity, the larger of request and limit. */
  readonly resources: Readonly<Record<string, string | number>>;
}

/** A config as it is resolved. */
export interface ConfigClaim {
  readonly region: string;
  readonly kubernetes: string;
  readonly systemNodes: readonly string[];
  /** Pool → the instance types it may have. */
  readonly pools: Readonly<Record<string, PoolClaim>>;
  readonly addOns: readonly string[];
  readonly workloads: readonly WorkloadClaim[];
}

export interface PoolClaim {
  /** Categories, families or types of a CPU pool. */
  readonly families: readonly string[];
  /** Types of a GPU pool. */
  readonly types: readonly string[];
  readonly arch: readonly string[];
}

/** All that a release says of AWS. */
export interface Claims {
  readonly kubernetes: Readonly<Record<string, KubernetesClaim>>;
  readonly defaultKubernetes: string;
  readonly controlPlane: { readonly standard: number; readonly extended: number };
  readonly karpenter: string;
  readonly presets: Readonly<Record<string, PresetClaim>>;
  /** Region → its partition, and the domain of its services' hosts. */
  readonly partitions: Readonly<Record<string, { readonly partition: string; readonly domain: string }>>;
  /** Region → zones that subnets are laid out in. */
  readonly zones: Readonly<Record<string, readonly string[]>>;
  /** Region → host of the registry of EKS's own images. */
  readonly registries: Readonly<Record<string, string>>;
  /** Region → instance types of the system nodes where the config names none. */
  readonly systemNodes: Readonly<Record<string, readonly string[]>>;
  readonly configs: Readonly<Record<string, ConfigClaim>>;
}

/** What the catalogue does not hold: none, if all is well. */
export function conformance(claims: Claims): string[] {
  return [
    ...Object.entries(claims.kubernetes).flatMap(([version, claim]) => ofVersion(version, claim, claims.karpenter)),
    ...ofDefaults(claims),
    ...Object.entries(claims.presets).flatMap(([name, preset]) => ofPreset(name, preset)),
    ...missingSizes(claims.presets),
    ...Object.entries(claims.zones).flatMap(([region, zones]) => ofZones(region, zones)),
    ...Object.entries(claims.partitions).flatMap(([region, claim]) => ofPartition(region, claim)),
    ...Object.entries(claims.registries).flatMap(([region, host]) => ofRegistry(region, host)),
    ...Object.entries(claims.systemNodes).flatMap(([region, types]) => ofNodeTypes(`system nodes`, types, region)),
    ...Object.entries(claims.configs).flatMap(([name, config]) => ofConfig(name, config)),
  ];
}

const minorOf = (version: string) => Number(version.split(".")[1]);

function ofVersion(version: string, claim: KubernetesClaim, tested: string): string[] {
  const known = CATALOGUE.kubernetes[version], what = `Kubernetes ${version}`;
  if (!known) return [`${what}: EKS does not offer it`];
  const found = [...ofImages(version, claim.amis)];
  if (claim.karpenterMinor !== known.karpenterMinor) {
    found.push(`${what}: needs Karpenter 1.${known.karpenterMinor}, claimed 1.${claim.karpenterMinor}`);
  }
  const karpenter = claim.karpenter ?? tested;
  if (!CATALOGUE.karpenterReleases.includes(karpenter)) found.push(`${what}: no Karpenter ${karpenter}`);
  if (minorOf(karpenter) < known.karpenterMinor) found.push(`${what}: Karpenter ${karpenter} is too old`);
  const unsure = claim.extendedFrom === null && known.computed;
  if (!unsure && claim.extendedFrom !== known.standardSupportEnds) {
    found.push(`${what}: standard support ends on ${known.standardSupportEnds}, claimed ${claim.extendedFrom}`);
  }
  for (const [name, pinned] of Object.entries(claim.addOns)) {
    if (!addOnVersions(name, version).includes(pinned)) found.push(`${what}: no ${name} ${pinned}`);
  }
  return found;
}

/** Each release has images of every architecture that a pool may have, plain and with NVIDIA's driver. */
function ofImages(version: string, amis: Readonly<Record<string, string>>): string[] {
  const { bottlerocket, al2023, ...others } = amis, what = `Kubernetes ${version}`;
  const found = Object.keys(others).map((family) => `${what}: no images of ${family} are known`);
  const rocket = CATALOGUE.bottlerocket[version]!, linux = CATALOGUE.al2023[version]!;
  const plain = (release: string | undefined) => release?.replace(/^v/, "") ?? "";
  if (!rocket.releases.includes(plain(bottlerocket))) {
    found.push(`${what}: no Bottlerocket ${bottlerocket}, releases begin with v${rocket.first}`);
  }
  for (const variant of ["", "nvidia"]) {
    if (!rocket.variants.includes(variant)) found.push(`${what}: no Bottlerocket variant ${variant}`);
  }
  if (!linux.releases.includes(plain(al2023))) found.push(`${what}: no AL2023 ${al2023}`);
  const warning = CATALOGUE.avoid[plain(al2023)];
  if (warning) found.push(`${what}: AWS warns of AL2023 ${al2023}: ${warning}`);
  for (const [arch, variants] of [["x86_64", ["standard", "nvidia"]], ["arm64", ["standard", "nvidia"]]] as const) {
    const lost = variants.filter((variant) => !linux.variants[arch]?.includes(variant));
    if (lost.length) found.push(`${what}: no AL2023 ${lost.join(", ")} for ${arch}`);
  }
  return found;
}

function ofDefaults({ defaultKubernetes, kubernetes, controlPlane }: Claims): string[] {
  const found: string[] = [];
  if (!kubernetes[defaultKubernetes]) found.push(`default version ${defaultKubernetes} is not one of those known`);
  for (const [support, price] of Object.entries(CATALOGUE.controlPlane)) {
    const claimed = controlPlane[support as keyof typeof controlPlane];
    if (claimed !== price) {
      found.push(`control plane in ${support} support costs ${price} USD an hour, claimed ${claimed}`);
    }
  }
  return found;
}

function ofPreset(name: string, { gpu, memoryMiB, sizes }: PresetClaim): string[] {
  const found = sizes.flatMap(({ type, gpus, efa }) => {
    const known = CATALOGUE.instanceTypes[type], what = `${name}: ${type}`;
    if (!known) return [`${what} is no instance type`];
    return [
      ...differs(what, "GPU", known.gpu, gpu),
      ...differs(what, "GPUs", known.gpus, gpus),
      ...differs(what, "EFA interfaces", known.efa ?? 0, efa),
      ...(memoryMiB.includes(known.gpuMemoryMiB ?? 0) ? [] : [`${what} has ${known.gpuMemoryMiB} MiB a GPU`]),
      ...(Object.keys(CATALOGUE.offerings[type] ?? {}).length ? [] : [`${what} is offered in no region`]),
    ];
  });
  const there = new Set(sizes.map(({ type }) => CATALOGUE.instanceTypes[type]?.gpuMemoryMiB));
  return [
    ...found,
    ...memoryMiB.filter((mib) => !there.has(mib)).map((mib) => `${name}: no size has ${mib} MiB a GPU`),
  ];
}

function differs(what: string, of: string, known: unknown, claimed: unknown): string[] {
  return known === claimed ? [] : [`${what} has ${known} ${of}, claimed ${claimed}`];
}

/** Sizes of a preset's GPU that no preset has: not the metal ones, which boot for minutes, nor shares of a GPU. */
function missingSizes(presets: Claims["presets"]): string[] {
  const claimed = new Set(Object.values(presets).flatMap(({ sizes }) => sizes.map(({ type }) => type)));
  const gpus = new Set(Object.values(presets).map(({ gpu }) => gpu));
  return Object.entries(CATALOGUE.instanceTypes)
    .filter(([type, { gpu, gpus: count, bareMetal, arch }]) =>
      gpu && count && gpus.has(gpu) && !bareMetal && arch === "amd64" && !claimed.has(type)
    )
    .map(([type, { gpu }]) => `${type} has ${gpu}, and no preset has it`);
}

function ofZones(region: string, zones: readonly string[]): string[] {
  const known = CATALOGUE.regions[region];
  if (!known) return [`${region}: no such region`];
  const lost = zones.filter((zone) => !known.zones.includes(zone));
  return [
    ...(known.eks ? [] : [`${region}: EKS is not offered there`]),
    ...lost.map((zone) => `${region}: no zone ${zone}`),
  ];
}

function ofPartition(region: string, claim: Claims["partitions"][string]): string[] {
  const known = CATALOGUE.regions[region];
  if (!known) return [`${region}: no such region`];
  const { partition, domain } = known;
  return claim.partition === partition && claim.domain === domain
    ? []
    : [`${region} is of ${partition} (${domain}), claimed ${claim.partition} (${claim.domain})`];
}

function ofRegistry(region: string, host: string): string[] {
  const known = CATALOGUE.registries[region];
  if (!known) return [`${region}: no registry of EKS is known there, claimed ${host}`];
  return known.host === host ? [] : [`${region}: EKS's images are at ${known.host}, claimed ${host}`];
}

/** A managed node group fails over any one type that the region lacks. */
function ofNodeTypes(what: string, types: readonly string[], region: string): string[] {
  const unknown = types.filter((type) => !CATALOGUE.instanceTypes[type]);
  const lost = types.filter((type) => !unknown.includes(type) && !isOffered(type, region));
  const archs = new Set(types.map((type) => CATALOGUE.instanceTypes[type]?.arch));
  return [
    ...unknown.map((type) => `${what}: ${type} is no instance type`),
    ...lost.map((type) => `${what}: ${region} has no ${type}`),
    ...(types.length ? [] : [`${what}: none for ${region}`]),
    ...(archs.size > 1 ? [`${what}: types of several architectures: ${types.join(", ")}`] : []),
  ];
}

/** Whether a region has a type; a region that no source tells has every one that exists. */
function isOffered(type: string, region: string): boolean {
  return !CATALOGUE.regions[region]?.told || region in (CATALOGUE.offerings[type] ?? {});
}

function ofConfig(name: string, config: ConfigClaim): string[] {
  const { region, kubernetes } = config;
  const found = CATALOGUE.regions[region]?.eks ? [] : [`${name}: EKS is not offered in ${region}`];
  if (!CATALOGUE.kubernetes[kubernetes]) found.push(`${name}: EKS does not offer Kubernetes ${kubernetes}`);
  found.push(...ofNodeTypes(`${name}: system nodes`, config.systemNodes, region));
  for (const addOn of config.addOns) if (!CATALOGUE.addOns[addOn]) found.push(`${name}: no add-on ${addOn}`);
  for (const [pool, claim] of Object.entries(config.pools)) {
    const lost = claim.families.filter((family) => !typesOf([family], claim.arch, region).length);
    found.push(...lost.map((family) => `${name}: pool ${pool}: ${region} has no ${family}`));
    const missing = claim.types.filter((type) => !CATALOGUE.instanceTypes[type]);
    found.push(...missing.map((type) => `${name}: pool ${pool}: ${type} is no instance type`));
    if (!poolTypes(claim, region).length) found.push(`${name}: pool ${pool}: ${region} has none of its types`);
  }
  return [...found, ...config.workloads.flatMap((workload) => ofWorkload(name, workload, config))];
}

/** Category (`c`), family (`c7i`) and name → the types that it stands for. */
const BY_NAME = new Map<string, string[]>();
for (const type of Object.keys(CATALOGUE.instanceTypes)) {
  const family = type.split(".")[0]!, category = family.match(/^[a-z]+/)![0];
  for (const name of [type, family, category]) BY_NAME.set(name, [...BY_NAME.get(name) ?? [], type]);
}

/** Types by category, family or name, that the region has. */
function typesOf(families: readonly string[], arch: readonly string[], region: string): string[] {
  return families.flatMap((name) => BY_NAME.get(name) ?? [])
    .filter((type) => arch.includes(CATALOGUE.instanceTypes[type]!.arch) && isOffered(type, region));
}

function poolTypes({ families, types, arch }: PoolClaim, region: string): string[] {
  const named = types.filter((type) => CATALOGUE.instanceTypes[type] && isOffered(type, region));
  return [...named, ...(families.length ? typesOf(families, arch, region) : [])];
}

const UNITS: Readonly<Record<string, number>> = { m: 1e-3, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

function quantity(value: string | number): number {
  const [, number, unit = ""] = String(value).match(/^([\d.]+)([A-Za-z]*)$/)!;
  return Number(number) * (UNITS[unit] ?? 1);
}

/** What a node offers of each resource that Karpenter knows. */
const OFFERED: Readonly<Record<string, (type: InstanceType) => number>> = {
  "cpu": (type) => quantity(type.allocatableCpu ?? type.cpu),
  "memory": (type) => quantity(type.allocatableMemory ?? `${type.memoryMiB}Mi`),
  "nvidia.com/gpu": (type) => type.gpus ?? 0,
  "vpc.amazonaws.com/efa": (type) => type.efa ?? 0,
};

function ofWorkload(name: string, { pool, resources }: WorkloadClaim, config: ConfigClaim): string[] {
  const what = `${name}: a pod of pool ${pool}`, claim = config.pools[pool];
  if (!claim) return [`${what}: no such pool`];
  const unknown = Object.keys(resources).filter((resource) => !OFFERED[resource]);
  if (unknown.length) {
    return unknown.map((resource) => `${what} asks for ${resource}, which no node of Karpenter's has`);
  }
  const fits = poolTypes(claim, config.region).some((type) =>
    Object.entries(resources).every(([resource, wanted]) =>
      OFFERED[resource]!(CATALOGUE.instanceTypes[type]!) >= quantity(wanted)
    )
  );
  return fits ? [] : [`${what} fits on none of its types: ${JSON.stringify(resources)}`];
}

/**
 * Makes `instance-types.json`: what EC2's DescribeInstanceTypes says, as moto ships it, with Karpenter's names of GPUs,
 * what Karpenter computes as allocatable, and its on-demand prices in us-east-1.
 */
import { byType, generatedAt, gzipped, pricesOf, sources, versionOf, write } from "./sources.ts";

interface Device {
  readonly Name: string;
  readonly Manufacturer?: string;
  readonly Count: number;
  readonly GpuPartitionSize?: number;
  readonly MemoryInfo?: { readonly SizeInMiB: number };
  readonly CoreInfo?: { readonly Count: number };
}

interface Card {
  readonly MaximumNetworkInterfaces: number;
  readonly InterfaceTypes: readonly string[];
  readonly BaselineBandwidthInGbps: number;
}

/** The part of EC2's answer that is used. */
interface Described {
  readonly BareMetal: boolean;
  readonly CurrentGeneration: boolean;
  readonly Hypervisor?: string;
  readonly SupportedUsageClasses: readonly string[];
  readonly PlacementGroupInfo: { readonly SupportedStrategies: readonly string[] };
  readonly ProcessorInfo: {
    readonly Manufacturer: string;
    readonly SupportedArchitectures: readonly string[];
    readonly SustainedClockSpeedInGhz?: number;
  };
  readonly VCpuInfo: { readonly DefaultVCpus: number; readonly DefaultCores: number };
  readonly MemoryInfo: { readonly SizeInMiB: number };
  readonly EbsInfo: { readonly EbsOptimizedInfo?: { readonly MaximumBandwidthInMbps: number } };
  readonly InstanceStorageInfo?: {
    readonly TotalSizeInGB: number;
    readonly NvmeSupport: string;
    readonly Disks: readonly { readonly Count: number; readonly SizeInGB: number }[];
  };
  readonly NetworkInfo: {
    readonly DefaultNetworkCardIndex: number;
    readonly EfaInfo?: { readonly MaximumEfaInterfaces: number };
    readonly EncryptionInTransitSupported: boolean;
    readonly MaximumNetworkInterfaces: number;
    readonly Ipv4AddressesPerInterface: number;
    readonly NetworkCards: readonly Card[];
  };
  readonly GpuInfo?: { readonly Gpus: readonly Device[] };
  readonly NeuronInfo?: { readonly NeuronDevices: readonly Device[] };
  readonly InferenceAcceleratorInfo?: { readonly Accelerators: readonly Device[] };
}

const from = sources("moto", "karpenter", "reference");
const described = gzipped(`${from.moto}/moto/ec2/resources/instance_types.json.gz`) as Record<string, Described>;
const priceText = Deno.readTextFileSync(`${from.karpenter}/pkg/providers/pricing/zz_generated.pricing_aws.go`);
const prices = pricesOf(priceText)["us-east-1"]!;
const reference = allocatable(Deno.readTextFileSync(from.reference));

/** Karpenter's own page: type → label or resource → value. */
function allocatable(text: string): Record<string, Record<string, string>> {
  const types: Record<string, Record<string, string>> = {};
  let current: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const title = line.match(/^### `(.+)`$/);
    if (title) current = types[title[1]!] = {};
    const row = line.match(/^ ?\|([^|]+)\|([^|]+)\|$/);
    if (row) current[row[1]!.trim()] = row[2]!.trim();
  }
  return types;
}

/** `L40S` → `l40s`, as Karpenter's label `instance-gpu-name` has it. */
function kebab(name: string): string {
  return name.toLowerCase().replaceAll(" ", "-");
}

/** Cards in a row that are alike, counted. */
function cards(list: readonly Card[]): { count: number; interfaces: number; kinds: readonly string[]; gbps: number }[] {
  const runs: { count: number; interfaces: number; kinds: readonly string[]; gbps: number }[] = [];
  for (const card of list) {
    const { MaximumNetworkInterfaces: interfaces, InterfaceTypes: kinds, BaselineBandwidthInGbps: gbps } = card;
    const last = runs.at(-1);
    const same = last &&
      JSON.stringify({ ...last, count: 1 }) === JSON.stringify({ count: 1, interfaces, kinds, gbps });
    if (same) last.count++;
    else runs.push({ count: 1, interfaces, kinds, gbps });
  }
  return runs;
}

function devices(info: Described): Record<string, unknown> {
  const gpu = info.GpuInfo?.Gpus[0];
  const neuron = info.NeuronInfo?.NeuronDevices[0] ?? info.InferenceAcceleratorInfo?.Accelerators[0];
  return {
    gpu: gpu && kebab(gpu.Name),
    gpus: gpu?.Count,
    gpuPartition: gpu && (gpu.GpuPartitionSize ?? 1) < 1 ? gpu.GpuPartitionSize : undefined,
    gpuMemoryMiB: gpu?.MemoryInfo?.SizeInMiB,
    gpuManufacturer: gpu?.Manufacturer?.toLowerCase(),
    accelerator: neuron && kebab(neuron.Name),
    accelerators: neuron?.Count,
    acceleratorCores: neuron?.CoreInfo?.Count,
  };
}

function network(info: Described["NetworkInfo"]): Record<string, unknown> {
  return {
    networkMbps: Math.round(info.NetworkCards.reduce((sum, card) => sum + card.BaselineBandwidthInGbps, 0) * 1000),
    interfaces: info.MaximumNetworkInterfaces,
    ipv4PerInterface: info.Ipv4AddressesPerInterface,
    efa: info.EfaInfo?.MaximumEfaInterfaces,
    defaultNetworkCard: info.DefaultNetworkCardIndex,
    networkCards: cards(info.NetworkCards),
    encryptionInTransit: info.EncryptionInTransitSupported,
  };
}

function entry(type: string, info: Described): Record<string, unknown> {
  const { SupportedArchitectures: archs } = info.ProcessorInfo;
  const own = reference[type];
  return {
    arch: archs.some((arch) => arch.startsWith("arm64")) ? "arm64" : "amd64",
    cpu: info.VCpuInfo.DefaultVCpus,
    cores: info.VCpuInfo.DefaultCores,
    memoryMiB: info.MemoryInfo.SizeInMiB,
    cpuManufacturer: info.ProcessorInfo.Manufacturer.toLowerCase().replace(/^apple.*/, "apple"),
    clockGhz: info.ProcessorInfo.SustainedClockSpeedInGhz,
    hypervisor: info.Hypervisor,
    bareMetal: info.BareMetal || undefined,
    previousGeneration: info.CurrentGeneration ? undefined : true,
    usage: info.SupportedUsageClasses,
    placement: info.PlacementGroupInfo.SupportedStrategies,
    ebsMbps: info.EbsInfo.EbsOptimizedInfo?.MaximumBandwidthInMbps,
    localNvmeGiB: info.InstanceStorageInfo?.NvmeSupport === "required"
      ? info.InstanceStorageInfo.TotalSizeInGB
      : undefined,
    disks: info.InstanceStorageInfo?.Disks.map((disk) => [disk.Count, disk.SizeInGB]),
    ...network(info.NetworkInfo),
    ...devices(info),
    allocatableCpu: own?.cpu,
    allocatableMemory: own?.memory,
    pods: own?.pods && Number(own.pods),
    allocatableGpus: own?.["nvidia.com/gpu"] && Number(own["nvidia.com/gpu"]),
    podEni: own?.["vpc.amazonaws.com/pod-eni"] && Number(own["vpc.amazonaws.com/pod-eni"]),
    usdPerHourOnDemandUsEast1: prices[type],
  };
}

const version = versionOf(from.moto, "moto");
write("instance-types.json", {
  source: `DescribeInstanceTypes of EC2, as the Python package moto ${version} ships it ` +
    "(moto/ec2/resources/instance_types.json.gz); allocatable values: Karpenter provider for AWS, website/content/en/" +
    "v1.14/reference/instance-types.md at commit 1d927085dd81 (21 August 2026); prices: pkg/providers/pricing/" +
    `zz_generated.pricing_aws.go of its Go module v1.15.1 (${generatedAt(priceText)})`,
  asOf: "2026-10-27",
  notes: [
    "memory in MiB, local NVMe in GB (Karpenter's label is in GB too; the field's name is historic), prices in USD",
    "efa: EFA interfaces at most; absent means none. networkCards: alike cards in a row, with the kinds of interface that each takes",
    "gpus 0 with gpuPartition: a share of one GPU",
    "allocatable values are with AL2023 and no block devices configured; types that Karpenter's page does not have yet lack them",
    "disks: [count, GB each]",
  ],
  types: Object.fromEntries(
    Object.entries(described).map(([type, info]) => [type, entry(type, info)] as const).sort(byType),
  ),
});

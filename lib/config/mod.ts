/**
 * `unitune/config`: what a `unitune.config.ts` imports. Types and five functions; loads no schema and no SDK.
 *
 * ```ts
 * import { cpuPool, defineConfig, image } from "unitune/config";
 *
 * const base = image({ context: "./images/base" });
 *
 * export default defineConfig({
 *   name: "acme-ml",
 *   region: "us-west-2",
 *   cluster: { endpoint: { publicFrom: ["203.0.113.0/24"] } },
 *   pools: { cpu: cpuPool({ maxCpus: 64 }) },
 *   images: { base, trainer: image({ context: "./images/trainer", needs: { base } }) },
 * });
 * ```
 */
import { makeDsl } from "./dsl.ts";
import type { GpuName } from "./gpus.ts";
import type {
  ConfigArguments,
  ConfigInput,
  CpuPoolInput,
  GpuPoolInput,
  ImageInput,
  PoolsInput,
  PythonInput,
} from "./input/config.ts";
import type {
  Checked,
  CpuPoolRef,
  DefinedConfig,
  GpuPoolRef,
  ImageRef,
  ImagesInput,
  Needs,
  PythonRef,
} from "./resolve/refs.ts";

export type {
  AccessInput,
  AccessInputs,
  AddOnInput,
  Ami,
  Arch,
  BroughtFrom,
  BucketAccessInput,
  BucketVolumeInput,
  BudgetInput,
  BuilderInput,
  ClusterInput,
  ConfigArguments,
  ConfigInput,
  ConsolidationInput,
  CpuPoolFields,
  CpuPoolInput,
  DevicePluginsInput,
  DigestsInput,
  Duration,
  EfaInput,
  EfsVolumeInput,
  EndpointService,
  ExistingNetworkInput,
  FsxVolumeInput,
  GitFacts,
  GpuCapacity,
  GpuKnobs,
  GpuNetwork,
  GpuPoolFields,
  GpuPoolInput,
  IamInput,
  ImageInput,
  ImageTagInput,
  KarpenterGate,
  KarpenterInput,
  KnownRegion,
  LogType,
  MigProfile,
  MirrorsInput,
  NetworkInput,
  NodeKnobs,
  OnDemandIsLast,
  OpenCapacity,
  OwnNetworkFields,
  OwnNetworkInput,
  PlacementGroupInput,
  PlainNetworkInput,
  Platform,
  PoolFields,
  PoolsInput,
  PythonInput,
  ReachInput,
  Region,
  RegistryInput,
  ReservationInput,
  ReservedCapacity,
  ReservedGpuCapacity,
  RetentionDays,
  Scale,
  SecretInput,
  SharingInput,
  Size,
  StorageInput,
  SubnetId,
  SystemNodesInput,
  TagFacts,
  TaintInput,
  UnreservedGpuCapacity,
  VolumeFields,
  ZoneId,
  ZonesInput,
} from "./input/config.ts";
export type { ProxyInput, PullInput, RegistryAuthInput, RepositoryArn } from "./input/registries.ts";
export type { EfaInstanceType, GpuInstanceType, GpuName, GpusPerNode } from "./gpus.ts";
export type {
  AnyImage,
  CpuPoolRef,
  DefinedConfig,
  GpuPoolRef,
  ImageRef,
  ImagesInput,
  Needs,
  PythonRef,
} from "./resolve/refs.ts";

const dsl = makeDsl();

/** Declares the platform: an object, or a function that receives the stage and the allowed environment variables. */
export function defineConfig<
  const P extends PoolsInput,
  const I extends ImagesInput,
  const R extends ConfigInput = ConfigInput,
>(config: ConfigInput<P, I> | ((context: ConfigArguments) => R & Checked<R, ConfigInput>)): DefinedConfig {
  return dsl.defineConfig(config);
}

/** A pool of nodes without GPUs. */
export function cpuPool(pool: CpuPoolInput): CpuPoolRef {
  return dsl.cpuPool(pool);
}

/** A pool of nodes with GPUs, tainted `nvidia.com/gpu=true:NoSchedule`. */
export function gpuPool<const G extends GpuName>(pool: GpuPoolInput<G>): GpuPoolRef {
  return dsl.gpuPool(pool);
}

/** An image that is built in the cluster; its key in `images` is its name. */
// deno-lint-ignore ban-types -- without needs it is the empty object
export function image<const C extends string, const N extends Needs = {}, const P extends string = never>(
  image: ImageInput<C, N, P>,
): ImageRef<C, N, P> {
  return dsl.image(image);
}

/** A Dockerfile for an image with Python and its packages: `image({ context: "./app", dockerfile: python({ … }) })`. */
export function python(input: PythonInput): PythonRef {
  return dsl.python(input);
}

/** The types that the user writes against and the schema that checks them name the same fields. Never run. */
import type * as z from "zod";
import type { BuilderInput, CpuPoolInput, GpuPoolInput, ImageInput } from "../../lib/config/input/config.ts";
import type {
  ClusterInput,
  ConfigInput,
  DevicePluginsInput,
  IamInput,
  KarpenterInput,
  NetworkInput,
} from "../../lib/config/input/config.ts";
import type { cpuPoolSchema, gpuPoolSchema } from "../../lib/config/schema/pool.ts";
import type { imageSchema, SECTIONS } from "../../lib/config/schema/config.ts";

type Keys<T> = T extends unknown ? keyof T : never;
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;
type Fields<S extends z.ZodType> = Exclude<Keys<NonNullable<z.output<S>>>, `$${string}`>;
type Section<K extends keyof typeof SECTIONS> = Fields<(typeof SECTIONS)[K]>;

export const same: readonly true[] = [
  true satisfies Same<Keys<CpuPoolInput>, Fields<typeof cpuPoolSchema>>,
  true satisfies Same<Keys<GpuPoolInput>, Fields<typeof gpuPoolSchema>>,
  true satisfies Same<Keys<ImageInput>, Fields<typeof imageSchema>>,
  true satisfies Same<Keys<NetworkInput>, Section<"network">>,
  true satisfies Same<Keys<ClusterInput>, Section<"cluster">>,
  true satisfies Same<Keys<IamInput>, Section<"iam">>,
  true satisfies Same<Keys<KarpenterInput>, Section<"karpenter">>,
  true satisfies Same<Keys<DevicePluginsInput>, Section<"devicePlugins">>,
  true satisfies Same<Keys<BuilderInput>, Section<"builder">>,
  true satisfies Same<Keys<ConfigInput>, keyof typeof SECTIONS | "pools" | "images">,
];

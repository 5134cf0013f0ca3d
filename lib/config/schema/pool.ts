/** The schema of pools. */
import * as z from "zod";
import { GP3_IOPS, GP3_THROUGHPUT } from "../../core/facts/gp3.ts";
import { ACCOUNT, CAPACITY_RESERVATION, PLACEMENT_GROUP, ZONE_OR_NAME } from "../../core/facts/ids.ts";
import { choice, duration, flag, integer, leaf, map, secondsOf, size, spelt, text } from "../fields.ts";
import { type GpuName, GPUS } from "../gpus.ts";
import { didYouMean, oneOf } from "../issues.ts";
import { gpuKnobs, nodeKnobs } from "./pool_knobs.ts";
import { selectorTags } from "../resolve/tags.ts";

const LABEL_NAME = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
const LABEL_KEY = new RegExp(`^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?${LABEL_NAME}$`);
const labelKey = leaf(
  z.string().regex(LABEL_KEY).refine((key) => !RESERVED.test(key)),
  "a Kubernetes label key, like example.com/team, that Karpenter, Kubernetes and unitune do not reserve",
);
/** Karpenter rejects the first ones, or sets them itself. */
const RESERVED =
  /^(?:(?:[^/]+\.)?karpenter\.sh|(?:[^/]+\.)?karpenter\.k8s\.aws|unitune\.dev)\/|^kubernetes\.io\/hostname$/;
const labelValue = text(new RegExp(`^(?:${LABEL_NAME})?$`), "a Kubernetes label value of at most 63 characters");

const taintKey = text(LABEL_KEY, "a key like that of a Kubernetes label, for example example.com/team");

/** A duration as Karpenter writes it, or `Never`. */
function lifetime(min: string, max: string): z.ZodType<string> {
  const low = secondsOf(min) ?? 0, high = secondsOf(max) ?? Infinity;
  const isRight = (value: string) => {
    const seconds = secondsOf(value);
    return value === "Never" || (seconds !== undefined && seconds >= low && seconds <= high);
  };
  return leaf(
    z.string().refine(isRight),
    `a duration with its unit (s, m or h), ${min} to ${max}, or "Never"`,
    (found) => /^never$/i.test(String(found)) ? 'write "Never"' : undefined,
  );
}

/** Each field is a number, a name, a range, a list or a step, as cron's own parsers accept it. */
const CRON =
  /^(?:@(?:annually|yearly|monthly|weekly|daily|midnight|hourly)|(?:[0-9*?][0-9A-Za-z*?,\/-]*|[A-Za-z]{3}[0-9A-Za-z,\/-]*)(?: (?:[0-9*?][0-9A-Za-z*?,\/-]*|[A-Za-z]{3}[0-9A-Za-z,\/-]*)){4})$/;

const budget = z.strictObject({
  nodes: leaf(
    z.union([z.int().min(0).max(10_000), z.string().regex(/^(?:100|[0-9]{1,2})%$/)]),
    'a number of nodes, 0 to 10000, or a percentage, "0%" to "100%"',
    (found) => typeof found === "string" && /^[0-9]+$/.test(found) ? `write ${found}, or "${found}%"` : undefined,
  ),
  reasons: z.array(choice(["Empty", "Drifted", "Underutilized"])).min(1).optional(),
  schedule: text(CRON, 'a schedule in cron\'s five fields, or "@daily", in UTC').optional(),
  duration: leaf(
    duration("1m", "168h").regex(/[mh]$/),
    "a duration in minutes or hours, 1m to 168h",
  ).optional(),
});

const poolFields = {
  labels: map(labelKey, labelValue).optional(),
  taints: z.array(z.strictObject({
    key: taintKey,
    value: labelValue.optional(),
    effect: choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
  })).optional(),
  zones: z.array(spelt(ZONE_OR_NAME)).min(1).optional(),
  disk: size("20Gi", "16Ti").optional(),
  diskThroughput: integer(GP3_THROUGHPUT.least, GP3_THROUGHPUT.most, "MiB/s").optional(),
  diskIops: integer(GP3_IOPS.least, GP3_IOPS.most, "IOPS").optional(),
  instanceStore: choice(["raid0", "none"]).optional(),
  ami: text(
    /^(?:bottlerocket(?:@v[0-9]+\.[0-9]+\.[0-9]+)?|al2023(?:@v20[0-9]{6})?)$/,
    "bottlerocket or al2023, optionally with an exact release, like bottlerocket@v1.66.0 or al2023@v20261023",
    (found) => String(found).endsWith("@latest") ? "latest would replace nodes unexpectedly" : undefined,
  ).optional(),
  consolidation: z.strictObject({
    policy: choice(["WhenEmpty", "WhenEmptyOrUnderutilized"]).optional(),
    after: lifetime("0s", "168h").optional(),
  }).optional(),
  budgets: z.array(budget).min(1).max(50).optional(),
  expireAfter: lifetime("1h", "8760h").optional(),
  terminationGracePeriod: duration("0s", "168h").optional(),
  weight: integer(1, 100, "points").optional(),
  replicas: integer(1, 1000, "nodes").optional(),
  ...nodeKnobs,
};

const placementGroup = leaf(
  z.union([
    z.literal("cluster"),
    z.strictObject({
      name: text(/^[\x20-\x7e]{1,255}$/, "the name of a placement group, at most 255 ASCII characters").optional(),
      id: spelt(PLACEMENT_GROUP).optional(),
    }),
  ]),
  '"cluster", or the name or the id of an existing placement group',
  (found) => typeof found === "string" ? `write { name: ${JSON.stringify(found)} } to use an existing one` : undefined,
);

const arch = choice(["amd64", "arm64"]);

export const cpuPoolSchema = z.strictObject({
  $: z.literal("cpuPool"),
  ...poolFields,
  arch: z.array(arch).min(1).optional(),
  maxCpus: integer(1, 100_000, "vCPUs").optional(),
  capacity: z.array(choice(["spot", "on-demand"])).min(1).optional(),
  families: z.array(
    text(
      /^(?:[a-z]|[a-z]+[0-9][a-z0-9-]*(?:\.[a-z0-9-]+)?)$/,
      'an instance category, like "m", a family, like "m7i", or an exact type, like "m7i.2xlarge"',
    ),
  ).min(1).optional(),
});

const GPU_NAMES = Object.keys(GPUS) as [GpuName, ...GpuName[]];
const gpu = choice(GPU_NAMES);

export const gpuPoolSchema = z.strictObject({
  $: z.literal("gpuPool"),
  ...poolFields,
  gpu: leaf(
    z.union([gpu, z.array(gpu).min(1)]),
    `${oneOf(GPU_NAMES)}, or a list of them`,
    (found) => didYouMean(found, GPU_NAMES),
  ),
  gpusPerNode: integer(1, 8, "GPUs").optional(),
  maxGpus: integer(1, 10_000, "GPUs").optional(),
  instanceTypes: z.array(z.string()).min(1).optional(),
  capacity: z.array(choice(["reserved", "spot", "on-demand"])).min(1).optional(),
  reservation: z.strictObject({
    ids: z.array(spelt(CAPACITY_RESERVATION)).min(1).optional(),
    tags: selectorTags.optional(),
    owner: spelt(ACCOUNT).optional(),
  }).optional(),
  efa: flag().optional(),
  ...gpuKnobs,
  placementGroup: placementGroup.optional(),
});

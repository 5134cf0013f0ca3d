/** Any valid config, for property tests. */
import fc from "fast-check";
import { GPUS } from "../../lib/config/gpus.ts";
import { MAX_NAME } from "../../lib/core/names.ts";
import { dsl } from "./resolved.ts";

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}$/).filter((text) =>
  text.length <= MAX_NAME && text !== "builder"
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const records = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxKeys: 3 });
const open = fc.constantFrom(["spot"], ["on-demand"], ["spot", "on-demand"]);
const disk = optional(fc.constantFrom("20Gi", "300Gi", "1Ti", "16Ti"));

/** Fields of every pool. */
const common = {
  labels: optional(records),
  disk,
  taints: optional(fc.constantFrom([], [{ key: "example.com/team", value: "a", effect: "NoExecute" }])),
  diskThroughput: optional(fc.integer({ min: 125, max: 2000 })),
  instanceStore: optional(fc.constantFrom("raid0", "none")),
  ami: optional(fc.constantFrom("al2023@v20261023", "bottlerocket@v1.65.0")),
  consolidation: optional(fc.constantFrom({}, { policy: "WhenEmpty" }, { after: "Never" })),
  budgets: optional(fc.constantFrom([{ nodes: 0, schedule: "@daily", duration: "8h" }], [{ nodes: "10%" }])),
  expireAfter: optional(fc.constantFrom("Never", "24h")),
  terminationGracePeriod: optional(fc.constantFrom("0s", "30m")),
  weight: optional(fc.integer({ min: 1, max: 100 })),
  imagePull: optional(fc.constant("standard")),
  userData: fc.boolean(),
};

const USER_DATA: Readonly<Record<string, string>> = {
  al2023: "#!/bin/sh\nsysctl -w vm.max_map_count=262144\n",
  bottlerocket: '[settings.kernel.sysctl]\n"vm.max_map_count" = "262144"\n',
};

/** User data in the language of the machine image. */
function fitting(input: { readonly ami?: string | undefined; readonly userData: boolean }): object {
  const family = (input.ami ?? "bottlerocket").split("@")[0]!;
  return { ...input, userData: input.userData ? USER_DATA[family] : undefined };
}

const cpu = fc.record({
  ...common,
  arch: optional(fc.constantFrom(["amd64"], ["arm64"], ["arm64", "amd64"])),
  maxCpus: fc.integer({ min: 1, max: 100_000 }),
  capacity: optional(open),
  families: optional(fc.constantFrom(["c"], ["m", "r"], ["m7i.2xlarge"])),
}).map((input) => dsl.cpuPool(fitting(input)));

const gpu = fc.record({
  ...common,
  gpu: fc.constantFrom(...Object.keys(GPUS)),
  maxGpus: fc.integer({ min: 8, max: 10_000 }),
  capacity: optional(open),
}).map((input) => dsl.gpuPool(fitting(input)));

const imageFields = fc.record({
  context: fc.constantFrom(".", "./images/base"),
  dockerfile: optional(fc.constantFrom("Dockerfile", "./docker/Dockerfile.gpu")),
  args: optional(records),
  labels: optional(records),
  platforms: optional(fc.constantFrom(["linux/amd64"], ["linux/arm64"], ["linux/arm64", "linux/amd64"])),
  tags: optional(fc.constantFrom([], ["v1", { name: "latest", moves: true }])),
  timeout: optional(fc.constantFrom("60s", "90m", "12h")),
  target: optional(fc.constantFrom("build", "runtime")),
  secrets: optional(fc.constantFrom({}, { hf: { env: "HF_TOKEN" } })),
  cache: optional(fc.constantFrom("max", "min", "none")),
  provenance: optional(fc.constantFrom("none", "min", "max")),
  sbom: optional(fc.boolean()),
  compression: optional(fc.constantFrom("gzip", "zstd")),
  permissions: optional(fc.constantFrom("git", "exact")),
  reproducible: optional(fc.boolean()),
});

/** Images in a random order, each needing some of the earlier ones that have its platforms. */
const images = fc.uniqueArray(fc.tuple(name, imageFields, fc.nat()), { selector: ([key]) => key, maxLength: 5 }).map(
  (list) => {
    const made: { readonly entry: [string, unknown]; readonly platforms: readonly string[] }[] = [];
    for (const [key, fields, seed] of list) {
      const platforms = fields.platforms ?? ["linux/amd64"];
      const fits = made.filter((one) => platforms.every((platform) => one.platforms.includes(platform)));
      const needs = Object.fromEntries(fits.filter((_, at) => (seed >> at) & 1).map(({ entry }) => entry));
      made.push({ entry: [key, dsl.image({ ...fields, needs })], platforms });
    }
    return Object.fromEntries(made.map(({ entry }) => entry));
  },
);

const EXISTING = { vpcId: "vpc-01234567", privateSubnets: ["subnet-01234567", "subnet-12345678"] };

export const config = fc.record({
  name,
  region: fc.constantFrom("us-west-2", "eu-central-1", "us-gov-west-1", "ap-southeast-7"),
  account: optional(fc.stringMatching(/^[0-9]{12}$/)),
  tags: optional(records),
  network: optional(fc.constantFrom({}, { azs: 2 }, { nat: "none", cidr: "10.7.0.0/16" }, EXISTING)),
  cluster: fc.constantFrom(
    { endpoint: "private", serviceCidr: "192.168.0.0/20" },
    { endpoint: { publicFrom: ["203.0.113.0/24"] }, version: "1.34" },
  ),
  pools: optional(fc.dictionary(name, fc.oneof(cpu, gpu), { maxKeys: 4 })),
  images: optional(images),
  iam: optional(fc.constantFrom({}, { rolePath: "/a/b/" }, { permissionsBoundary: "arn:aws:iam::aws:policy/B" })),
  karpenter: optional(fc.constantFrom({}, { replicas: 1 }, { version: "1.14.0", gates: { nodeRepair: true } })),
  builder: optional(fc.constantFrom({}, { concurrency: 64, isolation: "rootless", ttl: "0s" })),
});

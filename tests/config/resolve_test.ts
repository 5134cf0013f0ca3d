import assert from "node:assert/strict";
import fc from "fast-check";
import { makeDsl, makePlain } from "../../lib/config/dsl.ts";
import { GPUS } from "../../lib/config/gpus.ts";
import { resolveConfig } from "../../lib/config/resolve.ts";
import type { Config } from "../../lib/config/types.ts";
import { MAX_NAME } from "../../lib/core/names.ts";

const dsl = { ...makeDsl(), ...makePlain() };

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}$/).filter((text) =>
  text.length <= MAX_NAME && text !== "builder"
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const records = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{1,8}$/), { maxKeys: 3 });
const open = fc.constantFrom(["spot"], ["on-demand"], ["spot", "on-demand"]);
const disk = optional(fc.constantFrom("20Gi", "300Gi", "1Ti", "16Ti"));

const cpu = fc.record({
  arch: optional(fc.constantFrom(["amd64"], ["arm64"], ["arm64", "amd64"])),
  maxCpus: fc.integer({ min: 1, max: 100_000 }),
  capacity: optional(open),
  families: optional(fc.constantFrom(["c"], ["m", "r"], ["m7i.2xlarge"])),
  labels: optional(records),
  disk,
}).map((input) => dsl.cpuPool(input));

const gpu = fc.record({
  gpu: fc.constantFrom(...Object.keys(GPUS)),
  maxGpus: fc.integer({ min: 8, max: 10_000 }),
  capacity: optional(open),
  labels: optional(records),
  disk,
}).map((input) => dsl.gpuPool(input));

const imageFields = fc.record({
  context: fc.constantFrom(".", "./images/base"),
  dockerfile: optional(fc.constantFrom("Dockerfile", "./docker/Dockerfile.gpu")),
  args: optional(records),
  labels: optional(records),
  platforms: optional(fc.constantFrom(["linux/amd64"], ["linux/arm64"], ["linux/arm64", "linux/amd64"])),
  tags: optional(fc.constantFrom([], ["v1", { name: "latest", moves: true }])),
  timeout: optional(fc.constantFrom("60s", "90m", "24h")),
});

/** Images in a random order, each needing some of those made before it that have its platforms. */
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

const config = fc.record({
  name,
  region: fc.constantFrom("us-west-2", "eu-central-1", "us-gov-west-1", "ap-southeast-7"),
  account: optional(fc.stringMatching(/^[0-9]{12}$/)),
  tags: optional(records),
  network: optional(fc.constantFrom({}, { azs: 2 }, { nat: "none", cidr: "10.7.0.0/16" }, EXISTING)),
  cluster: fc.constantFrom({ endpoint: "private" }, { endpoint: { publicFrom: ["203.0.113.0/24"] }, version: "1.34" }),
  pools: optional(fc.dictionary(name, fc.oneof(cpu, gpu), { maxKeys: 4 })),
  images: optional(images),
  builder: optional(fc.constantFrom({}, { concurrency: 64, rootless: false, ttl: "0s" })),
});

function resolved(input: unknown): Config {
  const { config, issues } = resolveConfig(dsl.plain(dsl.defineConfig(input), { stage: undefined, env: {} }));
  assert.deepEqual(issues, []);
  assert(config);
  return config;
}

/** The same object with the keys of each record the other way round; references stay what they are. */
function reversed(input: Record<string, unknown>): Record<string, unknown> {
  const flip = (value: unknown) => value && Object.fromEntries(Object.entries(value).toReversed());
  return flip({ ...input, pools: flip(input.pools), images: flip(input.images), tags: flip(input.tags) }) as never;
}

Deno.test("any valid config resolves, twice to the same bytes, in whatever order it is written", () => {
  fc.assert(fc.property(config, (input) => {
    const first = JSON.stringify(resolved(input));
    assert.equal(JSON.stringify(resolved(input)), first);
    assert.equal(JSON.stringify(resolved(reversed(input))), first);
  }));
});

Deno.test("in any valid config an image comes after all that it needs, and every build has a pool of its kind", () => {
  fc.assert(fc.property(config, (input) => {
    const { images, pools, builder } = resolved(input);
    const order = images.map((image) => image.name);
    for (const image of images) {
      for (const need of Object.values(image.needs)) assert(order.indexOf(need) < order.indexOf(image.name));
      const pool = pools.find((one) => one.name === builder.pool);
      assert(image.platforms.every((platform) => pool?.arch.some((arch) => platform === `linux/${arch}`)));
    }
  }));
});

Deno.test("no input makes the resolver throw: it gives a config or issues", () => {
  const kinds = fc.constantFrom("cpuPool", "gpuPool", "image", "needs", "other");
  const anything = fc.anything({ maxDepth: 3, withBigInt: false }).map((value) =>
    JSON.parse(JSON.stringify(value) ?? "null")
  );
  const made = fc.tuple(kinds, fc.dictionary(fc.constantFrom(...FIELDS), anything)).map(([$, fields]) => ({
    ...fields,
    $,
  }));
  const record = fc.dictionary(fc.string({ maxLength: 4 }), fc.oneof(anything, made));
  const value = fc.oneof(anything, fc.dictionary(fc.constantFrom(...FIELDS), fc.oneof(anything, record)));
  fc.assert(fc.property(value, (value) => {
    const { config, issues } = resolveConfig({ value, refused: [] }, { stage: "dev" });
    assert.equal(config === null, issues.length > 0);
  }));
});

const FIELDS = [
  ...["name", "region", "account", "tags", "network", "cluster", "karpenter", "builder", "pools", "images", "arch"],
  ...["maxCpus", "capacity", "families", "labels", "taints", "disk", "gpu", "gpusPerNode", "maxGpus", "instanceTypes"],
  ...["reservation", "efa", "context", "dockerfile", "needs", "platforms", "args", "resources", "timeout", "__proto__"],
];

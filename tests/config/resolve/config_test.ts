import assert from "node:assert/strict";
import fc from "fast-check";
import { resolveConfig } from "../../../lib/config/resolve/config.ts";
import { config } from "../arbitrary.ts";
import { resolved } from "../resolved.ts";

/** The same object with the keys of each record the other way round; references stay what they are. */
function reversed(input: Record<string, unknown>): Record<string, unknown> {
  const flip = (value: unknown) => value && Object.fromEntries(Object.entries(value).toReversed());
  return flip({ ...input, pools: flip(input.pools), images: flip(input.images), tags: flip(input.tags) }) as never;
}

Deno.test("any valid config resolves to the same bytes each time, in whatever order it is written", () => {
  fc.assert(fc.property(config, (input) => {
    const first = JSON.stringify(resolved(input));
    assert.equal(JSON.stringify(resolved(input)), first);
    assert.equal(JSON.stringify(resolved(reversed(input))), first);
  }));
});

Deno.test("in any valid config an image comes after all images that it needs, and every build has a suitable pool", () => {
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

Deno.test("the resolver never throws: it returns a config or issues", () => {
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

import assert from "node:assert/strict";
import { resourcesOf, vcpusOf } from "../../../lib/config/resolve/build_sizes.ts";
import { bytesOf } from "../../../lib/core/units.ts";
import type { CpuPool } from "../../../lib/config/types.ts";
import { CATALOGUE } from "../../facts/catalogue.ts";
import { makeProject } from "../project.ts";

interface Case {
  /** Fields of the pool and of the image. */
  readonly pool: string;
  readonly image?: string;
  readonly gets: readonly [cpu: string, memory: string, disk: string];
  readonly lowered: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  "categories have large nodes": { pool: 'families: ["c", "m"]', gets: ["4", "16Gi", "50Gi"], lowered: [] },
  "a type with 4 vCPUs and 8 GiB": {
    pool: 'families: ["c7i.xlarge"]',
    gets: ["3", "5Gi", "50Gi"],
    lowered: ["cpu", "memory"],
  },
  "a type with 8 vCPUs and 16 GiB": {
    pool: 'families: ["c7i.2xlarge"]',
    gets: ["4", "11Gi", "50Gi"],
    lowered: ["memory"],
  },
  "the type that has most of what is wanted": {
    pool: 'families: ["c7i.xlarge", "m7i.2xlarge", "r7i.large"]',
    gets: ["4", "16Gi", "50Gi"],
    lowered: [],
  },
  "a type whose memory is not known": {
    pool: 'families: ["t3.xlarge"]',
    gets: ["3", "16Gi", "50Gi"],
    lowered: ["cpu"],
  },
  "a pool with few vCPUs": {
    pool: 'maxCpus: 4, families: ["c"]',
    gets: ["3", "5Gi", "50Gi"],
    lowered: ["cpu", "memory"],
  },
  "a small disk": { pool: 'disk: "40Gi"', gets: ["4", "16Gi", "34Gi"], lowered: ["disk"] },
  "what is asked for stays": {
    pool: 'families: ["c7i.xlarge"]',
    image: 'resources: { cpu: "500m", memory: "1Gi" }',
    gets: ["500m", "1Gi", "50Gi"],
    lowered: [],
  },
};

for (const [title, { pool, image = "", gets, lowered }] of Object.entries(CASES)) {
  Deno.test(`the default requests of a build are what a node of its pool has: ${title}`, async () => {
    await using project = await makeProject();
    const { config: { images } } = await project.load(
      `import { cpuPool, defineConfig, image } from "unitune/config";
export default defineConfig({
  name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
  pools: { small: cpuPool({ ...{ maxCpus: 64 }, ami: "al2023", ${pool} }) },
  images: { base: image({ context: "./images/base", ${image} }) },
  builder: { pool: "small" },
});`,
    );
    const { resources: { cpu, memory, disk }, lowered: found } = images[0]!;
    assert.deepEqual([cpu, memory, disk], gets);
    assert.deepEqual(found, lowered);
  });
}

Deno.test("the default requests fit what a node of each type has, beside the pods of add-ons", () => {
  const MiB = 2 ** 20, addOns = { cpus: 0.3, MiB: 256 }, wrong: string[] = [];
  let types = 0;
  for (const [type, facts] of Object.entries(CATALOGUE.instanceTypes)) {
    const { allocatableCpu, allocatableMemory, bareMetal, previousGeneration } = facts;
    if (
      !/^[cmr]\d/.test(type) || bareMetal || previousGeneration || allocatableCpu === undefined ||
      vcpusOf(type) === undefined
    ) continue;
    types++;
    const pool = {
      kind: "cpu",
      families: [type],
      maxCpus: 0,
      disk: "100Gi",
      instanceStore: "none",
    } as unknown as CpuPool;
    const { resources: { cpu, memory } } = resourcesOf({}, pool);
    const cpus = Number.parseInt(allocatableCpu) / 1000 - addOns.cpus;
    const free = Number.parseInt(allocatableMemory!) - addOns.MiB;
    if (Number(cpu) > cpus || bytesOf(memory)! / MiB > free) {
      wrong.push(`${type}: ${cpu} of ${cpus}, ${memory} of ${free}Mi`);
    }
  }
  assert.ok(types > 100, `${types} types`);
  assert.deepEqual(wrong, []);
});

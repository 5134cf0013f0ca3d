import assert from "node:assert/strict";
import { stringify } from "yaml";
import { nodeClass, nodePool, poolInputs } from "../../lib/cluster/mod.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import type { Pool } from "../../lib/plan/types.ts";
import { golden } from "../golden.ts";
import { builder, config, cpu, deployed, templates, train, tune } from "./samples.ts";

const context = poolInputs(config, deployed, templates);
const spec = (pool: Pool) => nodePool(pool, context).spec;
const node = (pool: Pool) => spec(pool).template.spec;
const classOf = (pool: Pool) => nodeClass(pool, context).spec;

function valuesOf(pool: Pool, key: string): readonly string[] | undefined {
  return node(pool).requirements.find((found) => found.key === key)?.values;
}

for (const pool of config.pools) {
  Deno.test(`the objects of pool ${pool.name} are those that were looked at`, async () => {
    const objects = [nodeClass(pool, context), nodePool(pool, context)];
    const text = objects.map((object) =>
      stringify(object, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false })
    );
    await golden(`cluster/pool-${pool.name}.yaml`, text.join("---\n"));
  });
}

Deno.test("a pool's name is the name of its node pool and its class, and the one refers to the other", () => {
  assert.equal(nodePool({ ...cpu, name: "other" }, context).metadata.name, "other");
  assert.equal(nodeClass({ ...cpu, name: "other" }, context).metadata.name, "other");
  assert.deepEqual(node({ ...cpu, name: "other" }).nodeClassRef, {
    group: "karpenter.k8s.aws",
    kind: "EC2NodeClass",
    name: "other",
  });
});

Deno.test("arch and capacity become requirements", () => {
  const pool: Pool = { ...cpu, arch: ["arm64"], capacity: ["spot"] };
  assert.deepEqual(valuesOf(pool, "kubernetes.io/arch"), ["arm64"]);
  assert.deepEqual(valuesOf(pool, "karpenter.sh/capacity-type"), ["spot"]);
});

Deno.test("disk becomes the size of the data disk, in Gi, and leaves the system's disk alone", () => {
  const [system, data] = classOf({ ...cpu, disk: "2Ti" }).blockDeviceMappings;
  assert.equal(data?.deviceName, "/dev/xvdb");
  assert.equal(data?.ebs.volumeSize, "2048Gi");
  assert.equal(data?.ebs.encrypted, true);
  assert.equal(data?.ebs.throughput, undefined);
  assert.equal(system?.ebs.volumeSize, "4Gi");
  assert.equal(system?.ebs.encrypted, true);
});

Deno.test("nodes for GPUs and for builds have a fast data disk", () => {
  for (const pool of [tune, builder]) assert.equal(classOf(pool).blockDeviceMappings.at(-1)?.ebs.throughput, 600);
});

Deno.test("labels are put on the nodes", () => {
  assert.deepEqual(spec({ ...cpu, labels: { team: "vision" } }).template.metadata, { labels: { team: "vision" } });
  assert.equal(spec(cpu).template.metadata, undefined);
});

Deno.test("taints are put on the nodes, beside those that guard GPUs and builders", () => {
  const taint = { key: "team", value: "vision", effect: "NoExecute" } as const;
  const guard = (key: string) => ({ key, value: "true", effect: "NoSchedule" });
  assert.deepEqual(node({ ...cpu, taints: [taint] }).taints, [taint]);
  assert.deepEqual(node({ ...tune, taints: [taint] }).taints, [taint, guard("nvidia.com/gpu")]);
  assert.deepEqual(node(builder).taints, [guard("unitune.dev/builder")]);
  assert.equal(node(cpu).taints, undefined);
});

Deno.test("a declared taint stands in place of the guard of the same key", () => {
  const taint = { key: "nvidia.com/gpu", value: "", effect: "NoExecute" } as const;
  assert.deepEqual(node({ ...tune, taints: [taint] }).taints, [taint]);
});

Deno.test("maxCpus and maxGpus are limits of the pool", () => {
  assert.deepEqual(spec({ ...cpu, maxCpus: 12 }).limits, { cpu: "12" });
  assert.deepEqual(spec({ ...tune, maxGpus: 3 }).limits, { "nvidia.com/gpu": "3" });
});

Deno.test("families are categories of young generations, families, or exact types", () => {
  const of = (families: string[]) => ({ ...cpu, families });
  assert.deepEqual(valuesOf(of(["c", "m"]), "karpenter.k8s.aws/instance-category"), ["c", "m"]);
  assert.deepEqual(valuesOf(of(["c", "m"]), "karpenter.k8s.aws/instance-generation"), ["4"]);
  assert.deepEqual(valuesOf(of(["c7i", "m7i-flex"]), "karpenter.k8s.aws/instance-family"), ["c7i", "m7i-flex"]);
  assert.equal(valuesOf(of(["c7i"]), "karpenter.k8s.aws/instance-generation"), undefined);
  assert.deepEqual(valuesOf(of(["c7i.4xlarge"]), "node.kubernetes.io/instance-type"), ["c7i.4xlarge"]);
  assert.deepEqual(valuesOf(of([]), "karpenter.k8s.aws/instance-generation"), ["4"]);
});

Deno.test("families of several sorts are refused: together they would match nothing", () => {
  assert.throws(
    () => nodePool({ ...cpu, families: ["c", "m7g.large"] }, context),
    (error) => isUnituneError(error) && error.code === "POOL_FAMILIES" && error.path === "pools.cpu.families",
  );
});

Deno.test("gpu, gpusPerNode and instanceTypes choose the instances", () => {
  assert.deepEqual(valuesOf(train, "karpenter.k8s.aws/instance-gpu-name"), ["h100"]);
  assert.deepEqual(valuesOf(train, "karpenter.k8s.aws/instance-gpu-count"), ["8"]);
  assert.deepEqual(valuesOf(train, "node.kubernetes.io/instance-type"), ["p5.48xlarge"]);
  assert.equal(valuesOf(tune, "karpenter.k8s.aws/instance-gpu-count"), undefined);
  assert.equal(valuesOf(tune, "node.kubernetes.io/instance-type"), undefined);
});

Deno.test("efa marks the nodes for the device plugin", () => {
  assert.deepEqual(spec(train).template.metadata, { labels: { "unitune.dev/efa": "true" } });
  assert.equal(spec({ ...train, efa: false }).template.metadata, undefined);
});

Deno.test("reservation names the capacity reservations of the class", () => {
  assert.deepEqual(classOf(train).capacityReservationSelectorTerms, [{ id: "cr-0123456789abcdef0" }]);
  assert.equal(classOf(tune).capacityReservationSelectorTerms, undefined);
});

Deno.test("GPU nodes live as long as their work: no expiry, gone only when empty, and stripe their local disks", () => {
  assert.equal(node(tune).expireAfter, "Never");
  assert.equal(spec(tune).disruption?.consolidationPolicy, "WhenEmpty");
  assert.equal(spec(tune).disruption?.consolidateAfter, "5m");
  assert.equal(classOf(tune).instanceStorePolicy, "RAID0");
  assert.equal(node(cpu).expireAfter, "720h");
  assert.equal(spec(cpu).disruption?.consolidationPolicy, "WhenEmptyOrUnderutilized");
  assert.equal(classOf(cpu).instanceStorePolicy, undefined);
});

Deno.test("both disks are encrypted by the config's own key, if it names one", () => {
  const kmsKeyID = "arn:aws:kms:us-west-2:123456789012:key/0123-abcd";
  const keys = (pool: typeof cpu, ebsKey: string | null) => {
    const { blockDeviceMappings } = nodeClass(pool, { ...context, ebsKey })["spec"];
    return blockDeviceMappings.map(({ ebs }: { ebs: Record<string, unknown> }) => [ebs["encrypted"], ebs["kmsKeyID"]]);
  };
  assert.deepEqual(keys(cpu, null), [[true, undefined], [true, undefined]]);
  assert.deepEqual(keys(cpu, kmsKeyID), [[true, kmsKeyID], [true, kmsKeyID]]);
  assert.deepEqual(keys({ ...cpu, ami: "al2023@v20261023" }, kmsKeyID), [[true, kmsKeyID]]);
});

Deno.test("a class takes an exact AMI, the cluster's own subnets, groups and role, and IMDSv2 at one hop", () => {
  const own = [{ tags: { "karpenter.sh/discovery": "acme-ml" } }];
  const { amiSelectorTerms, subnetSelectorTerms, securityGroupSelectorTerms, role, tags, metadataOptions } = classOf(
    cpu,
  );
  assert.deepEqual(amiSelectorTerms, [{ alias: cpu.ami }]);
  assert.match(cpu.ami, /^bottlerocket@v\d+\.\d+\.\d+$/);
  assert.deepEqual([subnetSelectorTerms, securityGroupSelectorTerms], [own, own]);
  assert.equal(role, deployed.nodeRoleName);
  assert.deepEqual(tags, { team: "research", "unitune:cluster": "acme-ml" });
  assert.equal(metadataOptions.httpTokens, "required");
  assert.equal(metadataOptions.httpPutResponseHopLimit, 1);
});

Deno.test("a pool's GPUs are requirements, by Karpenter's names of them", () => {
  assert.deepEqual(valuesOf({ ...tune, gpus: ["l40s", "a10g"] }, "karpenter.k8s.aws/instance-gpu-name"), [
    "l40s",
    "a10g",
  ]);
});

Deno.test("network interfaces are laid out where the pool says so, and left to Karpenter elsewhere", () => {
  assert.deepEqual(classOf(train).networkInterfaces, train.networkInterfaces);
  assert.ok(!("networkInterfaces" in classOf({ ...train, networkInterfaces: [] })));
});

Deno.test("a placement group is selected by its name or its id: an existing one, or the stack's", () => {
  const selector = (placementGroup: typeof train.placementGroup) => {
    return classOf({ ...train, placementGroup }).placementGroupSelector;
  };
  assert.deepEqual(selector({ name: "training" }), { name: "training" });
  assert.deepEqual(selector({ id: "pg-0123456789abcdef0" }), { id: "pg-0123456789abcdef0" });
  assert.deepEqual(selector("cluster"), { name: deployed.placementGroups["train"] });
  assert.ok(!("placementGroupSelector" in classOf(train)));
});

import assert from "node:assert/strict";
import { buildCaches } from "../../lib/cluster/build_caches.ts";
import { ofKind } from "../objects.ts";
import { builder, image } from "../images/specs.ts";
import { smallest } from "../infra/config.ts";
import { templates } from "./samples.ts";

const both = image("both", { platforms: ["linux/amd64", "linux/arm64"] });
const large = image("large", { resources: { cpu: "1", memory: "1Gi", disk: "80Gi" } });
const kept = { ...builder, cache: { size: "50Gi" } } as const;
const claimsOf = (isolation: "userns" | "rootless" | "privileged") => {
  const config = smallest({ images: [both, large], builder: { ...kept, isolation } });
  return ofKind(buildCaches(config, templates), "PersistentVolumeClaim");
};

Deno.test("each image and platform has a claim of one pod at a time, at least as large as what a build may write", () => {
  const claims = claimsOf("userns").map(({ metadata, spec }) => {
    return [metadata.name, metadata.labels?.["unitune.dev/image"], spec!.resources?.requests?.["storage"]];
  });
  assert.deepEqual(claims, [
    ["cache-both-amd64", "both", "50Gi"],
    ["cache-both-arm64", "both", "50Gi"],
    ["cache-large-amd64", "large", "80Gi"],
  ]);
  for (const { metadata, spec } of claimsOf("userns")) {
    assert.deepEqual([metadata.namespace, spec!.accessModes], ["unitune-build", ["ReadWriteOncePod"]]);
    assert.equal(spec!.storageClassName, "unitune-cache");
  }
});

Deno.test("another isolation has other volumes, as it owns and marks files in another way", () => {
  const names = (isolation: "userns" | "rootless" | "privileged") =>
    claimsOf(isolation).map(({ metadata }) => metadata.name);
  const all = [...names("userns"), ...names("rootless"), ...names("privileged")];
  assert.equal(new Set(all).size, 9);
});

Deno.test("the class is encrypted gp3 in the zone of the first pod, grows, deletes its disks, and is no default", () => {
  const ebsKey = "arn:aws:kms:us-west-2:123456789012:key/1";
  const config = smallest({ images: [both], builder: kept, tags: { team: "research" }, ebsKey });
  const [made] = ofKind(buildCaches(config, templates), "StorageClass");
  assert.deepEqual(made!.parameters, {
    type: "gp3",
    encrypted: "true",
    kmsKeyId: ebsKey,
    tagSpecification_1: "team=research",
    tagSpecification_2: "unitune:cluster=acme",
  });
  assert.equal(made!.metadata.annotations, undefined);
  const { volumeBindingMode, allowVolumeExpansion, reclaimPolicy } = made!;
  assert.deepEqual([volumeBindingMode, allowVolumeExpansion, reclaimPolicy], ["WaitForFirstConsumer", true, "Delete"]);
});

Deno.test("without images, or without builder.cache, there is neither a class nor a claim", () => {
  assert.deepEqual(buildCaches(smallest({ images: [both] }), templates), []);
  assert.deepEqual(buildCaches(smallest({ builder: kept }), templates), []);
});

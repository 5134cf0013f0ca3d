import assert from "node:assert/strict";
import { desiredObjects } from "../../lib/cluster/mod.ts";
import { storageOf } from "../../lib/config/resolve/storage.ts";
import { ofKind } from "../objects.ts";
import { config, deployed, templates } from "./samples.ts";

const objectsOf = (storage: Parameters<typeof storageOf>[0]) => {
  return desiredObjects({ ...config, storage: storageOf(storage, "us-west-2") }, deployed, templates);
};

const volumeOf = (storage: Parameters<typeof storageOf>[0]) => {
  return ofKind(objectsOf(storage), "PersistentVolume")[0]!.spec!;
};

Deno.test("the class for claims is encrypted gp3, the default, in the zone of the pod, with the cluster's tags", () => {
  const found = objectsOf({ ebs: true }).filter(({ kind }) => kind === "StorageClass");
  assert.deepEqual(found, [{
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: "gp3",
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      labels: { "app.kubernetes.io/managed-by": "unitune" },
    },
    provisioner: "ebs.csi.aws.com",
    parameters: {
      type: "gp3",
      encrypted: "true",
      tagSpecification_1: "team=research",
      tagSpecification_2: "unitune:cluster=acme-ml",
    },
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    reclaimPolicy: "Delete",
  }]);
  assert.deepEqual(objectsOf({}).filter(({ kind }) => /^(StorageClass|Persistent)/.test(kind)), []);
});

Deno.test("a volume has a PersistentVolume and a claim of its name in each namespace, tied to each other, kept on removal", () => {
  const objects = objectsOf({ efs: { home: { id: "fs-0123456789abcdef0", namespaces: ["training", "default"] } } });
  const volumes = ofKind(objects, "PersistentVolume");
  const claims = ofKind(objects, "PersistentVolumeClaim");
  assert.deepEqual(claims.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`), [
    "default/home",
    "training/home",
  ]);
  for (const claim of claims) {
    const volume = volumes.find(({ metadata }) => metadata.name === claim.spec?.volumeName)!;
    const { claimRef, storageClassName, persistentVolumeReclaimPolicy, accessModes } = volume.spec!;
    assert.deepEqual(claimRef, { namespace: claim.metadata.namespace, name: claim.metadata.name });
    assert.deepEqual([storageClassName, claim.spec?.storageClassName], ["", ""]);
    assert.equal(persistentVolumeReclaimPolicy, "Retain");
    assert.deepEqual([accessModes, claim.spec?.accessModes], [["ReadWriteMany"], ["ReadWriteMany"]]);
  }
  assert.equal(volumes.length, 2);
});

Deno.test("a namespace of claims is created without a mark, so that it is never removed; default is there", () => {
  const objects = objectsOf({
    efs: { home: { id: "fs-0123456789abcdef0", namespaces: ["training", "default"] } },
    buckets: { data: { bucket: "acme-data", namespaces: ["training"] } },
  });
  const found = objects.filter(({ kind, metadata }) => kind === "Namespace" && metadata.name !== "unitune-build");
  assert.deepEqual(found, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "training" } }]);
});

Deno.test("a bucket is mounted to be read, in its own region, by handles that are unique", () => {
  const spec = volumeOf({ buckets: { data: { bucket: "acme-data", region: "eu-west-1" } } });
  assert.deepEqual(spec.accessModes, ["ReadOnlyMany"]);
  assert.deepEqual(spec.mountOptions, ["allow-other", "read-only", "region eu-west-1"]);
  const { volumeHandle, ...csi } = spec.csi!;
  assert.deepEqual(csi, { driver: "s3.csi.aws.com", volumeAttributes: { bucketName: "acme-data" } });
  assert.match(volumeHandle, /^acme-ml\.default\.data\.[0-9a-f]{8}$/);
});

Deno.test("another source is another volume, to which the claim moves; the same one keeps its name", () => {
  const names = (bucket: string) => {
    const objects = objectsOf({ buckets: { data: { bucket } } });
    const [volume] = ofKind(objects, "PersistentVolume"), [claim] = ofKind(objects, "PersistentVolumeClaim");
    assert.equal(claim!.spec?.volumeName, volume!.metadata.name);
    return [volume!.metadata.name, claim!.metadata.name];
  };
  const [first, claim] = names("acme-data"), [second, same] = names("acme-other");
  assert.notEqual(first, second);
  assert.equal(claim, same);
  assert.deepEqual(names("acme-data"), [first, claim]);
});

Deno.test("Lustre is mounted by its DNS and mount names", () => {
  const spec = volumeOf({ fsx: { scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } } });
  assert.deepEqual([spec.mountOptions, spec.csi], [["flock"], {
    driver: "fsx.csi.aws.com",
    volumeHandle: "fs-0123456789abcdef0",
    volumeAttributes: { dnsname: "fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com", mountname: "abcdef01" },
  }]);
});

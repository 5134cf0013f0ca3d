/** Permissions and storage, resolved: roles, their policies, and the add-ons that mount storage. */
import assert from "node:assert/strict";
import { addOnFacts } from "../../lib/core/facts/add_ons.ts";
import type { Config } from "../../lib/config/types.ts";
import { makeProject } from "./project.ts";

const KEY = "arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

async function load(fields: string, cluster = ""): Promise<Config> {
  await using project = await makeProject();
  const { config } = await project.load(`
    import { defineConfig } from "unitune/config";
    export default defineConfig({
      name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private", ${cluster} }, ${fields}
    });
  `);
  return config;
}

const addOn = ({ cluster }: Config, name: string) => cluster.addOns.find((one) => one.name === name);

Deno.test("permissions are sorted, buckets may be ARNs, and write access is given only where the config asks for it", async () => {
  const { access } = await load(`access: {
    "training/trainer": { buckets: [{ name: "arn:aws:s3:::b-out", write: true }, "a-in"], kmsKeys: ["${KEY}"] },
    "default/judge": { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] },
  }`);
  assert.deepEqual(access, [
    {
      namespace: "default",
      serviceAccount: "judge",
      policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      buckets: [],
      kmsKeys: [],
    },
    {
      namespace: "training",
      serviceAccount: "trainer",
      policies: [],
      buckets: [{ name: "a-in", write: false }, { name: "b-out", write: true }],
      kmsKeys: [KEY],
    },
  ]);
});

Deno.test("an add-on has the role that EKS documents, others only the role that the config defines, and [] means no role", async () => {
  const config = await load(
    "",
    `addOns: {
      "amazon-cloudwatch-observability": {},
      "aws-ebs-csi-driver": { policies: ["arn:aws:iam::123456789012:policy/own"] },
      "aws-efs-csi-driver": { policies: [] },
      "aws-mountpoint-s3-csi-driver": {},
      "external-dns": { policies: ["arn:aws:iam::123456789012:policy/zone"], serviceAccount: "external-dns/dns" },
      "metrics-server": {},
    }`,
  );
  const roles = Object.fromEntries(config.cluster.addOns.map(({ name, role }) => {
    return [name, role && `${role.namespace}/${role.serviceAccount} ${role.policies}`];
  }));
  assert.deepEqual(roles, {
    "amazon-cloudwatch-observability":
      "amazon-cloudwatch/cloudwatch-agent AWSXrayWriteOnlyAccess,CloudWatchAgentServerPolicy",
    "aws-ebs-csi-driver": "kube-system/ebs-csi-controller-sa arn:aws:iam::123456789012:policy/own",
    "aws-efs-csi-driver": null,
    "aws-mountpoint-s3-csi-driver": null,
    "coredns": null,
    "eks-pod-identity-agent": null,
    "external-dns": "external-dns/dns arn:aws:iam::123456789012:policy/zone",
    "kube-proxy": null,
    "metrics-server": null,
    "vpc-cni": null,
  });
});

Deno.test("the user's configuration of an add-on overrides unitune's, key by key", async () => {
  const name = "aws-mountpoint-s3-csi-driver";
  const config = await load(
    "",
    `addOns: { "${name}": { configuration: { node: { tolerations: [] }, controller: { tolerations: ["mine"] } } } }`,
  );
  assert.deepEqual(JSON.parse(addOn(config, name)!.configuration!), {
    node: { tolerateAllTaints: true, tolerations: [] },
    controller: { tolerations: ["mine"] },
  });
  assert.deepEqual(addOnFacts(name)!.configuration["node"], { tolerateAllTaints: true }, "the facts stay as they are");
});

Deno.test("storage adds the drivers that it needs, with the fields that the user sets for them", async () => {
  const config = await load(
    `storage: {
      ebs: true,
      buckets: {
        data: { bucket: "acme-data", kmsKey: "${KEY}", namespaces: ["training", "default"] },
        more: { bucket: "acme-data" },
        old: { bucket: "acme-old", region: "eu-west-1" },
      },
      fsx: { scratch: { id: "fs-0123456789abcdef0", mountName: "abcdef01" } },
    }`,
    `addOns: { "aws-ebs-csi-driver": { configuration: { controller: { replicaCount: 1 } } } }`,
  );
  assert.deepEqual(config.cluster.addOns.map(({ name }) => name).filter((name) => name.startsWith("aws-")), [
    "aws-ebs-csi-driver",
    "aws-fsx-csi-driver",
    "aws-mountpoint-s3-csi-driver",
  ]);
  assert.equal(addOn(config, "aws-ebs-csi-driver")?.configuration, '{"controller":{"replicaCount":1}}');
  const { buckets, kmsKeys } = addOn(config, "aws-mountpoint-s3-csi-driver")!.role!;
  assert.deepEqual(buckets, [{ name: "acme-data", write: false }, { name: "acme-old", write: false }]);
  assert.deepEqual(kmsKeys, [KEY]);
  assert.deepEqual(config.storage.volumes, [
    {
      name: "data",
      namespaces: ["default", "training"],
      kind: "bucket",
      bucket: "acme-data",
      region: "us-west-2",
      kmsKey: KEY,
    },
    { name: "more", namespaces: ["default"], kind: "bucket", bucket: "acme-data", region: "us-west-2", kmsKey: null },
    { name: "old", namespaces: ["default"], kind: "bucket", bucket: "acme-old", region: "eu-west-1", kmsKey: null },
    {
      name: "scratch",
      namespaces: ["default"],
      kind: "fsx",
      id: "fs-0123456789abcdef0",
      mountName: "abcdef01",
      dnsName: "fs-0123456789abcdef0.fsx.us-west-2.amazonaws.com",
    },
  ]);
});

Deno.test("the bucket of a volume is added to the driver's policies", async () => {
  const config = await load(
    `storage: { buckets: { data: { bucket: "acme-data" } } }`,
    `addOns: { "aws-mountpoint-s3-csi-driver": { policies: ["arn:aws:iam::123456789012:policy/more"] } }`,
  );
  const { policies, buckets } = addOn(config, "aws-mountpoint-s3-csi-driver")!.role!;
  assert.deepEqual(policies, ["arn:aws:iam::123456789012:policy/more"]);
  assert.deepEqual(buckets, [{ name: "acme-data", write: false }]);
});

/** Roles of add-ons and workloads in the emulator: what they may do, how they change, and what fails without them. */
import assert from "node:assert/strict";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { accessOf } from "../../lib/config/resolve/access.ts";
import { clusterOf } from "../../lib/config/resolve/infra.ts";
import { storageOf } from "../../lib/config/resolve/storage.ts";
import type { Config } from "../../lib/plan/types.ts";
import { smallest, withRights } from "../infra/config.ts";
import { type Assembly, changesOf, StackBed, TASK } from "./aws/stack_bed.ts";

const region = "us-west-2";
const bed = new StackBed("210000000092", 4692);

Deno.test.beforeAll(async () => {
  await bed.start();
  await bed.bootstrap(region);
});
Deno.test.afterAll(() => bed.stop());

async function deploy(config: Config): Promise<Assembly> {
  const assembly = await bed.assembly(config);
  await bed.stacks(region).deploy(assembly.folder, TASK);
  return assembly;
}

async function destroy(config: Config): Promise<void> {
  const { stacks } = await bed.assembly(config);
  for (const stack of stacks.toReversed()) await bed.stacks(region).destroy(stack, TASK);
}

/** The role's sessions are held to its policies from then on, and S3 as a pod of the account sees it. */
async function asPod(namespace: string, serviceAccount: string): Promise<s3.S3Client> {
  const identity = { namespace, serviceAccount };
  const { associations } = await bed.lab("POST", "pod-identity/associations", identity);
  assert.equal(associations.length, 1, `${namespace}/${serviceAccount} has one association`);
  const RoleName = associations[0].roleArn.split("/").at(-1);
  const client = new iam.IAMClient({ region });
  await client.send(new iam.TagRoleCommand({ RoleName, Tags: [{ Key: "unitune-lab:enforced", Value: "true" }] }));
  const keys = await bed.lab("POST", "pod-identity/credentials", { ...identity, pod: "pod-1", podUid: "1" });
  return new s3.S3Client({
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: keys.AccessKeyId, secretAccessKey: keys.SecretAccessKey, sessionToken: keys.Token },
  });
}

async function refused(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: { readonly name: string }) => error.name === "AccessDenied");
}

Deno.test("pods may read and write the buckets that access names, as it says, and no others", async () => {
  await deploy(withRights());
  const admin = new s3.S3Client({ region, forcePathStyle: true });
  for (const Bucket of ["acme-data", "acme-out", "acme-secret"]) {
    await admin.send(new s3.CreateBucketCommand({ Bucket }));
    await admin.send(new s3.PutObjectCommand({ Bucket, Key: "a/b", Body: "hello" }));
  }
  const get = (Bucket: string) => new s3.GetObjectCommand({ Bucket, Key: "a/b" });
  const list = (Bucket: string) => new s3.ListObjectsV2Command({ Bucket });
  const put = (Bucket: string) => new s3.PutObjectCommand({ Bucket, Key: "c", Body: "world" });
  const remove = (Bucket: string) => new s3.DeleteObjectCommand({ Bucket, Key: "c" });
  const pods = [["default", "trainer"], ["evaluation", "judge"], ["kube-system", "s3-csi-driver-sa"]] as const;
  for (const [namespace, account] of pods) {
    const pod = await asPod(namespace, account);
    assert.equal(await (await pod.send(get("acme-data"))).Body!.transformToString(), "hello");
    assert.equal((await pod.send(list("acme-data"))).KeyCount, 1);
    await refused(pod.send(put("acme-data")));
    await refused(pod.send(remove("acme-data")));
    await refused(pod.send(get("acme-secret")));
    await refused(pod.send(list("acme-secret")));
    if (account !== "trainer") {
      await refused(pod.send(get("acme-out")));
      continue;
    }
    await pod.send(put("acme-out"));
    await pod.send(remove("acme-out"));
    await refused(pod.send(new s3.DeleteBucketCommand({ Bucket: "acme-out" })));
  }
  for (const Bucket of ["acme-data", "acme-out", "acme-secret"]) {
    await admin.send(new s3.DeleteObjectCommand({ Bucket, Key: "a/b" }));
    await admin.send(new s3.DeleteBucketCommand({ Bucket }));
  }
});

Deno.test("the add-ons' associations are their own, and each account has one", async () => {
  const client = new eks.EKSClient({ region });
  const { associations = [] } = await client.send(new eks.ListPodIdentityAssociationsCommand({ clusterName: "acme" }));
  assert.deepEqual(associations.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`).sort(), [
    "amazon-cloudwatch/cloudwatch-agent",
    "default/trainer",
    "evaluation/judge",
    "kube-system/ebs-csi-controller-sa",
    "kube-system/karpenter",
    "kube-system/s3-csi-driver-sa",
    "unitune-build/unitune-builder",
  ]);
});

Deno.test("a bucket more is an update of one role; what leaves the config goes with its role and association", async () => {
  const more = withRights({ access: accessOf({ "default/trainer": { buckets: ["acme-data", "acme-more"] } }) });
  const { folder } = await bed.assembly(more);
  assert.deepEqual(changesOf(await bed.stacks(region).diff(folder, TASK)), [
    "remove AWS::EKS::PodIdentityAssociation",
    "remove AWS::IAM::Role",
    "update AWS::IAM::Role",
  ]);
  await deploy(more);
  assert.deepEqual(
    (await bed.lab("POST", "pod-identity/associations", {
      namespace: "evaluation",
      serviceAccount: "judge",
    })).associations,
    [],
  );
  const bare = smallest();
  await deploy(bare);
  const { roles } = await bed.holdings(region);
  assert.deepEqual(roles!.filter((name) => /Access|driver|observability/.test(name)), []);
  await destroy(bare);
});

Deno.test("an add-on that calls AWS fails the stack without a role, as on AWS", async () => {
  const region = "us-west-2", storage = storageOf({}, region);
  for (
    const name of ["aws-ebs-csi-driver", "aws-efs-csi-driver", "aws-fsx-csi-driver", "amazon-cloudwatch-observability"]
  ) {
    const config = smallest({
      cluster: clusterOf({ endpoint: "private", addOns: { [name]: { policies: [] } } }, [], { storage, region }),
    });
    await assert.rejects(() => deploy(config), new RegExp(`${name} is unhealthy`));
    await destroy(config);
  }
});

Deno.test("a policy that AWS does not have fails the stack, and so does a role for an account that is not the add-on's", async () => {
  const region = "us-west-2", storage = storageOf({}, region);
  const wrong = {
    "does not exist or is not attachable": { policies: ["arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicy"] },
    "is not supported for addon": { serviceAccount: "kube-system/ebs-csi-node-sa" },
  };
  for (const [says, addOn] of Object.entries(wrong)) {
    const addOns = { "aws-ebs-csi-driver": addOn };
    const config = smallest({ cluster: clusterOf({ endpoint: "private", addOns }, [], { storage, region }) });
    await assert.rejects(() => deploy(config), new RegExp(says));
    await destroy(config);
  }
});

Deno.test("a snapshot controller, or Mountpoint for pods with rights of their own, needs no role", async () => {
  const addOns = { "aws-mountpoint-s3-csi-driver": {}, "snapshot-controller": {} };
  const config = smallest({ cluster: clusterOf({ endpoint: "private", addOns }) });
  await deploy(config);
  await destroy(config);
});

/**
 * What has a name of ours and is somebody else's: every command refuses it, and nothing of theirs changes. The account
 * is the emulator's, with its whole state compared before and after; the cluster's objects are compared, too.
 */
import assert from "node:assert/strict";
import * as cfn from "@aws-sdk/client-cloudformation";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as eks from "@aws-sdk/client-eks";
import * as s3 from "@aws-sdk/client-s3";
import type { KubeObject, Ports } from "../../lib/core/ports.ts";
import { EXIT } from "../../lib/core/errors.ts";
import { KINDS } from "../../lib/core/kube.ts";
import { CLUSTER, OUTPUTS } from "../../lib/core/pins.ts";
import { run } from "../cli/run.ts";
import { makeProject } from "../config/project.ts";
import { FakeKube, KARPENTER_KINDS, OURS } from "../fakes/kube.ts";
import { StackBed, TASK } from "./aws/stack_bed.ts";

const region = "us-west-2", account = "210000000057", name = "acme";
const bed = new StackBed(account, 4657);
const project = await makeProject();
await project.write(
  "unitune.config.ts",
  `import { cpuPool, defineConfig, image } from "unitune/config";
export default defineConfig({ name: "${name}", region: "${region}", cluster: { endpoint: "private" },
  pools: { cpu: cpuPool({ maxCpus: 8 }) }, images: { base: image({ context: "./images/base" }) } });\n`,
);
const config = ["-c", `${project.root}/unitune.config.ts`], folder = `${project.root}/images/base`;

/** Every command that may change something, and plan. */
const COMMANDS: readonly (readonly string[])[] = [
  ["plan"],
  ["apply", "--yes"],
  ["apply", "--yes", "--only", "pools"],
  ["configure", "--yes"],
  ["build"],
  ["deploy", folder, "--image-name", `${name}/base`],
  ["destroy", "--yes"],
  ["destroy", "--yes", "--delete-data"],
];

const theirs = [{ Key: "owner", Value: "them" }];
const clients = {
  stacks: () => new cfn.CloudFormationClient({ region }),
  clusters: () => new eks.EKSClient({ region }),
  images: () => new ecr.ECRClient({ region }),
  machines: () => new ec2.EC2Client({ region }),
  buckets: () => new s3.S3Client({ region, forcePathStyle: true }),
};

/** A cluster of the lab's own. */
class Server extends FakeKube {
  constructor(...objects: readonly KubeObject[]) {
    super({ ...KARPENTER_KINDS, "apps/v1/DaemonSet": true });
    for (const object of objects) this.put(object);
  }

  /** What was asked to change. */
  get changes(): string[] {
    return this.calls.filter((call) => /^(apply|create|remove) /.test(call));
  }
}

Deno.test.beforeAll(() => bed.start());
Deno.test.afterAll(async () => {
  await bed.stop();
  await Deno.remove(project.root, { recursive: true });
});

async function ended(kube: FakeKube, args: readonly string[]) {
  const ports: Ports = bed.ports(region, kube);
  return await run([...args, ...config], { ports });
}

/** Reads are all that a refusal may have asked; signing in and simulations change nothing. */
const READING = /^(Describe|Get|List|Head|BatchGet|AssumeRole|Simulate)/;

/** The lock of the run, in the bucket of the bootstrap: it is taken before everything else, and given back. */
const LOCK = /\/unitune\/locks\//;

/** Runs each command, expects the refusal, and compares all that there is before and after. */
async function refuseAll(kube: Server, commands: typeof COMMANDS, exit: number, said: RegExp): Promise<void> {
  for (const args of commands) {
    const what = args.join(" ");
    const before = await bed.lab("GET", "state");
    await bed.forget();
    kube.calls.length = 0;
    const { code, stderr } = await ended(kube, args);
    assert.equal(code, exit, `${what}: ${stderr}`);
    assert.match(stderr, said, what);
    const changing = (await bed.requests()).filter(({ path }) => !LOCK.test(path)).map(({ action }) => action)
      .filter((action) => !READING.test(action));
    assert.deepEqual(changing, [], what);
    assert.deepEqual(kube.changes, [], what);
    assert.deepEqual(await bed.lab("GET", "state"), before, `${what} changes nothing`);
  }
}

/** A stack of theirs, with outputs like ours. */
async function theirStack(StackName: string): Promise<void> {
  const Outputs = Object.fromEntries(Object.values(OUTPUTS).map((output) => [output, { Value: "their-contexts" }]));
  const Resources = { Log: { Type: "AWS::Logs::LogGroup", Properties: { LogGroupName: `/theirs/${StackName}` } } };
  const client = clients.stacks(), TemplateBody = JSON.stringify({ Resources, Outputs });
  await client.send(new cfn.CreateStackCommand({ StackName, TemplateBody, Tags: theirs }));
  await cfn.waitUntilStackCreateComplete({ client, maxWaitTime: 30, minDelay: 1 }, { StackName });
}

async function theirCluster(tags: Record<string, string>): Promise<void> {
  const { Subnets } = await clients.machines().send(new ec2.DescribeSubnetsCommand({}));
  const subnetIds = Subnets!.filter(({ DefaultForAz }) => DefaultForAz).slice(0, 2).map(({ SubnetId }) => SubnetId!);
  const roleArn = `arn:aws:iam::${account}:role/theirs`;
  await clients.clusters().send(
    new eks.CreateClusterCommand({ name, roleArn, resourcesVpcConfig: { subnetIds }, tags }),
  );
}

/** What Karpenter of their cluster has launched, and the log of its control plane. */
async function theirNodes(): Promise<void> {
  const Tags = [{ Key: `kubernetes.io/cluster/${name}`, Value: "owned" }, { Key: "karpenter.sh/nodepool", Value: "x" }];
  const node = { InstanceType: "m7i.large" as const, MinCount: 1, MaxCount: 1 };
  await clients.machines().send(
    new ec2.RunInstancesCommand({ ...node, TagSpecifications: [{ ResourceType: "instance", Tags }] }),
  );
  const logGroupName = `/aws/eks/${name}/cluster`;
  await new logs.CloudWatchLogsClient({ region }).send(new logs.CreateLogGroupCommand({ logGroupName }));
}

const release = (labels: Record<string, string>): KubeObject => ({
  ...KINDS.secret,
  metadata: {
    name: "sh.helm.release.v1.karpenter.v1",
    namespace: CLUSTER.karpenterNamespace,
    labels: { owner: "helm", name: "karpenter", ...labels },
  },
});
const space = (name: string): KubeObject => ({ ...KINDS.namespace, metadata: { name } });
const pool = (kind: typeof KINDS.nodePool | typeof KINDS.nodeClass, name: string): KubeObject => {
  return { ...kind, metadata: { name }, spec: {} };
};

Deno.test("an EKS cluster that somebody made by hand under our name is refused, with nothing else of ours there", async () => {
  await bed.bootstrap(region);
  await theirCluster({ owner: "them" });
  await theirNodes();
  const kube = new Server(release({}), space(CLUSTER.buildNamespace), pool(KINDS.nodePool, "cpu"));
  await refuseAll(kube, COMMANDS, EXIT.aws, /EKS cluster acme exists .*found owner=them — `aws eks describe-cluster/);
});

Deno.test("foreign stacks, cluster, repository, bucket, release, namespace and pools are refused by every command, all at once", async () => {
  for (const stack of [`${name}-vpc`, `${name}-eks`]) await theirStack(stack);
  await clients.buckets().send(
    new s3.CreateBucketCommand({ Bucket: "their-contexts", CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  await clients.buckets().send(
    new s3.PutBucketTaggingCommand({ Bucket: "their-contexts", Tagging: { TagSet: theirs } }),
  );
  await clients.buckets().send(new s3.PutObjectCommand({ Bucket: "their-contexts", Key: "data", Body: "precious" }));
  await clients.images().send(new ecr.CreateRepositoryCommand({ repositoryName: `${name}/base`, tags: theirs }));
  const kube = new Server(
    release({}),
    space(CLUSTER.buildNamespace),
    space(CLUSTER.installNamespace),
    pool(KINDS.nodePool, "cpu"),
    pool(KINDS.nodeClass, "cpu"),
  );
  const said =
    /stack acme-vpc exists[^]*stack acme-eks exists[^]*EKS cluster acme exists[^]*bucket their-contexts exists/;
  await refuseAll(kube, COMMANDS, EXIT.aws, said);
  await refuseAll(kube, COMMANDS.filter(([verb]) => verb !== "destroy"), EXIT.aws, /repository acme\/base exists/);
});

/** From here on the account holds our own deployment. */
async function deployOurs(): Promise<void> {
  await fetch(`http://127.0.0.1:4657/_ministack/reset`, { method: "POST" });
  const port = bed.stacks(region);
  await bed.bootstrap(region);
  const { openProject } = await import("../../lib/mod.ts");
  await using opened = await openProject({ file: config[1], cwd: project.root });
  const { folder } = await bed.assembly(opened.config);
  await port.deploy(folder, TASK);
}

async function bucketOfOurs(): Promise<string> {
  const { Stacks } = await clients.stacks().send(new cfn.DescribeStacksCommand({ StackName: `${name}-eks` }));
  return Stacks![0]!.Outputs!.find(({ OutputKey }) => OutputKey === OUTPUTS.contextBucket)!.OutputValue!;
}

Deno.test("our own deployment is recognised: its stacks, cluster, bucket and repository carry the tag", async () => {
  await deployOurs();
  const { code, stdout, stderr } = await ended(new Server(), ["plan"]);
  assert.equal(code, EXIT.done, stderr);
  assert.doesNotMatch(stdout, /not checked|not this project's/);
});

Deno.test("in our own deployment, a repository, a bucket or a cluster that alone is foreign is refused", async () => {
  const images = clients.images(), repositoryArn = `arn:aws:ecr:${region}:${account}:repository/${name}/base`;
  const using = COMMANDS.filter(([verb]) => verb !== "destroy");
  await images.send(new ecr.UntagResourceCommand({ resourceArn: repositoryArn, tagKeys: [CLUSTER.clusterTag] }));
  await refuseAll(new Server(), using, EXIT.aws, /images\.base\.repository {2}repository acme\/base exists/);
  await images.send(
    new ecr.TagResourceCommand({ resourceArn: repositoryArn, tags: [{ Key: CLUSTER.clusterTag, Value: name }] }),
  );

  const Bucket = await bucketOfOurs();
  const { TagSet } = await clients.buckets().send(new s3.GetBucketTaggingCommand({ Bucket }));
  await clients.buckets().send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: theirs } }));
  await refuseAll(new Server(), COMMANDS, EXIT.aws, /bucket acme-eks-.* exists and is not this project's/);
  await clients.buckets().send(new s3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));

  const resourceArn = `arn:aws:eks:${region}:${account}:cluster/${name}`, tagKeys = [CLUSTER.clusterTag];
  await clients.clusters().send(new eks.UntagResourceCommand({ resourceArn, tagKeys }));
  await refuseAll(new Server(), COMMANDS, EXIT.aws, /EKS cluster acme exists and is not this project's/);
  await clients.clusters().send(new eks.TagResourceCommand({ resourceArn, tags: { [CLUSTER.clusterTag]: name } }));
});

Deno.test("a bucket of another account is neither written nor emptied, whatever stack output names it", async () => {
  const bucket = await bucketOfOurs();
  await bed.lab("PUT", "buckets", { [bucket]: "999999999999" });
  const changing = COMMANDS.filter((args) => ["build", "destroy"].includes(args[0]!));
  await refuseAll(new Server(), changing, EXIT.aws, /AWS_DENIED.*s3:GetBucketTagging/);
  await assert.rejects(
    bed.ports(region, new Server()).contexts(bucket, account).put("segments/x", new Uint8Array(1)),
    /AccessDenied/,
  );
  await bed.lab("PUT", "buckets", {});
});

Deno.test("the caller's entry that somebody else made, without rights, is refused before anything changes", async () => {
  const principalArn = `arn:aws:iam::${account}:root`, entry = { clusterName: name, principalArn };
  await clients.clusters().send(new eks.CreateAccessEntryCommand({ ...entry, tags: { owner: "them" } }));
  const reading = COMMANDS.filter(([verb]) => ["plan", "apply", "configure"].includes(verb!));
  await refuseAll(new Server(), reading, EXIT.aws, /root {2}has an access entry that unitune did not create/);
  const policyArn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
  await clients.clusters().send(
    new eks.AssociateAccessPolicyCommand({ ...entry, policyArn, accessScope: { type: "cluster" } }),
  );
});

Deno.test("an object of the cluster that alone is foreign is refused: a release, a namespace, a pool, an account", async () => {
  const account = { name: CLUSTER.builderAccount, namespace: CLUSTER.buildNamespace };
  const ours = { ...KINDS.namespace, metadata: { name: CLUSTER.buildNamespace, labels: OURS } };
  const foreign: [KubeObject[], RegExp][] = [
    [[release({})], /Helm release karpenter in kube-system/],
    [[space(CLUSTER.buildNamespace)], /Namespace unitune-build/],
    [[space(CLUSTER.installNamespace)], /Namespace unitune-install/],
    [[pool(KINDS.nodePool, "cpu")], /NodePool cpu/],
    [[pool(KINDS.nodeClass, "builder")], /EC2NodeClass builder/],
    [[ours, { ...KINDS.serviceAccount, metadata: account }], /ServiceAccount unitune-build\/unitune-builder/],
  ];
  const all = COMMANDS.filter(([verb]) => ["plan", "apply", "configure"].includes(verb!));
  for (const [objects, said] of foreign) {
    await refuseAll(new Server(...objects), all, EXIT.cluster, said);
  }
  const building = COMMANDS.filter(([verb]) => verb === "build" || verb === "deploy");
  for (const [objects, said] of [foreign[1]!, foreign[5]!]) {
    await refuseAll(new Server(...objects), building, EXIT.cluster, said);
  }
  for (const [objects, said] of foreign.slice(0, 3)) {
    await refuseAll(new Server(...objects), COMMANDS.slice(-2), EXIT.cluster, said);
  }
});

Deno.test("a repository that outlived our stack is imported, and the plan says so; somebody else's is not", async () => {
  const port = bed.stacks(region), bucket = await bucketOfOurs();
  await bed.ports(region, new Server()).contexts(bucket, account).empty();
  for (const stack of [`${name}-eks`, `${name}-vpc`]) await port.destroy(stack, TASK);
  const { code, stdout, stderr } = await ended(new Server(), ["plan"]);
  assert.equal(code, EXIT.done, stderr);
  assert.match(stdout, /^ {4}imports repository acme\/base: unitune created it, and no stack owns it$/m);
  const images = clients.images(), resourceArn = `arn:aws:ecr:${region}:${account}:repository/${name}/base`;
  await images.send(new ecr.UntagResourceCommand({ resourceArn, tagKeys: [CLUSTER.clusterTag] }));
  const using = COMMANDS.filter(([verb]) => verb !== "destroy");
  await refuseAll(new Server(), using, EXIT.aws, /repository acme\/base exists and is not this project's/);
});

Deno.test("destroy --delete-data of a project without stacks leaves repositories and logs of the name alone", async () => {
  const logGroupName = `/aws/eks/other/cluster`, client = new logs.CloudWatchLogsClient({ region });
  await client.send(new logs.CreateLogGroupCommand({ logGroupName }));
  await clients.images().send(new ecr.CreateRepositoryCommand({ repositoryName: "other/base", tags: theirs }));
  await project.write(
    "other.config.ts",
    `import { defineConfig, image } from "unitune/config";
export default defineConfig({ name: "other", region: "${region}", cluster: { endpoint: "private" },
  images: { base: image({ context: "./images/base" }) } });\n`,
  );
  const before = await bed.lab("GET", "state");
  const ports = bed.ports(region, new Server());
  const args = ["destroy", "--yes", "--delete-data", "-c", `${project.root}/other.config.ts`];
  const { code, stdout, stderr } = await run(args, { ports });
  assert.equal(code, EXIT.done, stderr);
  assert.match(stdout, /kept: log group \/aws\/eks\/other\/cluster \(only the cluster's name is on it/);
  assert.deepEqual(await bed.lab("GET", "state"), before);
});

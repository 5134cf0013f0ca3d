/** Builds as `unitune build` runs them, without stacks around: real files, adapters, Jobs, BuildKit, one emulator. */
import assert from "node:assert/strict";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import * as eks from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import type { SecretEnv } from "../../lib/adapters/config/secrets.ts";
import { kubernetes } from "../../lib/adapters/kubernetes/mod.ts";
import { deployedSettings } from "../../lib/core/facts/repositories.ts";
import type { UnituneEvent } from "../../lib/core/events.ts";
import { CLUSTER } from "../../lib/core/pins.ts";
import { isA, KINDS, type Kube } from "../../lib/core/kube.ts";
import type { KubePort } from "../../lib/core/kube_port.ts";
import type { BuildRun } from "../../lib/actions/images/build_run.ts";
import { buildImage } from "../../lib/actions/images/image.ts";
import { plannedJob } from "../../lib/actions/jobs.ts";
import type { Objects } from "../../lib/actions/operation.ts";
import type { Session } from "../../lib/actions/session.ts";
import type { ImageResult } from "../../lib/actions/report.ts";
import type { Deployed, Fresh } from "../../lib/plan/types.ts";
import { openFiles } from "../../lib/project/files.ts";
import { openOperation } from "../../lib/project/operation.ts";
import { openPorts } from "../../lib/project/ports.ts";
import { plant, type Tree } from "../images/tree.ts";
import { emulatorEnv, kubectl, labReady, registryBlob, registryManifest, startEmulator } from "./lab.ts";
import { recordingEmitter } from "../fakes/emitter.ts";
import { apiServer, pki, region, run as paths } from "./layout.ts";

export const NAME = "lab-builds";
export const namespace = CLUSTER.buildNamespace;
const bucket = "lab-builds-contexts";

export interface Builds {
  readonly port: number;
  readonly url: string;
  readonly registry: string;
  readonly kube: KubePort;
  /** A project in a folder of its own; its Jobs as they are, but for the pool's name, which no node here has. */
  project(body: string, tree: Tree, secretEnv?: SecretEnv): Promise<Bench>;
  /** Everything that AWS was asked, and every object of the bucket, unpacked, as one text. */
  inAws(): Promise<string>;
  stop(): Promise<void>;
}

/** What a file of tests works with, from its own emulator to the namespace of builds. */
export async function startBuilds(
  { account, port, caches = false }: {
    readonly account: string;
    readonly port: number;
    /** Whether the cluster can create the volumes of caches. */
    readonly caches?: boolean;
  },
): Promise<Builds> {
  await labReady();
  // One of another cluster has other tags, which never change.
  await kubectl(["delete", "storageclass", CLUSTER.cacheStorageClass, "--ignore-not-found"]);
  const emulator = await startEmulator({ account, port });
  for (const [name, value] of Object.entries(emulatorEnv(port))) Deno.env.set(name, value);
  const client = { endpoint: emulator.url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const deployed: Deployed = {
    account,
    region,
    nodeRoleName: "node",
    queueName: "queue",
    contextBucket: bucket,
    pushRoleArn: `arn:aws:iam::${account}:role/push`,
    placementGroups: {},
  };
  const roleArn = await makeRoles(new IAMClient(client), deployed), cluster = new eks.EKSClient(client);
  const tags = { [CLUSTER.clusterTag]: NAME };
  await cluster.send(new eks.CreateClusterCommand({ name: NAME, roleArn, resourcesVpcConfig: {}, tags }));
  const serviceAccount = CLUSTER.builderAccount;
  await cluster.send(
    new eks.CreatePodIdentityAssociationCommand({ clusterName: NAME, namespace, serviceAccount, roleArn }),
  );
  const [ca, token] = await Promise.all([Deno.readTextFile(pki.ca.cert), Deno.readTextFile(paths.adminToken)]);
  const kube = kubernetes({ endpoint: apiServer, caData: btoa(ca), token: () => Promise.resolve(token.trim()) });
  return {
    port,
    url: emulator.url,
    registry: `${account}.dkr.ecr.${region}.amazonaws.com`,
    kube,
    project: (body, tree, secretEnv = () => undefined) => bench(kube, deployed, { body, tree, secretEnv, caches }),
    inAws: () => inAws(emulator.url, s3),
    stop: async () => {
      kube.close();
      s3.destroy();
      await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
      await kubectl(["delete", "storageclass", CLUSTER.cacheStorageClass, "--ignore-not-found"]);
      await emulator.stop();
    },
  };
}

async function makeRoles(iam: IAMClient, deployed: Deployed): Promise<string> {
  const builder = `arn:aws:iam::${deployed.account}:role/builder`, tagged = ["sts:AssumeRole", "sts:TagSession"];
  const roles = [
    {
      name: "builder",
      who: { Service: "pods.eks.amazonaws.com" },
      may: [["s3:GetObject", `arn:aws:s3:::${bucket}/*`]],
    },
    { name: "push", who: { AWS: builder }, may: [["ecr:*", "*"]] },
  ];
  for (const { name: RoleName, who, may } of roles) {
    const statement = (allowed: object) => JSON.stringify({ Version: "2012-10-17", Statement: [allowed].flat() });
    const AssumeRolePolicyDocument = statement({ Effect: "Allow", Principal: who, Action: tagged });
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
    const allowed = [...may.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource })), {
      Effect: "Allow",
      Action: tagged,
      Resource: deployed.pushRoleArn,
    }];
    await iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: "all", PolicyDocument: statement(allowed) }),
    );
  }
  return builder;
}

export interface Bench extends AsyncDisposable {
  readonly root: string;
  readonly events: readonly UnituneEvent[];
  /** Builds all images, in their order. `through`: what stands between the runner and the API server. */
  build(through?: Partial<KubePort>, fresh?: Fresh): Promise<Record<string, ImageResult>>;
  job(image: string): Promise<string>;
}

interface Written {
  readonly body: string;
  readonly tree: Tree;
  readonly secretEnv: SecretEnv;
  readonly caches: boolean;
}

async function bench(kube: KubePort, deployed: Deployed, { body, tree, secretEnv, caches }: Written): Promise<Bench> {
  const root = await Deno.realPath(await plant(tree));
  await Deno.writeTextFile(
    `${root}/unitune.config.ts`,
    `import { defineConfig, image } from "unitune/config";
    const resources = { cpu: "100m", memory: "1Gi", disk: "5Gi" } as const;
    export default defineConfig({ name: "${NAME}", region: "${region}", cluster: { endpoint: "private" }, ${body} });`,
  );
  const { config, allowed } = await loadConfig({ cwd: root, env: {} });
  const files = await openFiles(config, { walls: { root, allowed }, env: secretEnv });
  const ports = await openPorts({ config, profile: undefined, note: () => {} }), emitter = recordingEmitter();
  for (const image of config.images) {
    await ports.registry.ensureRepository(image.repository, NAME, deployedSettings(image));
  }
  for (const object of files.objects.cluster(deployed)) {
    const place = object.metadata.namespace ?? object.metadata.name;
    if (place === namespace || caches && place === CLUSTER.cacheStorageClass) await kube.apply(object);
  }
  const objects: Objects = {
    build: (spec) => files.objects.build(spec).map(anywhere),
    helm: (...given) => files.objects.helm(...given),
    cluster: (...given) => files.objects.cluster(...given),
    chartsHash: (...given) => files.objects.chartsHash(...given),
  };
  return {
    root,
    events: emitter.events,
    build: async (through = {}, fresh = {}) => {
      const digests = new Map<string, string>(), results: Record<string, ImageResult> = {};
      const asked: KubePort = { ...kube, ...through };
      const inThisCluster = { ...ports, kube: () => Promise.resolve(asked), close: () => Promise.resolve() };
      const operation = openOperation({ ...files, objects }, inThisCluster, {
        emitter,
        signal: new AbortController().signal,
      });
      const session = { kube: () => Promise.resolve(asked) } as Partial<Session> as Session;
      const run: BuildRun = {
        operation: { ...operation, session },
        deployed,
        store: ports.contexts(deployed.contextBucket, deployed.account),
        limit: { isReached: () => false, run: (work) => work() },
      };
      for (const build of await files.contexts.builds()) {
        results[build.image.name] = await buildImage(build, run, digests, fresh.noCache === true, fresh);
      }
      return results;
    },
    job: async (image) => {
      const build = (await files.contexts.builds()).find((one) => one.image.name === image)!;
      return plannedJob(files, build).at(-1)!.metadata.name;
    },
    [Symbol.asyncDispose]: async () => {
      await ports.close();
      await files.close();
      await Deno.remove(root, { recursive: true });
    },
  };
}

/** Onto the lab's system nodes: without Karpenter there are no others. */
export function anywhere(object: Kube): Kube {
  if (!isA(object, KINDS.job)) return object;
  const { template, ...rest } = object.spec!, pod = template.spec!;
  const nodeSelector = { "kubernetes.io/arch": "amd64" };
  const tolerations = [...pod.tolerations ?? [], { key: "CriticalAddonsOnly", operator: "Exists" }];
  return { ...object, spec: { ...rest, template: { ...template, spec: { ...pod, nodeSelector, tolerations } } } };
}

export async function exists(kind: string, name: string): Promise<boolean> {
  return (await kubectl(["get", kind, name, "-n", namespace, "--ignore-not-found", "-o", "name"])).trim() !== "";
}

export async function gone(kind: string, name: string): Promise<void> {
  for (const until = Date.now() + 60_000; await exists(kind, name);) {
    assert.ok(Date.now() < until, `${kind} ${name} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

async function inAws(url: string, s3: S3Client): Promise<string> {
  const texts = [await (await fetch(`${url}/_lab/requests`)).text()];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  for (const { Key } of Contents) {
    const bytes = await (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body!.transformToByteArray();
    texts.push(Key!, latin1(Key!.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes));
  }
  return texts.join("\n");
}

/** Every manifest below a reference, and every blob of theirs, unpacked, as one text. */
export async function inRegistry(repository: string, ref: string): Promise<string> {
  const { manifest } = (await registryManifest(repository, ref))!, texts = [JSON.stringify(manifest)];
  for (const { digest } of manifest.manifests ?? []) texts.push(await inRegistry(repository, digest));
  for (const { digest } of [manifest.config, ...manifest.layers ?? []].filter((one) => one !== undefined)) {
    const bytes = await registryBlob(repository, digest);
    texts.push(latin1(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes));
  }
  return texts.join("\n");
}

export function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

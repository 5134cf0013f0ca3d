/** Options of images and of the builder in real builds: secrets, attestations, ways to registries. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { BatchDeleteImageCommand, ECRClient } from "@aws-sdk/client-ecr";
import * as eks from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import type { SecretEnv } from "../../lib/adapters/config/secrets.ts";
import { kubernetes } from "../../lib/adapters/kubernetes/mod.ts";
import type { UnituneEvent } from "../../lib/core/events.ts";
import { CLUSTER } from "../../lib/core/pins.ts";
import type { KubeObject, KubePort } from "../../lib/core/ports.ts";
import { buildImage } from "../../lib/exec/build.ts";
import type { ImageResult, Project } from "../../lib/exec/types.ts";
import type { Deployed } from "../../lib/plan/types.ts";
import { openPorts, ProjectFiles } from "../../lib/wiring.ts";
import { plant, type Tree } from "../build/tree.ts";
import type { Emulator } from "./aws/emulator.ts";
import {
  emulatorEnv,
  kubectl,
  labReady,
  readFileFromImage,
  registryBlob,
  registryManifest,
  startEmulator,
} from "./lab.ts";
import { apiServer, bridge, pki, region, run as paths, store } from "./layout.ts";
import { runProgram } from "./program.ts";

const ACCOUNT = "210000000032", PORT = 4662;
const NAME = "lab-options", bucket = "lab-options-contexts", namespace = CLUSTER.buildNamespace;
const registry = `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`;
const deployed: Deployed = {
  account: ACCOUNT,
  region,
  nodeRoleName: "node",
  queueName: "queue",
  contextBucket: bucket,
  pushRoleArn: `arn:aws:iam::${ACCOUNT}:role/push`,
};
const FROM = "FROM docker.io/library/busybox:1.35";
let emulator: Emulator, kube: KubePort & { close(): void }, s3: S3Client;

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account: ACCOUNT, port: PORT });
  for (const [name, value] of Object.entries(emulatorEnv(PORT))) Deno.env.set(name, value);
  const client = { endpoint: emulator.url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const roleArn = await makeRoles(new IAMClient(client)), cluster = new eks.EKSClient(client);
  await cluster.send(new eks.CreateClusterCommand({ name: NAME, roleArn, resourcesVpcConfig: {} }));
  const serviceAccount = CLUSTER.builderAccount;
  await cluster.send(
    new eks.CreatePodIdentityAssociationCommand({ clusterName: NAME, namespace, serviceAccount, roleArn }),
  );
  await kubectl(["create", "namespace", namespace]);
  await kubectl(["create", "serviceaccount", serviceAccount, "-n", namespace]);
  const [ca, token] = await Promise.all([Deno.readTextFile(pki.ca.cert), Deno.readTextFile(paths.adminToken)]);
  kube = kubernetes({ endpoint: apiServer, caData: btoa(ca), token: () => Promise.resolve(token.trim()) });
});

Deno.test.afterAll(async () => {
  kube?.close();
  s3?.destroy();
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
  await emulator?.stop();
});

async function makeRoles(iam: IAMClient): Promise<string> {
  const builder = `arn:aws:iam::${ACCOUNT}:role/builder`, tagged = ["sts:AssumeRole", "sts:TagSession"];
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

interface Bench extends AsyncDisposable {
  readonly root: string;
  readonly events: UnituneEvent[];
  /** Builds all images, in their order. `through`: what stands between the runner and the API server. */
  build(through?: Partial<KubePort>): Promise<Record<string, ImageResult>>;
  job(image: string): Promise<string>;
}

/** A project in a folder of its own; its Jobs as they are, but for the pool's name, which no node here has. */
async function bench(body: string, tree: Tree, secretEnv: SecretEnv = () => undefined): Promise<Bench> {
  const root = await Deno.realPath(await plant(tree));
  await Deno.writeTextFile(
    `${root}/unitune.config.ts`,
    `import { defineConfig, image } from "unitune/config";
    const resources = { cpu: "100m", memory: "256Mi" } as const;
    export default defineConfig({ name: "${NAME}", region: "${region}", cluster: { endpoint: "private" }, ${body} });`,
  );
  const { config, allowed } = await loadConfig({ cwd: root, env: {} });
  const files = await ProjectFiles.open(config, { walls: { root, allowed }, env: secretEnv });
  const ports = await openPorts({ config, profile: undefined, note: () => {} }), events: UnituneEvent[] = [];
  for (const { repository } of config.images) await ports.registry.ensureRepository(repository, NAME);
  const project = {
    config,
    upload: files.upload.bind(files),
    secrets: files.secrets.bind(files),
    jobObjects: (spec) => files.jobObjects(spec).map(anywhere),
  } as Partial<Project> as Project;
  return {
    root,
    events,
    build: async (through = {}) => {
      const digests = new Map<string, string>(), results: Record<string, ImageResult> = {};
      const asked: KubePort = { ...kube, ...through };
      const run = {
        project,
        deployed,
        ports,
        kube: () => Promise.resolve(asked),
        emit: (event: UnituneEvent) => void events.push(event),
        signal: new AbortController().signal,
      };
      for (const build of await files.builds()) {
        results[build.image.name] = await buildImage(build, run, digests, false);
      }
      return results;
    },
    job: async (image) => {
      const build = (await files.builds()).find((one) => one.image.name === image)!;
      return files.plannedJob(build).at(-1)!.metadata.name;
    },
    [Symbol.asyncDispose]: async () => {
      await files.close();
      await Deno.remove(root, { recursive: true });
    },
  };
}

function anywhere(object: KubeObject): KubeObject {
  if (object.kind !== "Job") return object;
  const job = structuredClone(object);
  job["spec"].template.spec.nodeSelector = { "kubernetes.io/arch": "amd64" };
  return job;
}

async function exists(kind: string, name: string): Promise<boolean> {
  return (await kubectl(["get", kind, name, "-n", namespace, "--ignore-not-found", "-o", "name"])).trim() !== "";
}

async function gone(kind: string, name: string): Promise<void> {
  for (const until = Date.now() + 60_000; await exists(kind, name);) {
    assert.ok(Date.now() < until, `${kind} ${name} is still there`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Everything that AWS was asked, and every object of the bucket, unpacked, as one text. */
async function inAws(): Promise<string> {
  const texts = [await (await fetch(`${emulator.url}/_lab/requests`)).text()];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  for (const { Key } of Contents) {
    const bytes = await (await s3.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body!.transformToByteArray();
    texts.push(Key!, latin1(Key!.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes));
  }
  return texts.join("\n");
}

/** Every manifest below a reference, and every blob of theirs, unpacked, as one text. */
async function inRegistry(repository: string, ref: string): Promise<string> {
  const { manifest } = (await registryManifest(repository, ref))!, texts = [JSON.stringify(manifest)];
  for (const { digest } of manifest.manifests ?? []) texts.push(await inRegistry(repository, digest));
  for (const { digest } of [manifest.config, ...manifest.layers ?? []].filter((one) => one !== undefined)) {
    const bytes = await registryBlob(repository, digest);
    texts.push(latin1(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes));
  }
  return texts.join("\n");
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

const TOKEN = "hf_Lab$Secret.0123456789", NETRC = "machine example.com\nlogin me\npassword never-shown-anywhere\n";
const SECRET_TREE: Tree = {
  "app/Dockerfile": [
    FROM,
    "RUN --mount=type=secret,id=hf --mount=type=secret,id=netrc \\",
    "  cat /run/secrets/hf | sha256sum > /sums && cat /run/secrets/netrc | sha256sum >> /sums",
    "RUN --mount=type=secret,id=hf --mount=type=secret,id=netrc \\",
    "  echo printed $(cat /run/secrets/hf) && cat /run/secrets/netrc && base64 /run/secrets/hf",
  ].join("\n"),
  "secrets/netrc": NETRC,
};
const SECRET_IMAGE = `images: { app: image({ context: "./app", resources, provenance: "max",
  secrets: { hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } } }) }`;
const HIDDEN = [TOKEN, btoa(TOKEN).slice(0, -4), "never-shown-anywhere", btoa(NETRC).slice(0, -4)];

function assertHidden(where: string, text: string): void {
  for (const value of HIDDEN) assert.ok(!text.includes(value), `${where} holds ${value}`);
}

Deno.test("a secret reaches its RUN step, and its value is in no object, log, request, bucket or layer", async () => {
  await using project = await bench(SECRET_IMAGE, SECRET_TREE, (name) => name === "HF_TOKEN" ? TOKEN : undefined);
  const job = await project.job("app");
  let owned: KubeObject | null = null;
  const { app } = await project.build({
    apply: async (object, options) => {
      if (object.kind === "Job") owned = await kube.get({ apiVersion: "v1", kind: "Secret", name: job, namespace });
      return await kube.apply(object, options);
    },
  });
  const secret = owned as KubeObject | null;
  assert.equal(app!.state, "built");
  const repository = `${registry}/${NAME}/app`;
  const sums = [`${sha256(TOKEN)}  -`, `${sha256(NETRC)}  -`, ""].join("\n");
  assert.equal(await readFileFromImage(repository, app!.digest!, "sums"), sums);
  assert.equal(secret?.["immutable"], true);
  assert.deepEqual(secret?.["data"], { hf: btoa(TOKEN), netrc: btoa(NETRC) });
  assert.equal(await exists("secret", job), false, "the Secret goes when the Job has ended");

  const objects = await kubectl(["get", "jobs,pods,events,configmaps,secrets", "-n", namespace, "-o", "yaml"]);
  assert.match(objects, /secretName: app-amd64-/);
  const log = await kubectl(["logs", "-n", namespace, "-l", `job-name=${job}`, "-c", "buildkit", "--tail=-1"]);
  assert.match(log, /printed \*\*\*/);
  assert.match(JSON.stringify(project.events), /printed \*\*\*/);
  assertHidden("the cluster", objects);
  assertHidden("the pod's log", log);
  assertHidden("the story", JSON.stringify([project.events, app]));
  assertHidden("AWS", await inAws());
  assertHidden("the registry", await inRegistry(repository, app!.digest!));
});

Deno.test("a value that was renewed builds nothing anew, and is not even read", async () => {
  await using project = await bench(SECRET_IMAGE, { ...SECRET_TREE, "secrets/netrc": "another" }, () => {
    return assert.fail("a value was asked for");
  });
  assert.equal((await project.build()).app!.state, "reused");
});

const CUT_IMAGE = `images: { cut: image({ context: "./app", resources, secrets: { hf: { env: "HF_TOKEN" } } }) }`;

async function cut(project: Bench, at: "Secret" | "Job"): Promise<void> {
  const stop = () => Promise.reject(new Error("cut"));
  const through: Partial<KubePort> = at === "Secret"
    ? { create: (object) => object.kind === "Secret" ? stop() : kube.create(object) }
    : { apply: (object, options) => object.kind === "Job" ? stop() : kube.apply(object, options) };
  await assert.rejects(project.build(through), /cut/);
}

Deno.test("a run that was cut before the Secret, or before the Job was resumed, is finished by the same command", async () => {
  for (const at of ["Secret", "Job"] as const) {
    const tree = {
      "app/Dockerfile": `${FROM}\nRUN --mount=type=secret,id=hf cat /run/secrets/hf | sha256sum > /${at}`,
    };
    await using project = await bench(CUT_IMAGE, tree, () => TOKEN);
    const job = await project.job("cut");
    await cut(project, at);
    assert.equal(await kubectl(["get", "job", job, "-n", namespace, "-o", "jsonpath={.spec.suspend}"]), "true");
    assert.equal(await exists("secret", job), at === "Job");
    const { cut: image } = await project.build();
    assert.equal(image!.state, "built");
    assert.equal(await readFileFromImage(`${registry}/${NAME}/cut`, image!.digest!, at), `${sha256(TOKEN)}  -\n`);
    await gone("secret", job);
  }
});

Deno.test("a Job that is removed takes its Secret with it", async () => {
  const tree = { "app/Dockerfile": `${FROM}\nRUN true` };
  await using project = await bench(CUT_IMAGE, tree, () => TOKEN);
  const job = await project.job("cut");
  await cut(project, "Job");
  assert.ok(await exists("secret", job));
  await kubectl(["delete", "job", job, "-n", namespace]);
  await gone("secret", job);
});

Deno.test("the program says which flag lets a secret through before it asks for anything else, and never its value", async () => {
  await using project = await bench(SECRET_IMAGE.replaceAll("app", "other"), {
    "other/Dockerfile": `${FROM}\n`,
    "secrets/netrc": NETRC,
  });
  const env = { ...emulatorEnv(PORT), HF_TOKEN: TOKEN };
  const without = await runProgram(["build", "other", "-v"], { cwd: project.root, env });
  assert.equal(without.code, 2, without.stderr);
  assert.match(without.stderr, /secret "hf": variable HF_TOKEN is not let through — pass --secret-env HF_TOKEN/);
  const given = await runProgram(["build", "--secret-env", "HF_TOKEN", "other", "-v"], { cwd: project.root, env });
  assert.equal(given.code, 4, given.stderr);
  assert.match(given.stderr, /NOT_DEPLOYED/);
  const printed = await runProgram(["build", "--secret-env", "HF_TOKEN", "--dry-run"], { cwd: project.root, env });
  assert.match(printed.stdout, /secretName: other-amd64-/);
  for (const { stdout, stderr } of [without, given, printed]) assertHidden("the program's output", stdout + stderr);
});

Deno.test("provenance is in the index that is pushed; the index is reused, and an image starts from it", async () => {
  const tree = {
    "app/Dockerfile": `${FROM}\nARG A\nRUN echo $A > /a\n`,
    "top/Dockerfile": "FROM below\nRUN cat /a > /b\n",
  };
  const body = (mode: string) =>
    `images: (() => {
    const below = image({ context: "./app", resources, args: { A: "${mode}" }, provenance: "${mode}" });
    return { below, top: image({ context: "./top", resources, needs: { below } }) };
  })()`;
  for (const mode of ["min", "max"] as const) {
    await using project = await bench(body(mode), tree);
    const { below, top } = await project.build();
    assert.deepEqual([below!.state, top!.state], ["built", "built"]);
    const repository = `${registry}/${NAME}/below`;
    const { mediaType, manifest } = (await registryManifest(repository, below!.digest!))!;
    assert.equal(mediaType, "application/vnd.oci.image.index.v1+json");
    assert.match(manifest.annotations?.["dev.unitune.key"] ?? "", /^[0-9a-f]{64}$/);
    const [, attached] = manifest.manifests!;
    const attestation = (await registryManifest(repository, attached!.digest))!.manifest;
    const statement = JSON.parse(latin1(await registryBlob(repository, attestation.layers![0]!.digest)));
    assert.match(statement.predicateType, /^https:\/\/slsa\.dev\/provenance\//);
    assert.equal(JSON.stringify(statement).includes("build-arg:A"), mode === "max");
    assert.equal(await readFileFromImage(`${registry}/${NAME}/top`, top!.digest!, "b"), `${mode}\n`);
    const again = await project.build();
    assert.deepEqual([again.below!.state, again.below!.digest], ["reused", below!.digest]);
  }
});

Deno.test("two platforms are built and joined under one tag; lost, the index comes back without a Job", async () => {
  const tree = {
    "both/Dockerfile": "FROM scratch\nARG TARGETARCH\nCOPY ${TARGETARCH} /arch\n",
    "both/amd64": "x",
    "both/arm64": "a",
  };
  const platforms = 'platforms: ["linux/amd64", "linux/arm64"], provenance: "min"';
  await using project = await bench(`images: { both: image({ context: "./both", resources, ${platforms} }) }`, tree);
  const { both } = await project.build();
  const repository = `${registry}/${NAME}/both`, tag = both!.job!.slice(-12);
  const found = (await registryManifest(repository, `src-${tag}`))!;
  assert.equal(found.digest, both!.digest);
  for (const [architecture, text] of [["amd64", "x"], ["arm64", "a"]] as const) {
    assert.equal(await readFileFromImage(repository, both!.digest!, "arch", architecture), text);
  }
  assert.equal(found.manifest.manifests!.length, 4, "two images, and what is attested of each");
  assert.equal((await project.build()).both!.state, "reused");

  const ecr = new ECRClient({ endpoint: emulator.url, region });
  await ecr.send(
    new BatchDeleteImageCommand({ repositoryName: `${NAME}/both`, imageIds: [{ imageTag: `src-${tag}` }] }),
  );
  const again = await project.build({ create: () => assert.fail("a Job was made") });
  assert.deepEqual([again.both!.state, again.both!.job, again.both!.digest], ["reused", null, both!.digest]);
});

/** The lab's busybox behind a registry that is nowhere; tells what was asked of it. */
function mirror(port: number, tls: { cert?: string; key?: string } = {}) {
  const asked: string[] = [];
  const server = Deno.serve({
    hostname: bridge.address,
    port,
    onListen: () => {},
    ...tls as { cert: string; key: string },
  }, async (request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    const path = pathname.replace(/^\/v2\/hub\/tools\/box\//, "/v2/docker.io/library/busybox/");
    const accept = request.headers.get("accept");
    const { status, headers, body } = await fetch(`${store}${path}`, {
      method: request.method,
      ...(accept && { headers: { accept } }),
    });
    return new Response(body, { status, headers });
  });
  return { asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

async function ownAuthority(): Promise<{ readonly cert: string; readonly key: string }> {
  const folder = await Deno.makeTempDir();
  const { success } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", "/CN=mirror", "-addext", `subjectAltName=IP:${bridge.address}`],
      ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
    ],
    stderr: "null",
  }).output();
  assert.ok(success, "openssl makes a certificate");
  const [cert, key] = await Promise.all(["cert", "key"].map((name) => Deno.readTextFile(`${folder}/${name}.pem`)));
  await Deno.remove(folder, { recursive: true });
  return { cert: cert!, key: key! };
}

const INVENTED = "FROM registry.invented.test/tools/box:1.35\n";

Deno.test("FROM a registry that is nowhere comes from its mirror, over plain HTTP or under an authority of one's own", async () => {
  const own = await ownAuthority();
  const ways: readonly (readonly [string, { cert?: string; key?: string }])[] = [
    ["plainHttp: true", {}],
    ['ca: "./ca.pem"', own],
  ];
  for (const [at, [way, tls]] of ways.entries()) {
    const port = 18_080 + at;
    await using registry = mirror(port, tls);
    const registries =
      `builder: { registries: { "registry.invented.test": { mirror: "${bridge.address}:${port}/hub", ${way} } } }`;
    const tree = { "mirrored/Dockerfile": `${INVENTED}RUN echo ${at} > /way\n`, "ca.pem": own.cert };
    await using project = await bench(
      `images: { mirrored: image({ context: "./mirrored", resources }) }, ${registries}`,
      tree,
    );
    const { mirrored } = await project.build();
    assert.equal(mirrored!.state, "built");
    assert.ok(registry.asked.some((path) => path.startsWith("/v2/hub/tools/box/manifests/")), registry.asked.join());
  }
});

Deno.test("without its authority the mirror is not believed, and the build says why", async () => {
  await using _registry = mirror(18_082, await ownAuthority());
  const registries = `builder: { registries: { "registry.invented.test": { mirror: "${bridge.address}:18082/hub" } } }`;
  const tree = { "doubted/Dockerfile": `${INVENTED}RUN true\n` };
  await using project = await bench(
    `images: { doubted: image({ context: "./doubted", resources }) }, ${registries}`,
    tree,
  );
  const error = await project.build().then(() => assert.fail("was built"), (error) => error);
  assert.match([error.message, ...error.lines].join("\n"), /certificate signed by unknown authority|no such host/);
});

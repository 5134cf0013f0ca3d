/** The build Job by itself, on real nodes with real BuildKit: what lands in the image, and how failures end. */
import assert from "node:assert/strict";
import { CreateRepositoryCommand, DeleteRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import * as eks from "@aws-sdk/client-eks";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { readContext, storeContext } from "../../lib/adapters/context/mod.ts";
import { buildJob } from "../../lib/images/backends/buildkit/job.ts";
import { lackingOwner } from "../../lib/images/backends/buildkit/owners.ts";
import { contextTime } from "../../lib/images/context.ts";
import { failedStep } from "../../lib/images/backends/buildkit/progress.ts";
import { PINS } from "../../lib/core/pins.ts";
import type { Kube } from "../../lib/core/kube.ts";
import { type ContainerStatus, containerStatuses } from "../../lib/core/pods.ts";
import type { ContextStorePort } from "../../lib/core/ports.ts";
import type { Image, Isolation, JobSpec } from "../../lib/plan/types.ts";
import { builder, image, jobSpec } from "../images/specs.ts";
import { type Tree, withTree } from "../images/tree.ts";
import type { Emulator } from "./aws/emulator.ts";
import { anywhere } from "./builds.ts";
import { kubectl, labReady, readFileFromImage, registryBlob, registryManifest, startEmulator } from "./lab.ts";
import { region } from "./layout.ts";
import { run } from "./shell.ts";

const account = "210000000031";
const namespace = "lab-build-job";
const bucket = "lab-build-job";
const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
const pushRoleArn = `arn:aws:iam::${account}:role/push`;
const templates = new URL("../../templates/", import.meta.url);
let emulator: Emulator;
let client: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
let s3: S3Client;

async function makeRoles(): Promise<void> {
  const iam = new IAMClient(client);
  const make = async (
    RoleName: string,
    Principal: unknown,
    Action: string[],
    allowed: [string | string[], string][],
  ) => {
    const trust = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action }] };
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
    const Statement = allowed.map(([Action, Resource]) => ({ Effect: "Allow", Action, Resource }));
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "all", PolicyDocument }));
  };
  const tagged = ["sts:AssumeRole", "sts:TagSession"];
  await make("builder", { Service: "pods.eks.amazonaws.com" }, tagged, [
    ["s3:GetObject", `arn:aws:s3:::${bucket}/*`],
    [tagged, pushRoleArn],
  ]);
  await make("push", { AWS: `arn:aws:iam::${account}:role/builder` }, tagged, [["ecr:*", "*"]]);
}

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account, port: 4661 });
  client = { endpoint: emulator.url, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  s3 = new S3Client({ ...client, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await makeRoles();
  const cluster = new eks.EKSClient(client);
  const roleArn = `arn:aws:iam::${account}:role/builder`;
  await cluster.send(new eks.CreateClusterCommand({ name: namespace, roleArn, resourcesVpcConfig: {} }));
  await cluster.send(
    new eks.CreatePodIdentityAssociationCommand({
      clusterName: namespace,
      namespace,
      serviceAccount: "unitune-builder",
      roleArn,
    }),
  );
  await kubectl(["create", "namespace", namespace]);
  await kubectl(["create", "serviceaccount", "unitune-builder", "-n", namespace]);
});

Deno.test.afterAll(async () => {
  await kubectl(["delete", "namespace", namespace, "--ignore-not-found"]);
  s3?.destroy();
  await emulator?.stop();
});

const store: ContextStorePort = {
  stat: () => Promise.resolve(null),
  put: async (Key, Body) => void await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body })),
  empty: () => Promise.resolve(0),
};

interface Ended {
  readonly state: "Complete" | "Failed";
  readonly reason: string;
  readonly exitCodes: readonly number[];
  readonly pods: number;
  /** Last words of the container that decided. */
  readonly message: string;
}

interface Ways {
  readonly isolation?: Isolation;
  readonly needs?: JobSpec["needs"];
  readonly spoil?: (job: Kube<"Job">) => Kube<"Job">;
}

/** Runs the Job of a tree, unchanged but for its namespace and its node, and waits for its end. */
async function runJob(tree: Tree, changes: Partial<Image>, ways: Ways = {}): Promise<Ended> {
  const { isolation = builder.isolation, needs = {}, spoil = (job: Kube<"Job">) => job } = ways;
  return await withTree(tree, async (context) => {
    const own = image("trainer", { ...changes, context, resources: { cpu: "100m", memory: "1Gi", disk: "5Gi" } });
    const stored = await storeContext(await readContext(own), store, { signal: new AbortController().signal });
    const name = `job-${crypto.randomUUID().slice(0, 8)}`;
    const build = { ...jobSpec().build, image: own };
    const spec = jobSpec({}, { name, build, registry, pushRoleArn, context: { bucket, ...stored }, needs });
    const texts = ["build-job.yaml", "fetch-context.mjs"].map((file) => Deno.readTextFile(new URL(file, templates)));
    const [template, script] = await Promise.all(texts) as [string, string];
    const buildkit = PINS.buildkit[isolation === "rootless" ? "rootless" : "image"];
    const objects = buildJob(spec, { ...builder, isolation, image: buildkit }, template, script)
      .map((object) => anywhere({ ...object, metadata: { ...object.metadata, namespace } }))
      .map((object) => object.kind === "Job" ? spoil(object) : object);
    for (const object of objects) await kubectl(["apply", "-f", "-"], JSON.stringify(object));
    return await endOf(name);
  });
}

async function endOf(name: string): Promise<Ended> {
  for (;;) {
    const job = JSON.parse(await kubectl(["get", "job", name, "-n", namespace, "-o", "json"]));
    const ended = job.status.conditions?.find(({ type }: { type: string }) => type === "Complete" || type === "Failed");
    if (ended) {
      const selector = ["-l", `batch.kubernetes.io/job-name=${name}`, "-n", namespace, "-o", "json"];
      const pods = JSON.parse(await kubectl(["get", "pods", ...selector])).items;
      const statuses = pods.flatMap((pod: Kube<"Pod">) => containerStatuses(pod));
      const over = statuses.map(({ state }: ContainerStatus) => state?.terminated).filter(Boolean);
      const exitCodes = over.map(({ exitCode }: { exitCode: number }) => exitCode);
      const message = over.findLast(({ exitCode }: { exitCode: number }) =>
        (exitCode === 0) === (ended.type === "Complete")
      )
        ?.message ?? "";
      return { state: ended.type, reason: ended.reason, exitCodes, pods: pods.length, message };
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** A repository that holds nothing, no cache either. */
async function freshRepository(repositoryName: string): Promise<void> {
  const ecr = new ECRClient(client);
  await ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true })).catch(() => {});
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
}

const TREE: Tree = {
  "Dockerfile": [
    "FROM docker.io/library/busybox:1.35",
    "ARG WORDS",
    "COPY . /context/",
    'RUN echo "$WORDS" > /words && cd /context && ls -lnR --full-time . > /listing && date +%s > /dev/null',
  ].join("\n"),
  ".dockerignore": "Dockerfile\n*.log\n!keep.log\n",
  "drop.log": "x",
  "keep.log": "kept",
  "dir/run.sh": "#!/bin/sh\n",
  "link": "->dir/run.sh",
};

Deno.test("the image holds the context as it was: links, ignored files left out, dollars untouched, its key on the manifest", async () => {
  await freshRepository("lab/exact");
  const ended = await runJob(TREE, { repository: "lab/exact", args: { WORDS: "$(DOCKER_CONFIG) $$ a,b=c" } });
  assert.equal(ended.state, "Complete", ended.message);
  const { digest } = JSON.parse(ended.message);
  const found = (await registryManifest(`${registry}/lab/exact`, jobSpec().tag))!;
  assert.equal(found.digest, digest);
  assert.equal(found.mediaType, "application/vnd.oci.image.manifest.v1+json");
  assert.equal(found.manifest.annotations?.["dev.unitune.key"], jobSpec().build.key);
  const read = (path: string) => readFileFromImage(`${registry}/lab/exact`, digest, path);
  assert.equal(await read("words"), "$(DOCKER_CONFIG) $$ a,b=c\n");
  const listing = (await read("listing"))!;
  assert.match(listing, /keep\.log/);
  assert.match(listing, /link -> dir\/run\.sh/);
  assert.match(listing, new RegExp(` ${dayOf(contextTime(jobSpec().build.context.digest))} .* keep\\.log`));
  for (const absent of ["drop.log", "Dockerfile", "dockerfile"]) {
    assert.ok(!listing.split(/\s/).includes(absent), listing);
  }
});

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

Deno.test("a reproducible image has the same digest, however BuildKit is isolated and without any cache to help", async () => {
  const digests = await Promise.all(
    (["userns", "userns", "rootless", "privileged"] as const).map(async (isolation, at) => {
      const repository = `lab/again-${at}`;
      await freshRepository(repository);
      const ended = await runJob(TREE, { repository, reproducible: true }, { isolation });
      assert.equal(ended.state, "Complete", `${isolation}: ${ended.message}`);
      return JSON.parse(ended.message).digest;
    }),
  );
  assert.equal(new Set(digests).size, 1, digests.join(", "));
});

Deno.test("what a step makes is owned and allowed as by docker build, not as the builder's own folders are", async () => {
  await freshRepository("lab/modes");
  const Dockerfile =
    "FROM docker.io/library/busybox:1.35\nRUN mkdir /made && touch /made/file && ls -lnR /made > /modes\n";
  const ended = await runJob({ Dockerfile }, { repository: "lab/modes" });
  assert.equal(ended.state, "Complete", ended.message);
  const { digest } = JSON.parse(ended.message);
  assert.match(
    (await readFileFromImage(`${registry}/lab/modes`, digest, "modes"))!,
    /^-rw-r--r-- +1 0 +0 +0 .* file$/m,
  );
  const layers = (await registryManifest(`${registry}/lab/modes`, digest))!.manifest.layers!;
  const made = await listLayer(new Uint8Array(await registryBlob(`${registry}/lab/modes`, layers.at(-1)!.digest)));
  assert.deepEqual(made.filter((line) => !/^(?:d\S{3}r-xr-x|-rw-r--r--) 0\/0 /.test(line)), [], "the layer");
  assert.ok(made.some((line) => / made\/$/.test(line)), made.join("\n"));
});

/** A layer as `tar` lists it: modes, owners, names. */
async function listLayer(gzipped: Uint8Array<ArrayBuffer>): Promise<string[]> {
  return (await run("tar", ["--list", "--verbose", "--gzip", "--numeric-owner"], { stdin: gzipped })).trim().split(
    "\n",
  );
}

/** Writes what a RUN step is and sees: its ids on the node, and the processes beside it. */
const WHO: Tree = {
  Dockerfile: [
    "FROM docker.io/library/busybox:1.35",
    'RUN cat /proc/self/uid_map > /ids && for p in /proc/[0-9]*; do tr "\\0" " " < $p/cmdline; echo; done > /processes',
  ].join("\n"),
};

Deno.test("in a user namespace a step is nobody on the node, and sees no process but its own", async () => {
  await freshRepository("lab/who");
  const ended = await runJob(WHO, { repository: "lab/who" });
  assert.equal(ended.state, "Complete", ended.message);
  const read = async (path: string) =>
    (await readFileFromImage(`${registry}/lab/who`, JSON.parse(ended.message).digest, path))!;
  const [inside, outside, count] = (await read("ids")).trim().split(/ +/).map(Number);
  assert.deepEqual([inside, count], [0, 65_536]);
  assert.ok(outside! >= 65_536, `root of the step is ${outside} on the node`);
  const processes = await read("processes");
  assert.match(processes, /^\/bin\/sh -c cat/);
  assert.doesNotMatch(processes, /buildkitd|buildctl|runc/);
});

Deno.test("a base image with a file of uid 70000 is built on by a privileged builder alone; others say which way is out", async () => {
  for (const repository of ["lab/high", "lab/above"]) await freshRepository(repository);
  const from = "FROM docker.io/library/busybox:1.35\n", isolation = "privileged";
  const base = await runJob(
    { Dockerfile: `${from}RUN touch /high && chown 70000:70000 /high\n` },
    { repository: "lab/high" },
    { isolation },
  );
  assert.equal(base.state, "Complete", base.message);
  const needs = { base: `${registry}/lab/high@${JSON.parse(base.message).digest}` };
  const above = { Dockerfile: "FROM base\nRUN test -f /high\n" };
  await Promise.all((["userns", "rootless"] as const).map(async (isolation) => {
    const { state, reason, message } = await runJob(above, { repository: "lab/above" }, { isolation, needs });
    assert.deepEqual([state, reason], ["Failed", "PodFailurePolicy"], `${isolation}: ${message}`);
    const { why, hint } = lackingOwner(message, isolation) ?? assert.fail(`${isolation}: ${message}`);
    assert.match(why, /id 70000/);
    assert.match(hint, /isolation: "privileged"/);
  }));
  const ended = await runJob(above, { repository: "lab/above" }, { isolation, needs });
  assert.equal(ended.state, "Complete", ended.message);
});

Deno.test("an owner that only the Dockerfile asks for is told as well", async () => {
  await freshRepository("lab/owner");
  const from = "FROM docker.io/library/busybox:1.35\n";
  const steps = ["RUN chown 70000 /etc/passwd", "COPY --chown=70000:70000 Dockerfile /", "USER 70000\nRUN id"];
  await Promise.all(steps.map(async (step) => {
    const { state, message } = await runJob({ Dockerfile: `${from}${step}\n` }, { repository: "lab/owner" });
    assert.equal(state, "Failed", step);
    assert.ok(lackingOwner(message, "userns"), `${step}: ${message}`);
  }));
});

Deno.test("a step that fails, a file that is missing and a Dockerfile that cannot be read end the Job at once", async () => {
  await freshRepository("lab/fails");
  const from = "FROM docker.io/library/busybox:1.35\n";
  const cases: [string, RegExp | null, RegExp][] = [
    [`${from}RUN echo 502 timeout >&2; exit 7\n`, /^\[2\/2\] RUN echo 502/, /exit code: 7$/],
    [`${from}COPY nothing.txt /\n`, /^\[2\/2\] COPY nothing\.txt/, /"?\/nothing\.txt"?: not found$/],
    [`${from}RUNN x\n`, null, /unknown instruction: RUNN/],
  ];
  for (const [Dockerfile, step, reason] of cases) {
    const ended = await runJob({ Dockerfile }, { repository: "lab/fails" });
    const { exitCodes, pods } = ended;
    assert.deepEqual({ state: ended.state, reason: ended.reason, exitCodes, pods }, {
      state: "Failed",
      reason: "PodFailurePolicy",
      exitCodes: [0, 42],
      pods: 1,
    }, ended.message);
    const failed = failedStep(ended.message);
    if (step) assert.match(failed.step ?? "", step);
    assert.match(failed.output.at(-1)!, reason);
  }
});

Deno.test("a push to a repository that does not exist is told in the registry's words, and not tried again", async () => {
  const ended = await runJob(TREE, { repository: "lab/not-there" });
  assert.equal(ended.state, "Failed");
  assert.equal(ended.reason, "PodFailurePolicy");
  assert.deepEqual(ended.exitCodes, [0, 42]);
  assert.match(failedStep(ended.message).output.at(-1)!, /failed to push .*lab\/not-there/);
});

Deno.test("a context that is not in the bucket ends in one line that names the object", async () => {
  await freshRepository("lab/lost");
  const spoil = (job: Kube<"Job">) => {
    const lost = JSON.parse(JSON.stringify(job).replace(/lists\/[0-9a-f]+\.json/, "lists/none.json")) as Kube<"Job">;
    return { ...lost, spec: { ...lost.spec!, backoffLimit: 0 } };
  };
  const ended = await runJob(TREE, { repository: "lab/lost" }, { spoil });
  assert.equal(ended.state, "Failed");
  assert.match(ended.message, /^Cannot fetch the build context: s3:\/\/lab-build-job\/lists\/none\.json: 404/m);
});

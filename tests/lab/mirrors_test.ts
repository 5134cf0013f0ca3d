/**
 * A cluster that gets all that unitune brings from ECR, by digest: Helm logs in with the role of its account, nodes pull
 * with theirs, builds run from there, and read a repository of another account and a registry with a password. Tests of
 * this file build on each other, in order.
 */
import assert from "node:assert/strict";
import { CreateRepositoryCommand, ECRClient, SetRepositoryPolicyCommand } from "@aws-sdk/client-ecr";
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListClustersCommand,
  ListPodIdentityAssociationsCommand,
} from "@aws-sdk/client-eks";
import { CLUSTER, PINS } from "../../lib/core/pins.ts";
import { parseReference } from "../../lib/core/registries.ts";
import type { Emulator } from "./aws/emulator.ts";
import { rootClient } from "./caller.ts";
import { emulatorEnv, imageDigests, kubectl, labReady, startEmulator } from "./lab.ts";
import { bridge, region } from "./layout.ts";
import { copyContent } from "./images/push.ts";
import { ownAuthority, serveImages } from "./private_registry.ts";
import { copyProject, runProgram } from "./program.ts";

const NAME = "mirrored", ACCOUNT = "310000000003", PORT = 4643;
const ECR = `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com`;
const MIRRORS = { "docker.io": `${ECR}/docker-hub`, "public.ecr.aws": `${ECR}/ecr-public` };

/** A tag that docker.io does not have: what starts from it came from the mirror. */
const ONLY_THERE = "only-mirrored";

/** Somebody else's registry, and what lets this account read one repository there. */
const OTHER = "310000000004", BASES = "bases/tools", TAG = "private";
const ELSEWHERE = `${OTHER}.dkr.ecr.${region}.amazonaws.com/${BASES}`;
const ARN = `arn:aws:ecr:${region}:${OTHER}:repository/${BASES}`;

/** A registry with a password, under a certificate of its own. */
const PASSWORD = "password-of-the-registry", BOXES = `${bridge.address}:18095`;

let emulator: Emulator, other: Emulator, boxes: AsyncDisposable;
let project = "";

const unitune = (...args: string[]) => {
  return runProgram(args, { cwd: project, env: { ...emulatorEnv(PORT), REGISTRY_TOKEN: PASSWORD } });
};

async function edit(change: (text: string) => string): Promise<void> {
  const file = `${project}/unitune.config.ts`;
  await Deno.writeTextFile(file, change(await Deno.readTextFile(file)));
}

/** What the lab holds of all that unitune brings, as the cluster's registry would: reference → digest. */
async function published(): Promise<Record<string, string>> {
  const { version, chart, crdChart, controller } = PINS.karpenter;
  const karpenter = [chart, crdChart, controller].map((repository) => `${repository}:${version}`);
  const digests = await imageDigests();
  return Object.fromEntries(
    [PINS.helmImage, PINS.fetcherImage, PINS.buildkit.image, ...karpenter].map((reference) => {
      assert.ok(digests[reference], `the lab has ${reference}`);
      return [reference, digests[reference]!];
    }),
  );
}

/** As whoever mirrors does it: each repository made, and the content copied with its tag, or under another. */
async function mirror(reference: string, tag?: string): Promise<void> {
  const { host, repository, version } = parseReference(reference);
  const [registry, prefix] = MIRRORS[host as keyof typeof MIRRORS].split("/"),
    repositoryName = `${prefix}/${repository}`;
  await new ECRClient(rootClient(emulator)).send(new CreateRepositoryCommand({ repositoryName }));
  await copyContent(`${host}/${repository}`, `${registry}/${repositoryName}`, version.slice(1), tag);
}

async function ownElsewhere(): Promise<void> {
  const ecr = new ECRClient(rootClient(other)), repositoryName = BASES;
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  const Action = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
  const Statement = [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action }];
  const policyText = JSON.stringify({ Version: "2012-10-17", Statement });
  await ecr.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
  await copyContent("docker.io/library/busybox", ELSEWHERE, "1.35", TAG);
}

Deno.test.beforeAll(async () => {
  await labReady();
  emulator = await startEmulator({ account: ACCOUNT, port: PORT });
  other = await startEmulator({ account: OTHER, port: PORT + 1 });
  await ownElsewhere();
  const own = await ownAuthority();
  boxes = serveImages(18_095, { ...own, basic: btoa(`robot:${PASSWORD}`) });
  project = await copyProject(NAME);
  const digests = await published();
  for (const reference of Object.keys(digests)) await mirror(reference);
  await mirror("docker.io/library/busybox:1.35", ONLY_THERE);
  await Deno.writeTextFile(`${project}/boxes.pem`, own.cert);
  const auth = { username: "robot", password: { env: "REGISTRY_TOKEN" } };
  const registries = { "docker.io": { mirror: MIRRORS["docker.io"] }, [BOXES]: { ca: "./boxes.pem", auth } };
  const network = { allow: [{ range: `${bridge.address}/32`, ports: [18_095] }] };
  const options = { mirrors: MIRRORS, digests, builder: { registries, network } };
  const lines = Object.entries(options).map(([key, value]) => `  ${key}: ${JSON.stringify(value)},\n`).join("");
  await edit((text) => text.replace("  cluster: {", `${lines}  cluster: {`));
  const dockerfile = `${project}/examples/demo/base/Dockerfile`, text = await Deno.readTextFile(dockerfile);
  const copied = [`${ELSEWHERE}:${TAG}`, `${BOXES}/hub/tools/box:1.35`].map((from, at) => {
    return `COPY --from=${from} /bin/busybox /bin/box-${at}\n`;
  }).join("");
  await Deno.writeTextFile(dockerfile, `${text.replace("busybox:1.35", `busybox:${ONLY_THERE}`).trimEnd()}\n${copied}`);
});

Deno.test.afterAll(async () => {
  await emulator.stop();
  await other.stop();
  await boxes[Symbol.asyncDispose]();
  await Deno.remove(project, { recursive: true });
});

Deno.test("a plan warns of a repository of another account, with the line and the ARN to paste", async () => {
  const planned = async () => {
    const { stdout, stderr, code } = await unitune("plan", "--offline");
    assert.equal(code, 0, stderr);
    return (stdout + stderr).replaceAll(/\s+/g, " ");
  };
  const hint = `pull: ["${ARN}"]`, before = await planned();
  assert.match(before, /base\/Dockerfile:\d+:\d+ images\.base builds may pull only the ECR repositories/);
  assert.ok(before.includes(hint), before);
  await edit((text) => text.replace("  builder: {", `  builder: {${hint},`));
  assert.doesNotMatch(await planned(), /builds may pull only/);
});

Deno.test("without the flag that lets the password through nothing is created", async () => {
  const ran = await unitune("apply", "--yes");
  assert.equal(ran.code, 2, ran.stderr);
  assert.ok(ran.stderr.includes(`login to ${BOXES}: variable REGISTRY_TOKEN is not allowed`), ran.stderr);
  assert.match(ran.stderr, /pass --secret-env REGISTRY_TOKEN/);
  const { clusters } = await new EKSClient(rootClient(emulator)).send(new ListClustersCommand({}));
  assert.deepEqual(clusters, []);
});

Deno.test("apply installs Karpenter and builds from the mirror and the two private registries alone", async () => {
  const ran = await unitune("apply", "--yes", "--secret-env", "REGISTRY_TOKEN");
  assert.equal(ran.code, 0, ran.stderr);
  assert.ok(!(ran.stdout + ran.stderr).includes(PASSWORD));
  const digests = await published();
  const controller = `${PINS.karpenter.controller}:${PINS.karpenter.version}`;
  assert.equal(
    await kubectl(["get", "deployment", "karpenter", "-n", "kube-system", "-o", "jsonpath={..containers[*].image}"]),
    `${MIRRORS["public.ecr.aws"]}/karpenter/controller:${PINS.karpenter.version}@${digests[controller]}`,
  );
  const jobs = JSON.parse(await kubectl(["get", "jobs", "-n", CLUSTER.buildNamespace, "-o", "json"])).items;
  assert.ok(jobs.length >= 2);
  for (const { spec: { template: { spec } } } of jobs) {
    const images = [...spec.initContainers, ...spec.containers].map(({ image }: { image: string }) => image);
    for (const image of images) assert.match(image, new RegExp(`^${ECR}/.*:.*@sha256:`));
  }
});

Deno.test("a second apply changes nothing", async () => {
  const ran = await unitune("apply", "--yes");
  assert.equal(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /Nothing changed/);
});

Deno.test("it is the role of Helm's account that reads the charts: without its rights Helm says what was refused", async () => {
  const client = new EKSClient(rootClient(emulator)), iam = new IAMClient(rootClient(emulator));
  const { associations } = await client.send(
    new ListPodIdentityAssociationsCommand({ clusterName: NAME, namespace: CLUSTER.installNamespace }),
  );
  const [{ associationId }] = associations as [{ associationId: string }];
  const { association } = await client.send(
    new DescribePodIdentityAssociationCommand({ clusterName: NAME, associationId }),
  );
  const RoleName = association!.roleArn!.split("/").at(-1)!;
  const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  const PolicyName = PolicyNames![0]!;
  const whole = decodeURIComponent(
    (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument!,
  );
  const { Statement, ...rest } = JSON.parse(whole);
  const put = (PolicyDocument: string) => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  await put(JSON.stringify({ ...rest, Statement: Statement.filter(({ Sid }: { Sid: string }) => Sid === "LogIn") }));
  await edit((text) => text.replace("  cluster: {", "  karpenter: { resources: { cpu: '260m' } },\n  cluster: {"));
  const refused = await unitune("apply", "--yes");
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /ecr-public\/karpenter\/karpenter-crd.*403|denied|not authorized/i);
  await put(whole);
  const ran = await unitune("apply", "--yes");
  assert.equal(ran.code, 0, ran.stderr);
});

Deno.test("destroy needs neither", async () => {
  const ran = await unitune("destroy", "--yes", "--delete-data");
  assert.equal(ran.code, 0, ran.stderr);
});

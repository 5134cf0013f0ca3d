import assert from "node:assert/strict";
import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  SetRepositoryPolicyCommand,
} from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type Emulator, startEmulator } from "../aws/emulator.ts";
import { digestOf, MANIFEST, push, type Send, startStore, tinyImage } from "../aws/testbed.ts";
import { mirrorHandler, registryHandler } from "./registry_proxy.ts";

const account = "210000000001";
const region = "us-west-2";
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const root = { accessKeyId: "test", secretAccessKey: "test" };

interface World {
  readonly send: Send;
  readonly mirror: Send;
  readonly emulator: Emulator;
  readonly ecr: ECRClient;
  readonly client: { endpoint: string; region: string; credentials: typeof root };
  readonly store: string;
}

/** A registry, an emulator and the gateway's handlers over them, on ports of this file's own. */
async function inWorld(check: (world: World) => Promise<void>): Promise<void> {
  const store = await startStore(15311);
  try {
    const emulator = await startEmulator({ account, port: 4631, registry: store.url, ecrTokenSeconds: 3 });
    try {
      const client = { endpoint: emulator.url, region, credentials: root };
      const options = { store: store.url, publicNames: ["public.ecr.aws"] };
      const ecr = new ECRClient(client);
      const [send, mirror] = [registryHandler(options), mirrorHandler(options)];
      await check({ send, mirror, emulator, ecr, client, store: store.url });
    } finally {
      await emulator.stop();
    }
  } finally {
    await store.stop();
  }
}

async function login(ecr: ECRClient): Promise<Record<string, string>> {
  const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
  return { authorization: `Basic ${authorizationData![0]!.authorizationToken}` };
}

async function codeOf(response: Response): Promise<string> {
  return `${response.status} ${(await response.json()).errors[0].code}`;
}

Deno.test("the gateway keeps ECR's rules in front of the store", () =>
  inWorld(async (world) => {
    const { send, ecr } = world;
    const of = (name: string) => `https://${host}/v2/${name}`;
    await ecr.send(
      new CreateRepositoryCommand({
        repositoryName: "acme/base",
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "src-*" }],
      }),
    );
    const [one, two] = [tinyImage("one"), tinyImage("two")];

    const asked = await send(new Request(`https://${host}/v2/`));
    assert.equal(asked.status, 401);
    assert.equal(asked.headers.get("www-authenticate"), `Basic realm="https://${host}/",service="ecr.amazonaws.com"`);
    const forged = { authorization: `Basic ${btoa("AWS:made-up")}` };
    assert.equal((await push(send, of("acme/base"), one, "v1", forged)).status, 401);

    const token = await login(ecr);
    assert.equal((await send(new Request(`https://${host}/v2/`, { headers: token }))).status, 200);
    assert.equal(await codeOf(await push(send, of("acme/none"), one, "v1", token)), "404 NAME_UNKNOWN");
    assert.equal((await push(send, of("acme/base"), one, "v1", token)).status, 201);
    assert.equal((await push(send, of("acme/base"), one, "v1", token)).status, 201, "the same digest again");

    const moved = await push(send, of("acme/base"), two, "v1", token);
    const text = (await moved.json()).errors[0];
    assert.equal(moved.status, 400);
    assert.deepEqual(text, {
      code: "TAG_INVALID",
      message:
        "The image tag 'v1' already exists in the 'acme/base' repository and cannot be overwritten because the tag is immutable.",
    });
    assert.equal((await push(send, of("acme/base"), one, "src-1", token)).status, 201);
    assert.equal((await push(send, of("acme/base"), two, "src-1", token)).status, 201, "an excluded tag moves");
    const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: "acme/base" }));
    assert.deepEqual(
      imageDetails!.map((each) => [each.imageDigest, each.imageTags]).sort(),
      [[one.digest, ["v1"]], [two.digest, ["src-1"]]].sort(),
    );
    assert.equal(
      (await send(new Request(`${of("acme/base")}/manifests/v1`, { method: "DELETE", headers: token }))).status,
      405,
    );

    await new Promise((resolve) => setTimeout(resolve, 3100));
    assert.equal(
      await codeOf(await send(new Request(`${of("acme/base")}/manifests/v1`, { headers: token }))),
      "403 DENIED",
    );
  }));

Deno.test("a token of another account is let in if its holder's policies and the repository's own allow it, and after its session", () =>
  inWorld(async ({ send, client, emulator, ecr, store }) => {
    const owner = await startEmulator({ account: "210000000091", port: 4691, registry: store });
    try {
      const theirs = new ECRClient({ ...client, endpoint: owner.url }), repositoryName = "bases/python";
      await theirs.send(new CreateRepositoryCommand({ repositoryName }));
      const at = `https://${owner.account}.dkr.ecr.${region}.amazonaws.com/v2/${repositoryName}`,
        image = tinyImage("one");
      assert.equal((await push(send, at, image, "v1", await login(theirs))).status, 201);
      const Resource = `arn:aws:ecr:*:${owner.account}:repository/bases/*`;
      const credentials = await sessionOf(client, policy({ Action: "ecr:BatchGetImage", Resource }));
      const token = { ...await login(new ECRClient({ ...client, credentials })), accept: MANIFEST };
      const read = async () => await codeOf(await send(new Request(`${at}/manifests/v1`, { headers: token })));
      assert.equal(await read(), "403 DENIED", "the repository does not let it in");
      const statement = {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "ecr:BatchGetImage",
      };
      const policyText = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
      await theirs.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
      await fetch(`${emulator.url}/_lab/sessions`, { method: "DELETE" });
      const answer = await send(new Request(`${at}/manifests/v1`, { headers: token }));
      assert.equal(answer.status, 200);
      await answer.body?.cancel();
      const other = await send(
        new Request(`${at}/manifests/v1`, { headers: { ...await login(ecr), accept: MANIFEST } }),
      );
      assert.equal(other.status, 200, "root may all, and the repository lets its account in");
      await other.body?.cancel();
      assert.equal((await push(send, at, image, "v2", token)).status, 403);
    } finally {
      await owner.stop();
    }
  }));

/** A policy that lets log in, and do everything in ECR as far as `limit` says. */
function policy(limit: Record<string, unknown>): string {
  const statement = (more: Record<string, unknown>) => ({ Effect: "Allow", Resource: "*", ...more });
  const Statement = [statement({ Action: "ecr:GetAuthorizationToken" }), statement({ Action: "ecr:*", ...limit })];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

const taggedOnly = policy({ Condition: { StringEquals: { "aws:ResourceTag/unitune:cluster": "acme" } } });

/** Credentials of a session of a new role with this policy, narrowed by a session policy if one is given. */
async function sessionOf(client: World["client"], PolicyDocument: string, Policy?: string) {
  const iam = new IAMClient(client);
  const trust = { Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }] };
  const AssumeRolePolicyDocument = JSON.stringify(trust);
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: "builder", AssumeRolePolicyDocument }));
  await iam.send(new PutRolePolicyCommand({ RoleName: "builder", PolicyName: "push", PolicyDocument }));
  const { Credentials } = await new STSClient(client).send(
    new AssumeRoleCommand({
      RoleArn: Role!.Arn,
      RoleSessionName: "session",
      ...(Policy === undefined ? {} : { Policy }),
    }),
  );
  return {
    accessKeyId: Credentials!.AccessKeyId!,
    secretAccessKey: Credentials!.SecretAccessKey!,
    sessionToken: Credentials!.SessionToken!,
  };
}

Deno.test("a token has no more rights than the session that asked for it", () =>
  inWorld(async ({ send, ecr, client }) => {
    for (const repositoryName of ["acme/base", "acme/other"]) {
      await ecr.send(new CreateRepositoryCommand({ repositoryName }));
    }
    const arn = `arn:aws:ecr:${region}:${account}:repository/acme/base`;
    const credentials = await sessionOf(client, policy({ Resource: "*" }), policy({ Resource: arn }));
    const token = await login(new ECRClient({ ...client, credentials }));
    const image = tinyImage("session");
    assert.equal((await push(send, `https://${host}/v2/acme/base`, image, "v1", token)).status, 201);
    const refused = await push(send, `https://${host}/v2/acme/other`, image, "v1", token);
    assert.equal(await codeOf(refused), "403 DENIED");
  }));

Deno.test("a role that may push to repositories of one tag pushes to those alone", () =>
  inWorld(async ({ send, ecr, client }) => {
    const tags = [{ Key: "unitune:cluster", Value: "acme" }];
    await ecr.send(new CreateRepositoryCommand({ repositoryName: "acme/ours", tags }));
    await ecr.send(new CreateRepositoryCommand({ repositoryName: "acme/theirs" }));
    const token = await login(new ECRClient({ ...client, credentials: await sessionOf(client, taggedOnly) }));
    const image = tinyImage("tagged");
    assert.equal((await push(send, `https://${host}/v2/acme/ours`, image, "v1", token)).status, 201);
    assert.equal(await codeOf(await push(send, `https://${host}/v2/acme/theirs`, image, "v1", token)), "403 DENIED");
  }));

Deno.test("public names are read by anybody and written by nobody, and the mirror reads every name", () =>
  inWorld(async ({ send, mirror, store }) => {
    const image = tinyImage("public");
    const direct: Send = (request) => fetch(request);
    for (const prefix of ["public.ecr.aws/karpenter/karpenter", "docker.io/library/busybox", `${host}/acme/base`]) {
      assert.equal((await push(direct, `${store}/v2/${prefix}`, image, "1", {})).status, 201);
    }
    const headers = { accept: MANIFEST };
    const read = await send(new Request("https://public.ecr.aws/v2/karpenter/karpenter/manifests/1", { headers }));
    assert.equal(digestOf(await read.text()), image.digest);
    assert.equal(read.headers.get("docker-content-digest"), image.digest);
    assert.equal(read.headers.get("content-type"), MANIFEST);
    const head = await send(
      new Request("https://registry-1.docker.io/v2/library/busybox/manifests/1", { method: "HEAD", headers }),
    );
    assert.equal(head.headers.get("content-length"), String(image.manifest.length));
    const listed = await send(new Request("https://public.ecr.aws/v2/karpenter/karpenter/tags/list"));
    assert.deepEqual(await listed.json(), { name: "karpenter/karpenter", tags: ["1"] });
    assert.equal((await push(send, "https://public.ecr.aws/v2/karpenter/karpenter", image, "2", {})).status, 401);
    const layer = [...image.blobs.keys()][1]!;
    const pulled = await mirror(new Request(`http://127.0.0.1/v2/acme/base/blobs/${layer}?ns=${host}`));
    assert.equal(await pulled.text(), "public");
    assert.equal((await mirror(new Request("http://127.0.0.1/v2/x/manifests/1?ns=ghcr.io"))).status, 404);
  }));

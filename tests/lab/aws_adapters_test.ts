/** The AWS adapters against an emulator: what the ports promise, and what a user reads when AWS refuses. */
import assert from "node:assert/strict";
import * as eks from "@aws-sdk/client-eks";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import * as aws from "../../lib/adapters/aws/mod.ts";
import { failure, useEmulator, withVariables } from "./aws/adapters.ts";
import { contract, region } from "./aws/contract.ts";

const account = "210000000012";
const emulator = contract(account, 4638, 15318);
const sdk = emulator.client;
useEmulator(emulator);

const clients = () => aws.clients({ region });
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

async function makeCluster(name: string): Promise<string> {
  await new eks.EKSClient(sdk).send(
    new eks.CreateClusterCommand({
      name,
      version: "1.35",
      roleArn: role("cluster"),
      resourcesVpcConfig: {},
      accessConfig: { bootstrapClusterCreatorAdminPermissions: false },
    }),
  );
  return name;
}

/** Runs the check with the keys of a session of this role. */
async function asRole(name: string, path: string, check: () => Promise<void>): Promise<void> {
  const trust = JSON.stringify({
    Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" }],
  });
  const { Role } = await new iam.IAMClient(sdk).send(
    new iam.CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument: trust }),
  );
  const { Credentials } = await new sts.STSClient(sdk).send(
    new sts.AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: "somebody" }),
  );
  await withVariables({
    AWS_ACCESS_KEY_ID: Credentials!.AccessKeyId!,
    AWS_SECRET_ACCESS_KEY: Credentials!.SecretAccessKey!,
    AWS_SESSION_TOKEN: Credentials!.SessionToken!,
  }, check);
}

Deno.test("the caller is who the keys say", async () => {
  assert.deepEqual(await aws.identity(clients()).caller(), {
    account,
    partition: "aws",
    principalArn: `arn:aws:iam::${account}:root`,
  });
});

Deno.test("a role's session is known by the role, with the path that only IAM knows", async () => {
  const notes: string[] = [];
  await asRole("deployer", "/teams/ml/", async () => {
    const { principalArn } = await aws.identity(clients(), (note) => notes.push(note)).caller();
    assert.equal(principalArn, role("teams/ml/deployer"));
  });
  assert.deepEqual(notes, []);
});

Deno.test("a role that may not be looked up is taken to have no path, and that is said", async () => {
  const notes: string[] = [];
  await asRole("limited", "/teams/", async () => {
    await emulator.withFaults([{ service: "iam", action: "GetRole", error: "AccessDenied" }], async () => {
      const { principalArn } = await aws.identity(clients(), (note) => notes.push(note)).caller();
      assert.equal(principalArn, role("limited"));
    });
  });
  assert.match(notes.join(), /path of role limited cannot be read without iam:GetRole/);
});

Deno.test("a cluster is told with its endpoint and CA, and one that is not there is null", async () => {
  const name = await makeCluster("told");
  const cluster = await aws.eks(clients()).cluster(name);
  assert.equal(cluster?.status, "ACTIVE");
  assert.equal(cluster?.version, "1.35");
  assert.match(cluster?.endpoint ?? "", /^https:\/\//);
  assert.match(atob(cluster?.caData ?? ""), /BEGIN CERTIFICATE/);
  assert.equal(await aws.eks(clients()).cluster("none"), null);
});

type Eks = ReturnType<typeof aws.eks>;

/** `purpose ours? admin?` of the principal's entry, if it has one. */
async function entryOf(port: Eks, cluster: string, principal: string): Promise<string | undefined> {
  const entry = (await port.accessEntries(cluster)).find(({ principalArn }) => principalArn === principal);
  return entry && `${entry.purpose} ${entry.ours ? "ours" : "theirs"} ${entry.isAdmin ? "admin" : "nothing"}`;
}

Deno.test("access is granted once, as cluster-admin, and taken back", async () => {
  const port = aws.eks(clients());
  const cluster = await makeCluster("access");
  const principal = role("teams/ml/deployer");
  assert.equal(await entryOf(port, cluster, principal), undefined);
  assert.equal(await port.grantAccess(cluster, principal, "caller"), true);
  assert.equal(await entryOf(port, cluster, principal), "caller ours admin");
  const { associatedAccessPolicies } = await new eks.EKSClient(sdk).send(
    new eks.ListAssociatedAccessPoliciesCommand({ clusterName: cluster, principalArn: principal }),
  );
  assert.deepEqual(associatedAccessPolicies?.map(({ policyArn, accessScope }) => [policyArn, accessScope?.type]), [
    ["arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "cluster"],
  ]);
  assert.equal(await port.grantAccess(cluster, principal, "caller"), false);
  assert.equal(await port.grantAccess(cluster, principal, "admin"), true);
  assert.equal(await entryOf(port, cluster, principal), "admin ours admin");
  assert.equal(await port.revokeAccess(cluster, principal), true);
  assert.equal(await entryOf(port, cluster, principal), undefined);
  assert.equal(await port.revokeAccess(cluster, principal), false);
});

Deno.test("an access entry that a cut run left without its policy is finished by the next", async () => {
  const port = aws.eks(clients());
  const cluster = await makeCluster("cut");
  const principal = role("cut");
  const fault = { service: "eks", action: "AssociateAccessPolicy", error: "AccessDeniedException" };
  await emulator.withFaults([fault], async () => {
    await failure(port.grantAccess(cluster, principal, "caller"));
  });
  assert.equal(await entryOf(port, cluster, principal), "caller ours nothing");
  assert.equal(await port.grantAccess(cluster, principal, "caller"), true);
  assert.equal(await entryOf(port, cluster, principal), "caller ours admin");
});

Deno.test("an access entry of somebody else is left as it is, and one of nodes is not told", async () => {
  const port = aws.eks(clients());
  const clusterName = await makeCluster("foreign");
  const entry = { clusterName, principalArn: role("theirs") };
  const client = new eks.EKSClient(sdk);
  await client.send(new eks.CreateAccessEntryCommand({ ...entry, tags: { owner: "them" } }));
  await client.send(
    new eks.CreateAccessEntryCommand({ clusterName, principalArn: role("nodes"), type: "EC2_LINUX" }),
  );
  assert.equal(await entryOf(port, clusterName, entry.principalArn), "null theirs nothing");
  assert.equal(await entryOf(port, clusterName, role("nodes")), undefined);
  assert.equal(await port.grantAccess(clusterName, entry.principalArn, "admin"), false);
  assert.equal(await port.revokeAccess(clusterName, entry.principalArn), false);
  const { accessEntry } = await client.send(new eks.DescribeAccessEntryCommand(entry));
  assert.deepEqual(accessEntry?.tags, { owner: "them" });
});

Deno.test("the spot role is made once", async () => {
  const port = aws.eks(clients());
  assert.equal(await port.ensureSpotRole(), true);
  assert.equal(await port.ensureSpotRole(), false);
});

Deno.test("a token is presigned for the regional STS host, names the cluster and ends within 15 minutes", async () => {
  const asked = Date.now();
  const { token, expiresAt } = await aws.eks(clients()).token("acme");
  assert.match(token, /^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
  const url = new URL(atob(token.slice("k8s-aws-v1.".length).replaceAll("-", "+").replaceAll("_", "/")));
  assert.equal(url.origin, "https://sts.us-west-2.amazonaws.com");
  assert.equal(url.searchParams.get("Action"), "GetCallerIdentity");
  assert.match(url.searchParams.get("X-Amz-SignedHeaders") ?? "", /x-k8s-aws-id/);
  assert.ok(expiresAt > asked + 60_000 && expiresAt < asked + 15 * 60_000);
});

Deno.test("contexts are stored, told with the store's own time, and emptied with what was left unfinished", async () => {
  const Bucket = "contexts-of-acme";
  const client = new s3.S3Client(sdk);
  await client.send(
    new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  const store = aws.contextStore(clients(), Bucket, account);
  assert.equal(await store.stat("segments/none"), null);
  await store.put("segments/one", new TextEncoder().encode("one"));
  const stat = await store.stat("segments/one");
  assert.equal(stat?.bytes, 3);
  assert.ok(Math.abs(stat!.now - stat!.storedAt) < 10_000);
  for (let n = 0; n < 20; n++) await store.put(`segments/${n}`, new Uint8Array(n));
  await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "unfinished" }));
  assert.equal(await store.empty(), 22);
  assert.equal(await store.stat("segments/one"), null);
  assert.equal(await store.empty(), 0);
  assert.equal(await aws.contextStore(clients(), "no-such-bucket", account).empty(), 0);
});

Deno.test("a throttled call is asked again and the user hears nothing of it", async () => {
  const fault = { service: "ecr", action: "DescribeImages", times: 2, error: "ThrottlingException" };
  await emulator.withFaults([fault], async () => {
    assert.equal(await aws.registry(clients()).find("acme/none", "v1"), null);
  });
});

Deno.test("a refusal names the action that AWS names, with the resource and AWS's own code", async () => {
  const message =
    `User: arn:aws:iam::${account}:user/jo is not authorized to perform: ecr:DescribeImages on resource: x`;
  const fault = { service: "ecr", action: "DescribeImages", error: "AccessDeniedException", message };
  await emulator.withFaults([fault], async () => {
    const error = await failure(aws.registry(clients()).find("acme/denied", "v1"));
    assert.equal(error.code, "AWS_DENIED");
    assert.equal(error.exit, 4);
    assert.equal(error.path, "acme/denied:v1");
    assert.match(error.message, /^Cannot call ecr:DescribeImages for acme\/denied:v1: AccessDeniedException: User: /);
    assert.match(error.hint ?? "", /Get permission for ecr:DescribeImages/);
  });
});

Deno.test("keys that ended are told apart from keys that are missing", async () => {
  const fault = { service: "sts", action: "GetCallerIdentity", error: "ExpiredToken" };
  await emulator.withFaults([fault], async () => {
    const error = await failure(aws.identity(clients()).caller());
    assert.equal(error.code, "AWS_CREDENTIALS");
    assert.match(error.hint ?? "", /Sign in again/);
  });
  const nothing = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, HOME: "/nonexistent" };
  await withVariables(nothing, async () => {
    const error = await failure(aws.identity(clients()).caller());
    assert.equal(error.code, "AWS_CREDENTIALS");
    assert.match(error.hint ?? "", /Sign in \(aws sso login/);
  });
});

Deno.test("when nobody answers, that is what the user reads, after some tries", async () => {
  let tries = 0;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const hangUp = async () => {
    for await (const connection of listener) {
      tries++;
      connection.close();
    }
  };
  const served = hangUp();
  try {
    await withVariables({ AWS_ENDPOINT_URL: `http://127.0.0.1:${listener.addr.port}` }, async () => {
      const error = await failure(aws.identity(clients()).caller());
      assert.equal(error.code, "AWS_UNREACHABLE");
      assert.match(error.hint ?? "", /AWS did not answer/);
    });
  } finally {
    listener.close();
    await served;
  }
  assert.ok(tries >= 5, `only ${tries} tries`);
});

/** The roles of add-ons and of workloads: who may take them, and what they allow. */
import assert from "node:assert/strict";
import { accessOf } from "../../lib/config/resolve/access.ts";
import { CATALOGUE } from "../facts/catalogue.ts";
import { golden } from "../golden.ts";
import { smallest, withRights } from "./config.ts";
import { all, type Json, only, synthesized } from "./templates.ts";

const KEY = "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef";

/** The role behind an association, or behind an add-on. */
async function rolesOf(config = withRights()): Promise<{ readonly [account: string]: Json }> {
  const { eks } = await synthesized(config);
  const roles = Object.fromEntries(all(eks, "AWS::IAM::Role").map((role) => [role.id, role.Properties]));
  const given = [
    ...all(eks, "AWS::EKS::PodIdentityAssociation").map(({ Properties }) => Properties),
    ...all(eks, "AWS::EKS::Addon").flatMap(({ Properties }) => Properties.PodIdentityAssociations ?? []),
  ];
  return Object.fromEntries(given.map(({ ServiceAccount, RoleArn }) => {
    return [ServiceAccount, roles[RoleArn["Fn::GetAtt"][0]]];
  }));
}

const statements = (role: Json): Json[] => role.Policies?.[0].PolicyDocument.Statement ?? [];
const arn = (text: string) => ({ "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, text]] });

Deno.test("each role is for one ServiceAccount of this cluster, by Pod Identity alone", async () => {
  const roles = await rolesOf();
  const accounts = {
    "cloudwatch-agent": "amazon-cloudwatch",
    "ebs-csi-controller-sa": "kube-system",
    "judge": "evaluation",
    "s3-csi-driver-sa": "kube-system",
    "trainer": "default",
  };
  for (const [account, namespace] of Object.entries(accounts)) {
    const [trust, ...others] = roles[account].AssumeRolePolicyDocument.Statement;
    assert.deepEqual(others, []);
    assert.deepEqual(trust.Principal, { Service: "pods.eks.amazonaws.com" });
    assert.deepEqual(trust.Action, ["sts:AssumeRole", "sts:TagSession"]);
    const { "aws:RequestTag/eks-cluster-arn": cluster, ...tags } = trust.Condition.StringEquals;
    assert.match(JSON.stringify(cluster), /:cluster\/acme"/);
    assert.deepEqual(tags, {
      "aws:SourceAccount": { Ref: "AWS::AccountId" },
      "aws:RequestTag/kubernetes-namespace": namespace,
      "aws:RequestTag/kubernetes-service-account": account,
    });
  }
});

Deno.test("an add-on has the policies that EKS documents, under the partition's own ARNs", async () => {
  const roles = await rolesOf();
  assert.deepEqual(roles["ebs-csi-controller-sa"].ManagedPolicyArns, [
    arn(":iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"),
  ]);
  assert.deepEqual(roles["cloudwatch-agent"].ManagedPolicyArns, [
    arn(":iam::aws:policy/AWSXrayWriteOnlyAccess"),
    arn(":iam::aws:policy/CloudWatchAgentServerPolicy"),
  ]);
});

Deno.test("who reads a bucket may list it and get its objects, and nothing else", async () => {
  const roles = await rolesOf();
  for (const account of ["judge", "s3-csi-driver-sa"]) {
    assert.equal(roles[account].ManagedPolicyArns, undefined);
    assert.deepEqual(statements(roles[account]).map(({ Sid: _, ...statement }) => statement), [
      { Effect: "Allow", Action: "s3:ListBucket", Resource: [arn(":s3:::acme-data")] },
      { Effect: "Allow", Action: "s3:GetObject", Resource: [arn(":s3:::acme-data/*")] },
    ]);
  }
});

Deno.test("who writes a bucket may put and delete its objects, in this one alone; keys are used through S3", async () => {
  const access = accessOf({
    "default/trainer": { buckets: ["acme-data", { name: "acme-out", write: true }], kmsKeys: [KEY] },
    "default/reader": { buckets: ["acme-data"], kmsKeys: [KEY] },
  });
  const { trainer, reader } = await rolesOf(smallest({ access }));
  assert.deepEqual(statements(trainer).slice(2).map(({ Sid: _, ...statement }) => statement), [
    {
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      Resource: [arn(":s3:::acme-out/*")],
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [KEY],
      Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } },
    },
  ]);
  assert.deepEqual(statements(reader).at(-1).Action, ["kms:Decrypt"]);
});

Deno.test("path and boundary of the config hold for these roles, too", async () => {
  const permissionsBoundary = "arn:aws:iam::123456789012:policy/boundary";
  const roles = await rolesOf(withRights({ iam: { rolePath: "/platform/", permissionsBoundary } }));
  assert.equal(Object.keys(roles).length, 7);
  for (const { Path, PermissionsBoundary } of Object.values(roles)) {
    assert.deepEqual([Path, PermissionsBoundary], ["/platform/", permissionsBoundary]);
  }
});

Deno.test("accounts whose parts read the same together are two", async () => {
  const access = accessOf({ "a-b/c": { buckets: ["acme-data"] }, "a/b-c": { buckets: ["acme-data"] } });
  const { eks } = await synthesized(smallest({ access }));
  const found = all(eks, "AWS::EKS::PodIdentityAssociation").map(({ Properties }) => {
    return `${Properties.Namespace}/${Properties.ServiceAccount}`;
  });
  assert.ok(["a-b/c", "a/b-c"].every((account) => found.includes(account)));
});

Deno.test("an add-on that is given no policies has no role", async () => {
  const { eks } = await synthesized(smallest());
  for (const { Properties } of all(eks, "AWS::EKS::Addon")) assert.equal(Properties.PodIdentityAssociations, undefined);
  const { trainer } = await rolesOf();
  assert.ok(trainer);
  only(eks, "AWS::EKS::PodIdentityAssociation", ({ ServiceAccount }) => ServiceAccount === "karpenter");
});

Deno.test("every policy of AWS's own that a role has is one that AWS has", async () => {
  const { eks } = await synthesized(withRights());
  const own = all(eks, "AWS::IAM::Role").flatMap(({ Properties }) => Properties.ManagedPolicyArns ?? [])
    .flatMap((found) => /:iam::aws:policy\/(.+)$/.exec(found["Fn::Join"]?.[1].at(-1) ?? "")?.[1] ?? []);
  assert.ok(own.includes("AmazonEKS_CNI_Policy") && own.includes("service-role/AmazonEBSCSIDriverPolicy"));
  assert.deepEqual(own.filter((name) => !CATALOGUE.managedPolicies.has(name)), []);
});

Deno.test("logical ids of rights are a contract", async () => {
  const { eks } = await synthesized(withRights());
  const ids = all(eks).filter(({ id }) => /^(Access|SystemNodesa)/.test(id)).map(({ id, Type }) => `${Type} ${id}`);
  await golden("infra/logical-ids-rights.txt", `${ids.sort().join("\n")}\n`);
});

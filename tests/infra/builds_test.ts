import assert from "node:assert/strict";
import type { Config } from "../../lib/plan/types.ts";
import { smallest, testImage } from "./config.ts";
import { all, type Json, only, synthesized } from "./templates.ts";

async function eksOf(change: Partial<Config> = {}) {
  return (await synthesized(smallest(change))).eks;
}

const role = (template: Parameters<typeof only>[0], start: string) =>
  only(template, "AWS::IAM::Role", ({ Description }) => Description?.startsWith(start));

Deno.test("the context bucket is encrypted, closed to the public and to plain HTTP, and forgets", async () => {
  const eks = await eksOf();
  const bucket = only(eks, "AWS::S3::Bucket");
  assert.equal(bucket.Properties.BucketName, undefined);
  assert.equal(bucket.DeletionPolicy, "Delete");
  assert.deepEqual(Object.values(bucket.Properties.PublicAccessBlockConfiguration), [true, true, true, true]);
  assert.deepEqual(bucket.Properties.LifecycleConfiguration.Rules, [{
    Id: "expire",
    Status: "Enabled",
    ExpirationInDays: 30,
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  }]);
  const statements = only(eks, "AWS::S3::BucketPolicy").Properties.PolicyDocument.Statement;
  assert.deepEqual(statements.map(({ Effect, Condition }: Json) => [Effect, Condition]), [
    ["Deny", { Bool: { "aws:SecureTransport": "false" } }],
  ]);
});

Deno.test("the builder reads this bucket and takes the push role, nothing else", async () => {
  const eks = await eksOf();
  const builder = role(eks, "Builds of EKS cluster");
  assert.deepEqual(builder.Properties.ManagedPolicyArns, []);
  assert.equal(builder.Properties.Policies, undefined);
  const wanted = builder.Properties.AssumeRolePolicyDocument.Statement[0].Condition.StringEquals;
  assert.equal(wanted["aws:RequestTag/kubernetes-namespace"], "unitune-build");
  assert.equal(wanted["aws:RequestTag/kubernetes-service-account"], "unitune-builder");
  const { Roles, PolicyDocument } = only(eks, "AWS::IAM::Policy").Properties;
  assert.deepEqual(Roles, [{ Ref: builder.id }]);
  const [read, take] = PolicyDocument.Statement;
  assert.equal(PolicyDocument.Statement.length, 2);
  assert.equal(read.Action, "s3:GetObject");
  assert.deepEqual(read.Resource["Fn::Join"][1], [{ "Fn::GetAtt": [only(eks, "AWS::S3::Bucket").id, "Arn"] }, "/*"]);
  assert.deepEqual(take.Action, ["sts:AssumeRole", "sts:TagSession"]);
  assert.deepEqual(take.Resource, { "Fn::GetAtt": [role(eks, "Pushes to").id, "Arn"] });
});

Deno.test("the push role is the builder's alone and reaches repositories of this cluster only", async () => {
  const eks = await eksOf();
  const push = role(eks, "Pushes to").Properties;
  const [trust] = push.AssumeRolePolicyDocument.Statement;
  assert.deepEqual(trust.Principal, { AWS: { "Fn::GetAtt": [role(eks, "Builds of").id, "Arn"] } });
  const [logIn, use] = push.Policies[0].PolicyDocument.Statement;
  assert.equal(logIn.Action, "ecr:GetAuthorizationToken");
  assert.deepEqual(use.Condition, { StringEquals: { "aws:ResourceTag/unitune:cluster": "acme" } });
  assert.ok(use.Action.every((action: string) => !/Delete|Policy|Tag|\*/.test(action)), "no action that unmakes");
});

Deno.test("a repository is scanned, tagged, kept, and lets no tag move but builds' and declared ones", async () => {
  const images = [testImage("trainer", { tags: [{ name: "v1", moves: false }, { name: "latest", moves: true }] })];
  const repository = only(await eksOf({ images }), "AWS::ECR::Repository");
  const { Properties } = repository;
  assert.equal(Properties.RepositoryName, "acme/trainer");
  assert.equal(Properties.ImageTagMutability, "IMMUTABLE_WITH_EXCLUSION");
  assert.deepEqual(
    Properties.ImageTagMutabilityExclusionFilters.map((f: Json) => f.ImageTagMutabilityExclusionFilterValue),
    ["src-*", "buildcache*", "latest"],
  );
  assert.equal(Properties.ImageScanningConfiguration.ScanOnPush, true);
  assert.deepEqual(Properties.Tags, [{ Key: "unitune:cluster", Value: "acme" }]);
  assert.equal(repository.DeletionPolicy, "Retain");
  assert.equal(repository.UpdateReplacePolicy, "Retain");
  assert.equal(Properties.EmptyOnDelete, undefined);
});

Deno.test("old builds expire, images under a declared tag never do", async () => {
  const images = [testImage("trainer", { tags: [{ name: "v1", moves: false }, { name: "latest", moves: true }] })];
  const repository = only(await eksOf({ images }), "AWS::ECR::Repository");
  const { rules } = JSON.parse(repository.Properties.LifecyclePolicy.LifecyclePolicyText);
  assert.deepEqual(rules.map((rule: Json) => [rule.rulePriority, rule.selection]), [
    [1, { tagStatus: "tagged", tagPatternList: ["latest"], countType: "imageCountMoreThan", countNumber: 1 }],
    [2, { tagStatus: "tagged", tagPatternList: ["v1"], countType: "imageCountMoreThan", countNumber: 1 }],
    [3, { tagStatus: "tagged", tagPatternList: ["src-*"], countType: "imageCountMoreThan", countNumber: 20 }],
    [4, { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 }],
  ]);
});

Deno.test("a repository belongs to its name: renaming or reordering images replaces none", async () => {
  const ids = async (...images: ReturnType<typeof testImage>[]) =>
    all(await eksOf({ images }), "AWS::ECR::Repository").map(({ id, Properties }) =>
      `${id} ${Properties.RepositoryName}`
    );
  const before = await ids(testImage("base"), testImage("trainer"));
  assert.equal(before.length, 2);
  assert.deepEqual(await ids(testImage("trainer"), testImage("base")), before);
  assert.deepEqual(await ids(testImage("foundation", { repository: "acme/base" }), testImage("trainer")), before);
});

Deno.test("images that share a repository get one, with the moving tags of all", async () => {
  const tags = (name: string) => [{ name, moves: true }];
  const images = [
    testImage("cpu", { repository: "acme/tools", tags: tags("cpu") }),
    testImage("gpu", { repository: "acme/tools", tags: tags("gpu") }),
  ];
  const { Properties } = only(await eksOf({ images }), "AWS::ECR::Repository");
  assert.deepEqual(
    Properties.ImageTagMutabilityExclusionFilters.map((f: Json) => f.ImageTagMutabilityExclusionFilterValue),
    ["src-*", "buildcache*", "cpu", "gpu"],
  );
});

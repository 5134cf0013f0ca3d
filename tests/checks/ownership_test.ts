import assert from "node:assert/strict";
import { ownership, requiredOwnership } from "../../lib/checks/ownership.ts";
import { EXIT } from "../../lib/core/errors.ts";
import type { ClusterInfo, OwnersPort, Tags } from "../../lib/core/ports.ts";
import { ownTags } from "../../lib/plan/ownership.ts";
import { ownersOf } from "../fakes/operation.ts";
import { smallest, testImage as image } from "../infra/config.ts";
import { contextOf, denied, refused, told } from "./context.ts";

const config = smallest({
  images: [
    image("base"),
    image("tool", { repository: "shared/tools" }),
    image("other", { repository: "shared/tools" }),
  ],
});
const bucket = "acme-eks-contexts-1";
const ours = { name: "acme", tags: ownTags("acme") } as Partial<ClusterInfo> as ClusterInfo;
const theirs: Tags = { team: "search" };

function context(owners: Partial<OwnersPort> = {}, cluster: ClusterInfo | null = ours) {
  return contextOf(config, { owners: ownersOf("acme", owners) }, { cluster, bucket });
}

/** Answers for one name alone. */
const only = (foreign: string) => (name: string) => Promise.resolve(name === foreign ? theirs : ownTags("acme"));

Deno.test("what is ours, and what does not exist, is accepted without a word", async () => {
  assert.deepEqual(await told(ownership, context()), []);
  const none = () => Promise.resolve(null);
  assert.deepEqual(await told(ownership, context({ stack: none, repository: none, bucket: none }, null)), []);
});

Deno.test("each resource that alone is somebody else's is refused, with its place and the command that shows whose it is", async () => {
  const cases: [Parameters<typeof context>, string, RegExp][] = [
    [
      [{ stack: only("acme-vpc") }],
      "name",
      /stack acme-vpc exists .*team=search — `aws cloudformation describe-stacks/,
    ],
    [[{ stack: only("acme-eks") }], "name", /stack acme-eks exists .*--stack-name acme-eks`/],
    [[{}, { ...ours, tags: theirs }], "name", /EKS cluster acme exists .*`aws eks describe-cluster --region/],
    [[{ bucket: only(bucket) }], bucket, /bucket acme-eks-contexts-1 exists .*`aws s3api get-bucket-tagging/],
    [[{ repository: only("acme/base") }], "images.base.repository", /repository acme\/base exists/],
    [
      [{ repository: only("shared/tools") }],
      "images.tool.repository",
      /`aws ecr describe-repositories .*shared\/tools/,
    ],
  ];
  for (const [given, path, said] of cases) {
    const error = await refused(told(ownership, context(...given)));
    assert.deepEqual([error.code, error.exit, error.path], ["AWS_NOT_OURS", EXIT.aws, path]);
    assert.equal(error.lines.length, 1);
    assert.match(error.lines[0]!, said);
  }
});

Deno.test("all that is foreign is refused at once, a repository of several images once", async () => {
  const all = () => Promise.resolve(theirs);
  const foreign = context({ stack: all, repository: all, bucket: all }, { ...ours, tags: {} });
  const error = await refused(told(ownership, foreign));
  assert.equal(error.lines.length, 6);
  assert.equal(error.message, "Cannot go on with acme as 6 of its resources are not this project's");
});

Deno.test("a plan without the right to look says so; before a change, the right is required", async () => {
  const blind = { repository: denied("ecr:ListTagsForResource"), bucket: denied("s3:GetBucketTagging") };
  assert.deepEqual(await told(ownership, context(blind)), [
    `not checked without s3:GetBucketTagging: whose bucket ${bucket} is`,
    "not checked without ecr:ListTagsForResource: whose repository acme/base is",
    "not checked without ecr:ListTagsForResource: whose repository shared/tools is",
  ]);
  const error = await refused(requiredOwnership(context(blind), true));
  assert.equal(error.code, "AWS_DENIED");
});

Deno.test("what deletes no repository by its name does not ask for one", async () => {
  assert.deepEqual(await requiredOwnership(context({ repository: only("acme/base") }), false), []);
});

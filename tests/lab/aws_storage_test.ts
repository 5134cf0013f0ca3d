/** The emulator's contract for what holds data: ECR, which is one store with the registry, and S3. */
import assert from "node:assert/strict";
import * as ecr from "@aws-sdk/client-ecr";
import * as s3 from "@aws-sdk/client-s3";
import { contract, region } from "./aws/contract.ts";
import { INDEX, indexOf, MANIFEST, nameOfError, push, tinyImage } from "./aws/testbed.ts";

const account = "210000000003";
const emulator = contract(account, 4633, 15313);
const { client } = emulator;

Deno.test.beforeAll(() => emulator.start());
Deno.test.afterAll(() => emulator.stop());

const registry = new ecr.ECRClient(client);
const at = (name: string) => `${emulator.store}/v2/${account}.dkr.ecr.${region}.amazonaws.com/${name}`;
const [one, two] = [tinyImage("one"), tinyImage("two")];

async function repositoryWith(name: string): Promise<void> {
  await registry.send(
    new ecr.CreateRepositoryCommand({
      repositoryName: name,
      imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
      imageTagMutabilityExclusionFilters: [{ filterType: "WILDCARD", filter: "src-*" }],
      tags: [{ Key: "unitune:cluster", Value: "acme" }],
    }),
  );
  for (const [image, tag] of [[one, "src-one"], [two, "src-two"]] as const) {
    const response = await push((request) => fetch(request), at(name), image, tag);
    await response.body?.cancel();
  }
}

Deno.test("ECR shows what was pushed, and hands manifests out byte for byte", async () => {
  await repositoryWith("acme/shown");
  const named = { repositoryName: "acme/shown" };
  const { imageDetails } = await registry.send(
    new ecr.DescribeImagesCommand({ ...named, imageIds: [{ imageTag: "src-one" }] }),
  );
  const detail = imageDetails![0]!;
  assert.equal(detail.imageDigest, one.digest);
  assert.deepEqual(detail.imageTags, ["src-one"]);
  assert.equal(detail.imageManifestMediaType, MANIFEST);
  assert.equal(detail.imageSizeInBytes, [...one.blobs.values()].reduce((sum, bytes) => sum + bytes.length, 0));
  assert.ok(detail.imagePushedAt instanceof Date && Math.abs(Date.now() - detail.imagePushedAt.getTime()) < 60_000);
  const imageIds = [{ imageTag: "src-one" }, { imageDigest: two.digest }, { imageTag: "none" }];
  const { images, failures } = await registry.send(new ecr.BatchGetImageCommand({ ...named, imageIds }));
  assert.deepEqual(images?.map((image) => image.imageManifest), [one.manifest, two.manifest]);
  assert.deepEqual(failures?.map((failure) => failure.failureCode), ["ImageNotFound"]);
  const missing = registry.send(new ecr.DescribeImagesCommand({ ...named, imageIds: [{ imageTag: "none" }] }));
  assert.equal(await nameOfError(missing), "ImageNotFoundException");
  const unknown = registry.send(new ecr.DescribeImagesCommand({ repositoryName: "acme/unknown" }));
  assert.equal(await nameOfError(unknown), "RepositoryNotFoundException");
  const { repositories } = await registry.send(
    new ecr.DescribeRepositoriesCommand({ repositoryNames: ["acme/shown"] }),
  );
  assert.deepEqual(repositories![0]!.imageTagMutabilityExclusionFilters, [{
    filterType: "WILDCARD",
    filter: "src-*",
  }]);
  const resourceArn = repositories![0]!.repositoryArn!;
  const { tags } = await registry.send(new ecr.ListTagsForResourceCommand({ resourceArn }));
  assert.deepEqual(tags, [{ Key: "unitune:cluster", Value: "acme" }]);
});

Deno.test("ECR writes tags and indexes by PutImage under the rules of mutability", async () => {
  await repositoryWith("acme/put");
  const put = (imageManifest: string, imageTag: string, imageManifestMediaType: string = MANIFEST) =>
    registry.send(
      new ecr.PutImageCommand({ repositoryName: "acme/put", imageManifest, imageTag, imageManifestMediaType }),
    );
  const written = await put(one.manifest, "v1");
  assert.equal(written.image?.imageId?.imageDigest, one.digest);
  assert.equal(await nameOfError(put(one.manifest, "v1")), "ImageAlreadyExistsException");
  assert.equal(await nameOfError(put(two.manifest, "v1")), "ImageTagAlreadyExistsException");
  await put(two.manifest, "src-one");
  const index = indexOf([one, two]);
  await put(index, "both", INDEX);
  assert.equal(
    await nameOfError(put(indexOf([tinyImage("absent")]), "v2", INDEX)),
    "ReferencedImagesNotFoundException",
  );
  assert.equal(await nameOfError(put(tinyImage("absent").manifest, "v2")), "LayersNotFoundException");
  const imageIds = [{ imageTag: "both" }];
  const { images } = await registry.send(new ecr.BatchGetImageCommand({ repositoryName: "acme/put", imageIds }));
  assert.equal(images![0]!.imageManifest, index);
});

Deno.test("ECR removes a tag alone, a digest with its tags, and no repository that holds images", async () => {
  await repositoryWith("acme/gone");
  const named = { repositoryName: "acme/gone" };
  const remove = (...imageIds: ecr.ImageIdentifier[]) =>
    registry.send(new ecr.BatchDeleteImageCommand({ ...named, imageIds }));
  const list = async () => {
    const { imageIds } = await registry.send(new ecr.ListImagesCommand(named));
    return imageIds!.map((each) => `${each.imageTag} ${each.imageDigest}`).sort();
  };
  const extra = { ...named, imageManifest: one.manifest, imageManifestMediaType: MANIFEST, imageTag: "v1" };
  await registry.send(new ecr.PutImageCommand(extra));
  await remove({ imageTag: "src-one" });
  assert.deepEqual(await list(), [`src-two ${two.digest}`, `v1 ${one.digest}`].sort());
  await remove({ imageDigest: one.digest });
  assert.deepEqual(await list(), [`src-two ${two.digest}`]);
  const { failures } = await remove({ imageTag: "never" });
  assert.deepEqual(failures?.map((each) => each.failureCode), ["ImageNotFound"]);
  const drop = (force: boolean) => registry.send(new ecr.DeleteRepositoryCommand({ ...named, force }));
  assert.equal(await nameOfError(drop(false)), "RepositoryNotEmptyException");
  await drop(true);
  await registry.send(new ecr.CreateRepositoryCommand(named));
  assert.deepEqual(await list(), [], "a new repository of the same name is empty");
  await drop(false);
  assert.equal(await nameOfError(drop(false)), "RepositoryNotFoundException");
});

Deno.test("ECR refuses filters that ECR refuses", async () => {
  const filter = { filterType: "WILDCARD", filter: "a*" } as const;
  const create = (filters: number) =>
    registry.send(
      new ecr.CreateRepositoryCommand({
        repositoryName: "acme/filters",
        imageTagMutability: "IMMUTABLE_WITH_EXCLUSION",
        imageTagMutabilityExclusionFilters: Array.from({ length: filters }, () => filter),
      }),
    );
  assert.equal(await nameOfError(create(0)), "InvalidParameterException");
  assert.equal(await nameOfError(create(6)), "InvalidParameterException");
});

const buckets = new s3.S3Client(client);
const Bucket = "unitune-contract";
Deno.test.beforeAll(async () => void (await buckets.send(new s3.CreateBucketCommand({ Bucket }))));

Deno.test("S3 writes an object only once when asked so", async () => {
  const put = () => buckets.send(new s3.PutObjectCommand({ Bucket, Key: "lock", Body: "me", IfNoneMatch: "*" }));
  await put();
  assert.equal(await nameOfError(put()), "PreconditionFailed");
  const { ETag } = await buckets.send(new s3.HeadObjectCommand({ Bucket, Key: "lock" }));
  const replace = (IfMatch: string) =>
    buckets.send(new s3.PutObjectCommand({ Bucket, Key: "lock", Body: "you", IfMatch }));
  await replace(ETag!);
  assert.equal(await nameOfError(replace(ETag!)), "PreconditionFailed");
  await buckets.send(new s3.DeleteObjectCommand({ Bucket, Key: "lock" }));
  await put();
});

Deno.test("S3 says an object's age by its own clock", async () => {
  await buckets.send(new s3.PutObjectCommand({ Bucket, Key: "aged", Body: "x" }));
  const { LastModified } = await buckets.send(new s3.HeadObjectCommand({ Bucket, Key: "aged" }));
  const response = await fetch(`${client.endpoint}/${Bucket}/aged`, { method: "HEAD" });
  const age = new Date(response.headers.get("date")!).getTime() - LastModified!.getTime();
  assert.ok(age >= 0 && age < 10_000, `age ${age}`);
  assert.equal(await nameOfError(buckets.send(new s3.HeadObjectCommand({ Bucket, Key: "none" }))), "NotFound");
});

Deno.test("S3 takes parts, lists and deletes many, and keeps a lifecycle", async () => {
  const { UploadId } = await buckets.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: "big" }));
  const Body = new Uint8Array(5 * 1024 * 1024);
  const { ETag } = await buckets.send(new s3.UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber: 1, Body }));
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await buckets.send(new s3.CompleteMultipartUploadCommand({ Bucket, Key: "big", UploadId, MultipartUpload }));
  const { ContentLength } = await buckets.send(new s3.HeadObjectCommand({ Bucket, Key: "big" }));
  assert.equal(ContentLength, Body.length);
  const Rules = [{ ID: "contexts", Status: "Enabled", Filter: { Prefix: "" }, Expiration: { Days: 14 } } as const];
  await buckets.send(
    new s3.PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [...Rules] } }),
  );
  const lifecycle = await buckets.send(new s3.GetBucketLifecycleConfigurationCommand({ Bucket }));
  assert.equal(lifecycle.Rules?.[0]?.Expiration?.Days, 14);
  assert.equal(await nameOfError(buckets.send(new s3.DeleteBucketCommand({ Bucket }))), "BucketNotEmpty");
  const { Contents } = await buckets.send(new s3.ListObjectsV2Command({ Bucket }));
  const Objects = Contents!.map(({ Key }) => ({ Key: Key! }));
  const { Deleted } = await buckets.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  assert.equal(Deleted?.length, Objects.length);
  await buckets.send(new s3.DeleteBucketCommand({ Bucket }));
});

/** The registry's adapter against an emulator and a real registry: repositories, images and tags. */
import assert from "node:assert/strict";
import * as ecr from "@aws-sdk/client-ecr";
import * as aws from "../../lib/adapters/aws/mod.ts";
import { deployedSettings, lifecycleText } from "../../lib/core/facts/repositories.ts";
import { failure, useEmulator } from "./aws/adapters.ts";
import { contract, region } from "./aws/contract.ts";
import { INDEX, indexOf, MANIFEST, push, tinyImage } from "./aws/testbed.ts";

const account = "210000000015";
const emulator = contract(account, 4643, 15323);
const sdk = emulator.client;
useEmulator(emulator);

const clients = () => aws.clients({ region });
const registryHost = `${account}.dkr.ecr.${region}.amazonaws.com`;
const [one, two] = [tinyImage("one"), tinyImage("two")];

async function pushed(repository: string): Promise<void> {
  for (const [image, tag] of [[one, "src-one"], [two, "src-two"]] as const) {
    const response = await push(
      (request) => fetch(request),
      `${emulator.store}/v2/${registryHost}/${repository}`,
      image,
      tag,
    );
    await response.body?.cancel();
  }
}

const SETTINGS = deployedSettings({ tags: [{ name: "v1", moves: false }], platforms: ["linux/amd64"] });

async function policyOf(repositoryName: string): Promise<string | undefined> {
  const command = new ecr.GetLifecyclePolicyCommand({ repositoryName });
  return (await new ecr.ECRClient(sdk).send(command)).lifecyclePolicyText;
}

Deno.test("a repository that has no policy gets one that keeps what it holds, and another's policy stays", async () => {
  const port = aws.registry(clients()), client = new ecr.ECRClient(sdk), repositoryName = "old/older";
  await client.send(
    new ecr.CreateRepositoryCommand({ repositoryName, tags: [{ Key: "unitune:cluster", Value: "old" }] }),
  );
  await pushed(repositoryName);
  const manifest = await port.manifest(repositoryName, one.digest);
  await port.putManifest(repositoryName, "v0", manifest!);
  assert.equal(await port.ensureRepository(repositoryName, "old", SETTINGS), false);
  const { rules } = JSON.parse((await policyOf(repositoryName))!);
  assert.deepEqual(rules.map(({ description }: { description: string }) => description), [
    "Keep latest",
    "Keep v0",
    "Keep v1",
    "Keep the newest 20 builds",
    "Expire what lost its tag 7 days after its push",
  ]);
  const own = JSON.stringify({ rules: [{ ...rules.at(-1), rulePriority: 1, description: "The team's own" }] });
  await client.send(new ecr.PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText: own }));
  await port.ensureRepository(repositoryName, "old", SETTINGS);
  assert.equal(await policyOf(repositoryName), own);
});

Deno.test("a repository is made once, tagged, scanned, with moving tags for builds only, and found by its cluster", async () => {
  const port = aws.registry(clients());
  assert.equal(await port.ensureRepository("acme/made", "acme", SETTINGS), true);
  assert.equal(await port.ensureRepository("acme/made", "acme", SETTINGS), false);
  await port.ensureRepository("other/made", "other", SETTINGS);
  assert.deepEqual(await port.repositories("acme"), ["acme/made"]);
  const { repositories } = await new ecr.ECRClient(sdk).send(
    new ecr.DescribeRepositoriesCommand({ repositoryNames: ["acme/made"] }),
  );
  const [made] = repositories!;
  assert.equal(made!.imageTagMutability, "IMMUTABLE_WITH_EXCLUSION");
  assert.deepEqual(made!.imageTagMutabilityExclusionFilters?.map(({ filter }) => filter), [
    "src-*",
    "buildcache*",
    "latest",
  ]);
  assert.equal(made!.imageScanningConfiguration?.scanOnPush, true);
  assert.equal(made!.encryptionConfiguration?.encryptionType, "AES256");
  assert.equal(await policyOf("acme/made"), lifecycleText(SETTINGS.lifecycle));
  assert.equal(await port.removeRepository("acme/made"), true);
  assert.equal(await port.removeRepository("acme/made"), false);
  assert.deepEqual(await port.repositories("acme"), []);
});

Deno.test("a repository of another cluster, or of nobody, is refused", async () => {
  const port = aws.registry(clients());
  await new ecr.ECRClient(sdk).send(new ecr.CreateRepositoryCommand({ repositoryName: "nobody/own" }));
  await port.ensureRepository("them/own", "them", SETTINGS);
  const nobody = await failure(port.ensureRepository("nobody/own", "us", SETTINGS));
  assert.equal(nobody.code, "REPOSITORY_FOREIGN");
  assert.match(nobody.message, /unitune:cluster must be us: it has none/);
  assert.match((await failure(port.ensureRepository("them/own", "us", SETTINGS))).message, /current value is them/);
});

Deno.test("images are found by tag, their manifests read byte for byte, and put under further tags", async () => {
  const port = aws.registry(clients());
  await port.ensureRepository("acme/shown", "acme", SETTINGS);
  await pushed("acme/shown");
  const found = await port.find("acme/shown", "src-one");
  assert.equal(found?.digest, one.digest);
  assert.deepEqual(found?.tags, ["src-one"]);
  assert.ok(Math.abs(Date.now() - found!.pushedAt) < 60_000);
  assert.equal(await port.find("acme/shown", "none"), null);
  assert.equal(await port.find("acme/unknown", "src-one"), null);
  const manifest = await port.manifest("acme/shown", one.digest);
  assert.deepEqual(manifest, { digest: one.digest, mediaType: MANIFEST, body: one.manifest });
  assert.deepEqual(await port.manifest("acme/shown", "src-two"), {
    digest: two.digest,
    mediaType: MANIFEST,
    body: two.manifest,
  });
  assert.equal(await port.manifest("acme/shown", "none"), null);
  assert.deepEqual(await port.putManifest("acme/shown", "v1", manifest!), { digest: one.digest });
  assert.equal((await port.find("acme/shown", "v1"))?.digest, one.digest);
});

Deno.test("the newest build of a repository is found by its tag, whatever else is in it", async () => {
  const port = aws.registry(clients());
  assert.equal(await port.newest("acme/unknown"), null);
  await port.ensureRepository("acme/newest", "acme", SETTINGS);
  assert.equal(await port.newest("acme/newest"), null);
  await pushed("acme/newest");
  assert.equal(await port.newest("acme/newest"), null, "none of its tags is that of a build");
  const manifest = { mediaType: MANIFEST, body: two.manifest }, tag = `src-${"a".repeat(12)}`;
  await port.putManifest("acme/newest", tag, manifest);
  assert.deepEqual(await port.newest("acme/newest"), { digest: two.digest, tag });
});

Deno.test("a tag that is there already is done, one that would move to another digest is refused", async () => {
  const port = aws.registry(clients());
  await port.ensureRepository("acme/tags", "acme", SETTINGS);
  await pushed("acme/tags");
  const [first, second] = [one, two].map((image) => ({ mediaType: MANIFEST, body: image.manifest }));
  await port.putManifest("acme/tags", "v1", first!);
  assert.deepEqual(await port.putManifest("acme/tags", "v1", first!), { digest: one.digest });
  const error = await failure(port.putManifest("acme/tags", "v1", second!));
  assert.match(error.message, /ecr:PutImage for acme\/tags:v1: ImageTagAlreadyExistsException/);
  assert.equal((await port.find("acme/tags", "v1"))?.digest, one.digest);
  await port.putManifest("acme/tags", "latest", first!);
  await port.putManifest("acme/tags", "latest", second!);
  assert.equal((await port.find("acme/tags", "latest"))?.digest, two.digest);
});

Deno.test("an index over platforms is put and read back", async () => {
  const port = aws.registry(clients());
  await port.ensureRepository("acme/index", "acme", SETTINGS);
  await pushed("acme/index");
  const body = indexOf([one, two]);
  const { digest } = await port.putManifest("acme/index", "src-both", { mediaType: INDEX, body });
  assert.deepEqual(await port.manifest("acme/index", digest), { digest, mediaType: INDEX, body });
});

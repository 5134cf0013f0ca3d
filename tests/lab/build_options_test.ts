/** Options of images and of the builder in real builds: attestations, platforms, ways to registries. */
import assert from "node:assert/strict";
import { BatchDeleteImageCommand, ECRClient } from "@aws-sdk/client-ecr";
import { type Builds, latin1, NAME, startBuilds } from "./builds.ts";
import { readFileFromImage, registryBlob, registryManifest } from "./lab.ts";
import { bridge, region } from "./layout.ts";
import { ownAuthority, reaching, serveImages } from "./private_registry.ts";

const FROM = "FROM docker.io/library/busybox:1.35";
let builds: Builds;

Deno.test.beforeAll(async () => {
  builds = await startBuilds({ account: "210000000033", port: 4663 });
});

Deno.test.afterAll(() => builds?.stop());

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
    await using project = await builds.project(body(mode), tree);
    const { below, top } = await project.build();
    assert.deepEqual([below!.state, top!.state], ["built", "built"]);
    const repository = `${builds.registry}/${NAME}/below`;
    const { mediaType, manifest } = (await registryManifest(repository, below!.digest!))!;
    assert.equal(mediaType, "application/vnd.oci.image.index.v1+json");
    assert.match(manifest.annotations?.["dev.unitune.key"] ?? "", /^[0-9a-f]{64}$/);
    const [, attached] = manifest.manifests!;
    const attestation = (await registryManifest(repository, attached!.digest))!.manifest;
    const statement = JSON.parse(latin1(await registryBlob(repository, attestation.layers![0]!.digest)));
    assert.match(statement.predicateType, /^https:\/\/slsa\.dev\/provenance\//);
    assert.equal(JSON.stringify(statement).includes("build-arg:A"), mode === "max");
    assert.equal(await readFileFromImage(`${builds.registry}/${NAME}/top`, top!.digest!, "b"), `${mode}\n`);
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
  await using project = await builds.project(
    `images: { both: image({ context: "./both", resources, ${platforms} }) }`,
    tree,
  );
  const { both } = await project.build();
  const repository = `${builds.registry}/${NAME}/both`, tag = both!.job!.slice(-12);
  const found = (await registryManifest(repository, `src-${tag}`))!;
  assert.equal(found.digest, both!.digest);
  for (const [architecture, text] of [["amd64", "x"], ["arm64", "a"]] as const) {
    assert.equal(await readFileFromImage(repository, both!.digest!, "arch", architecture), text);
  }
  assert.equal(found.manifest.manifests!.length, 4, "two images, and what is attested of each");
  assert.equal((await project.build()).both!.state, "reused");

  const ecr = new ECRClient({ endpoint: builds.url, region });
  await ecr.send(
    new BatchDeleteImageCommand({ repositoryName: `${NAME}/both`, imageIds: [{ imageTag: `src-${tag}` }] }),
  );
  const again = await project.build({ create: () => assert.fail("a Job was made") });
  assert.deepEqual([again.both!.state, again.both!.job, again.both!.digest], ["reused", null, both!.digest]);
});

const INVENTED = "FROM registry.invented.test/tools/box:1.35\n";

Deno.test("FROM a registry that is nowhere comes from its mirror, over plain HTTP or under an authority of one's own", async () => {
  const own = await ownAuthority();
  const ways: readonly (readonly [string, { cert?: string; key?: string }])[] = [
    ["plainHttp: true", {}],
    ['ca: "./ca.pem"', own],
  ];
  for (const [at, [way, tls]] of ways.entries()) {
    const port = 18_080 + at;
    await using registry = serveImages(port, tls);
    const registries = `builder: { ${
      reaching(port)
    }, registries: { "registry.invented.test": { mirror: "${bridge.address}:${port}/hub", ${way} } } }`;
    const tree = { "mirrored/Dockerfile": `${INVENTED}RUN echo ${at} > /way\n`, "ca.pem": own.cert };
    await using project = await builds.project(
      `images: { mirrored: image({ context: "./mirrored", resources }) }, ${registries}`,
      tree,
    );
    const { mirrored } = await project.build();
    assert.equal(mirrored!.state, "built");
    assert.ok(registry.asked.some((path) => path.startsWith("/v2/hub/tools/box/manifests/")), registry.asked.join());
  }
});

Deno.test("without its authority the mirror is not believed, and the build says why", async () => {
  await using _registry = serveImages(18_082, await ownAuthority());
  const mirrored = `registries: { "registry.invented.test": { mirror: "${bridge.address}:18082/hub" } }`;
  const registries = `builder: { ${reaching(18_082)}, ${mirrored} }`;
  const tree = { "doubted/Dockerfile": `${INVENTED}RUN true\n` };
  await using project = await builds.project(
    `images: { doubted: image({ context: "./doubted", resources }) }, ${registries}`,
    tree,
  );
  const error = await project.build().then(() => assert.fail("was built"), (error) => error);
  assert.match([error.message, ...error.lines].join("\n"), /certificate signed by unknown authority|no such host/);
});

import assert from "node:assert/strict";
import { PINS } from "../../../../lib/core/pins.ts";
import { buildctlArgs } from "../../../../lib/images/backends/buildkit/buildctl.ts";
import type { Image, JobSpec } from "../../../../lib/plan/types.ts";
import { jobSpec } from "../../specs.ts";

Deno.test("timestamps stay as the steps wrote them, unless an image is to be reproducible", () => {
  const usual = buildctlArgs(jobSpec(), PINS.sbomScanner).join(" ");
  assert.doesNotMatch(usual, /EPOCH|rewrite-timestamp/);
  const reproducible = buildctlArgs(jobSpec({ reproducible: true }), PINS.sbomScanner).join(" ");
  assert.match(reproducible, /--opt=build-arg:SOURCE_DATE_EPOCH=1577836800 .*,rewrite-timestamp=true,/);
});

Deno.test("the user's own SOURCE_DATE_EPOCH counts, as the last of two does", () => {
  const spec = jobSpec({ reproducible: true, args: { SOURCE_DATE_EPOCH: "1700000000" } });
  const given = buildctlArgs(spec, PINS.sbomScanner).filter((arg) => arg.includes("EPOCH"));
  assert.deepEqual(given, [
    "--opt=build-arg:SOURCE_DATE_EPOCH=1577836800",
    "--opt=build-arg:SOURCE_DATE_EPOCH=1700000000",
  ]);
});

Deno.test("layers are compressed as the image says", () => {
  const output = (changes: Partial<Image>) =>
    buildctlArgs(jobSpec(changes), PINS.sbomScanner).find((arg) => arg.startsWith("--output="))!;
  assert.doesNotMatch(output({}), /compression/);
  assert.match(output({ compression: "zstd" }), /,compression=zstd,/);
});

Deno.test("attestations are asked for by mode and by the exact scanner, and the key is on the index that is pushed", () => {
  const scanner = "mirror.example.com/hub/docker/buildkit-syft-scanner:1.11.0";
  const args = (changes: Partial<Image>) => buildctlArgs(jobSpec(changes), scanner);
  const key = jobSpec().build.key,
    output = (changes: Partial<Image>) => {
      return args(changes).find((arg) => arg.startsWith("--output="))!;
    };
  assert.ok(!args({}).some((arg) => arg.includes("attest:")));
  assert.ok(!output({}).includes("annotation-index"), "BuildKit refuses it for a single manifest");
  assert.ok(args({ provenance: "max" }).includes("--opt=attest:provenance=mode=max"));
  assert.ok(args({ sbom: true }).includes(`--opt=attest:sbom=generator=${scanner}`));
  assert.match(PINS.sbomScanner, /:\d+\.\d+\.\d+$/);
  for (const changes of [{ provenance: "min" }, { sbom: true }] as const) {
    assert.ok(output(changes).includes(`,annotation-index.dev.unitune.key=${key}`));
  }
});

Deno.test("platforms that are built side by side do not share a cache tag", () => {
  const cache = (changes: Partial<Image>) =>
    buildctlArgs(jobSpec(changes), PINS.sbomScanner).find((arg) => arg.startsWith("--import-cache"));
  assert.match(cache({})!, /acme\/trainer:buildcache$/);
  assert.match(cache({ platforms: ["linux/amd64", "linux/arm64"] })!, /:buildcache-amd64$/);
});

Deno.test("a cache that the repository does not hold yet is not asked for, as BuildKit would report an error", () => {
  const args = buildctlArgs(jobSpec({}, { importsCache: false }), PINS.sbomScanner);
  assert.ok(!args.some((arg) => arg.startsWith("--import-cache")));
  assert.ok(args.some((arg) => arg.startsWith("--export-cache")));
});

Deno.test("a build without cache reads none and still writes one; bases are looked up again where that is asked for", () => {
  const args = (fresh: JobSpec["fresh"]) => buildctlArgs(jobSpec({}, { fresh }), PINS.sbomScanner);
  const usual = args({}), fresh = args({ noCache: true });
  assert.ok(!usual.includes("--no-cache") && usual.some((arg) => arg.startsWith("--import-cache")));
  assert.ok(fresh.includes("--no-cache") && !fresh.some((arg) => arg.startsWith("--import-cache")));
  assert.ok(fresh.some((arg) => arg.startsWith("--export-cache")));
  assert.ok(!usual.includes("--opt=image-resolve-mode=pull"));
  assert.ok(args({ pull: true }).includes("--opt=image-resolve-mode=pull"));
});

Deno.test("a need is passed by the name under which BuildKit looks it up", () => {
  const ref = `r/base@sha256:${"1".repeat(64)}`, needs = { "docker.io/verlai/verl:latest": ref, base: ref };
  const args = buildctlArgs({ ...jobSpec(), needs }, PINS.sbomScanner).filter((arg) =>
    arg.startsWith("--opt=context:")
  );
  assert.deepEqual(args, [
    `--opt=context:base=docker-image://${ref}`,
    `--opt=context:verlai/verl=docker-image://${ref}`,
  ]);
});

Deno.test("a Dockerfile above the context is found by its path without what leads there", () => {
  const args = buildctlArgs(jobSpec({ dockerfile: "../../docker/a.Dockerfile" }), PINS.sbomScanner);
  assert.ok(args.includes("--opt=filename=docker/a.Dockerfile"));
});

Deno.test("named contexts are folders beside the context, and images by the names that BuildKit looks up", () => {
  const contexts = {
    "docker.io/acme/src:latest": { folder: "/project/lib" },
    context: { folder: "/project/other" },
    vendor: { image: "docker.io/library/alpine:3.22" },
  };
  const args = buildctlArgs(jobSpec({ contexts }, { needs: { base: "registry/base@sha256:1" } }), PINS.sbomScanner);
  assert.deepEqual(args.filter((arg) => arg.startsWith("--local=") || arg.startsWith("--opt=context:")), [
    "--local=context=/workspace/context",
    "--local=dockerfile=/workspace/dockerfile",
    "--local=named-context=/workspace/contexts/context/context",
    "--local=named-acme%2Fsrc=/workspace/contexts/acme%2Fsrc/context",
    "--opt=context:base=docker-image://registry/base@sha256:1",
    "--opt=context:context=local:named-context",
    "--opt=context:acme/src=local:named-acme%2Fsrc",
    "--opt=context:vendor=docker-image://docker.io/library/alpine:3.22",
  ]);
});

/** Sources of the images and charts that unitune itself uses: mirrors, digests, and those without effect. */
import assert from "node:assert/strict";
import { buildPulls, sourced } from "../../../lib/config/resolve/sources.ts";
import { DIGESTS } from "../../../lib/core/facts/digests.ts";
import { PINS } from "../../../lib/core/pins.ts";
import { ecrRegistry, parseReference } from "../../../lib/core/registries.ts";
import { LEAST, resolve } from "../resolved.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com";

const resolved = (more: Record<string, unknown>) => resolve({ ...LEAST, ...more });

Deno.test("a reference has a host, a repository and a version, and hosts of ECR are recognised", () => {
  assert.deepEqual(parseReference("mirror:5000/a/b:1.2@sha256:ff"), {
    host: "mirror:5000",
    repository: "a/b",
    version: ":1.2@sha256:ff",
  });
  assert.deepEqual(parseReference("docker.io/alpine/helm"), {
    host: "docker.io",
    repository: "alpine/helm",
    version: "",
  });
  assert.deepEqual(ecrRegistry(ECR), { account: "111122223333", region: "us-west-2" });
  assert.deepEqual(ecrRegistry("111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn"), {
    account: "111122223333",
    region: "cn-north-1",
  });
  for (const host of ["public.ecr.aws", "docker.io", `${ECR}.example.com`, `x${ECR}`]) {
    assert.equal(ecrRegistry(host), null);
  }
});

Deno.test("a mirror replaces only the host, and the user's digest takes precedence over the release's", () => {
  const { helmImage } = PINS, release = DIGESTS[helmImage]!;
  const of = (mirrors: Record<string, string>, digests: Record<string, string> = {}) =>
    sourced(helmImage, { mirrors, digests });
  assert.equal(of({}), `${helmImage}@${release}`);
  assert.equal(of({ "docker.io": `${ECR}/docker-hub` }), `${ECR}/docker-hub/alpine/helm:4.3.0@${release}`);
  assert.equal(of({ "quay.io": "mirror.example.com" }, { [helmImage]: DIGEST }), `${helmImage}@${DIGEST}`);
  assert.equal(
    sourced(PINS.devicePlugins.nvidia, { mirrors: { "nvcr.io": "mirror.example.com" }, digests: {} }),
    PINS.devicePlugins.nvidia.replace("nvcr.io", "mirror.example.com"),
  );
});

Deno.test("mirrors apply to everything that unitune itself uses, and to nothing that the config names", () => {
  const mirrors = {
    "docker.io": `${ECR}/docker-hub`,
    "public.ecr.aws": `${ECR}/ecr-public`,
    "nvcr.io": "mirror.example.com/nvidia",
    "602401143452.dkr.ecr.us-west-2.amazonaws.com": "mirror.example.com/eks",
  };
  const { config, issues } = resolved({ mirrors });
  assert.deepEqual(issues, []);
  const { karpenter, builder, devicePlugins } = config!;
  const { chart, crdChart, controller, helmImage } = karpenter, { image, fetcher, sbomScanner } = builder;
  for (const reference of [chart, crdChart, controller, fetcher]) assert.ok(reference.startsWith(`${ECR}/ecr-public/`));
  for (const reference of [helmImage, image, sbomScanner]) assert.ok(reference.startsWith(`${ECR}/docker-hub/`));
  assert.match(devicePlugins.nvidia, /^mirror\.example\.com\/nvidia\/nvidia\//);
  assert.match(devicePlugins.efa!, /^mirror\.example\.com\/eks\/eks\/aws-efa/);
  const named = resolved({ mirrors, builder: { image: "docker.io/moby/buildkit:v0.34.2" } }).config!;
  assert.equal(named.builder.image, "docker.io/moby/buildkit:v0.34.2");
});

Deno.test("builds can read only the ECR repositories of a mirrored scanner and of their base images' mirrors", () => {
  const registry = (mirror: string | null) => ({ host: "docker.io", mirror, plainHttp: false, ca: null, auth: null });
  assert.deepEqual(buildPulls(PINS.sbomScanner, [registry("mirror.example.com/hub"), registry(null)]), []);
  const scanner = `${ECR}/docker-hub/docker/buildkit-syft-scanner:1.11.0@${DIGEST}`;
  assert.deepEqual(buildPulls(scanner, [registry(`${ECR}/docker-hub`), registry(`${ECR}/docker-hub`)]), [
    `${ECR}/docker-hub/*`,
    `${ECR}/docker-hub/docker/buildkit-syft-scanner`,
  ]);
});

Deno.test("a mirror or a digest for something that unitune does not use is rejected with a list of what it uses", () => {
  const { issues } = resolved({
    mirrors: { "doker.io": "mirror.example.com", "quay.io": "mirror.example.com" },
    digests: { "docker.io/alpine/helm:4.2.0": DIGEST, [PINS.buildkit.rootless]: DIGEST },
  });
  assert.deepEqual(issues.map(({ path }) => path), [
    ["mirrors", "doker.io"],
    ["mirrors", "quay.io"],
    ["digests", "docker.io/alpine/helm:4.2.0"],
  ]);
  assert.equal(issues[0]!.hint, 'did you mean "docker.io"?');
  assert.match(issues[1]!.hint!, /builder\.registries/);
  assert.match(issues[2]!.hint!, /alpine\/helm:4\.3\.0/);
});

Deno.test("a digest of Karpenter's chart applies to its version only", () => {
  const digests = { "public.ecr.aws/karpenter/karpenter:1.13.0": DIGEST };
  assert.match(resolved({ karpenter: { version: "1.13.0" }, digests }).config!.karpenter.chart, /:1\.13\.0@sha256:a+$/);
  assert.deepEqual(resolved({ digests }).issues.map(({ code }) => code), ["UNKNOWN_REFERENCE"]);
});

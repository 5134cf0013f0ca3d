/** What of all that unitune brings a cluster cannot reach, and what to write then. */
import assert from "node:assert/strict";
import { sourceDocument, sourceFindings, supplied } from "../../lib/plan/sources.ts";
import { dsl, LEAST, resolved } from "../config/resolved.ts";

function config(region: string, more = {}) {
  const base = dsl.image({ context: "./base" }), heavy = dsl.cpuPool({ maxCpus: 64 });
  const input = { ...LEAST, region, pools: { heavy }, images: { base }, ...more };
  return resolved(input, { contexts: { base: "/project/base" } });
}

const told = (region: string, more = {}) =>
  sourceFindings(config(region, more)).map(({ severity, path, message }) => `${severity} ${path} ${message}`);
const ecr = (region: string) => `111122223333.dkr.ecr.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
const mirrored = (host: string) => ({
  mirrors: { "docker.io": `${host}/hub`, "public.ecr.aws": `${host}/aws` },
  builder: { registries: { "docker.io": { mirror: `${host}/hub` } } },
});

Deno.test("with a way to the Internet nothing is said", () => {
  assert.deepEqual(told("us-west-2"), []);
  assert.deepEqual(told("us-west-2", mirrored(ecr("eu-west-1"))), []);
  assert.deepEqual(told("us-west-2", mirrored("mirror.example.com")), []);
});

Deno.test("without one each registry that no endpoint leads to is named once, with what comes from it and what to write", () => {
  const findings = sourceFindings(config("us-west-2", { network: { nat: "none" } }));
  assert.deepEqual(findings.map(({ code, severity, path }) => [code, severity, path]), [
    ["IMAGES", "warning", "mirrors"],
    ["IMAGES", "warning", "mirrors"],
    ["IMAGES", "warning", "builder.registries"],
  ]);
  const [docker, aws, bases] = findings;
  assert.match(
    docker!.message,
    /no endpoint leads to docker\.io: Helm \(docker\.io\/alpine\/helm:[^)]+\), BuildKit \(/,
  );
  assert.match(
    aws!.message,
    /to public\.ecr\.aws: Karpenter's CRDs \(chart\) \(.*Karpenter's controller \(.*the build context fetcher/,
  );
  assert.match(
    aws!.hint!,
    /mirrors: { "public\.ecr\.aws": "<account>\.dkr\.ecr\.us-west-2\.amazonaws\.com\/ecr-public" }/,
  );
  assert.match(bases!.hint!, /builder: { registries: { "docker\.io": { mirror: /);
  assert.deepEqual(told("us-west-2", { network: { nat: "none" }, ...mirrored(ecr("us-west-2")) }), []);
});

Deno.test("the network's endpoints lead to the region's own ECR alone", () => {
  const [first, ...more] = told("us-west-2", { network: { nat: "none" }, ...mirrored(ecr("eu-west-1")) });
  assert.match(
    first!,
    /^warning mirrors 111122223333\.dkr\.ecr\.eu-west-1\.\S+ is in another region than the network's/,
  );
  assert.deepEqual(more, []);
});

Deno.test("a repository that builds pull from in another region is out of reach without a way to the Internet", () => {
  const pull = ["arn:aws:ecr:us-east-1:763104351884:repository/pytorch-training"];
  const docker = { mirrors: mirrored(ecr("us-west-2")).mirrors };
  const registries = mirrored(ecr("us-west-2")).builder.registries;
  assert.deepEqual(told("us-west-2", { ...docker, builder: { registries, pull } }), []);
  assert.deepEqual(told("us-west-2", { network: { nat: "none" }, ...docker, builder: { registries, pull } }), [
    "warning builder 763104351884.dkr.ecr.us-east-1.amazonaws.com is in another region than the network's endpoints, and " +
    "nodes have no way to the Internet: builds fail",
  ]);
  const near = pull.map((arn) => arn.replace("us-east-1", "us-west-2"));
  assert.deepEqual(told("us-west-2", { network: { nat: "none" }, ...docker, builder: { registries, pull: near } }), []);
});

Deno.test("from China public registries are out of reach, and a mirror of another partition takes no rights of its nodes", () => {
  const findings = told("cn-north-1");
  assert.equal(findings.length, 3);
  for (const finding of findings) {
    assert.match(finding, /^warning .*(?:docker\.io|public\.ecr\.aws) is blocked, slow or unreliable from China/);
  }
  assert.match(
    sourceFindings(config("cn-north-1"))[0]!.hint!,
    /"<account>\.dkr\.ecr\.cn-north-1\.amazonaws\.com\.cn\/docker-hub"/,
  );
  assert.deepEqual(told("cn-north-1", mirrored(ecr("cn-northwest-1"))), []);
  assert.match(
    told("cn-north-1", mirrored(ecr("us-west-2")))[0]!,
    /^warning mirrors .* is in another partition than cn-north-1/,
  );
});

Deno.test("GovCloud is told what lies outside of it", () => {
  const findings = told("us-gov-west-1");
  assert.equal(findings.length, 3);
  for (const finding of findings) assert.match(finding, /^note .* is outside GovCloud: nodes reach it through NAT/);
});

Deno.test("an image that the config names is told at its option, as no mirror changes it", () => {
  const network = { nat: "none" }, { mirrors } = mirrored(ecr("us-west-2"));
  const builder = {
    image: "ghcr.io/acme/buildkit:v0.34.2",
    registries: { "docker.io": { mirror: mirrors["docker.io"] } },
  };
  const findings = sourceFindings(config("us-west-2", { network, mirrors, builder }));
  assert.deepEqual(findings.map(({ path, message, hint }) => [path, message, hint]), [[
    "builder.image",
    "nodes have no way to the Internet, and no endpoint leads to ghcr.io: BuildKit (ghcr.io/acme/buildkit:v0.34.2)",
    "name a copy in a registry that nodes can reach",
  ]]);
});

Deno.test("only what this config runs is looked at", () => {
  const what = (more = {}) => supplied(config("us-west-2", more)).map(({ what }) => what);
  assert.deepEqual(what(), [
    "Helm",
    "Karpenter's CRDs (chart)",
    "Karpenter (chart)",
    "Karpenter's controller",
    "the build context fetcher",
    "BuildKit",
  ]);
  const base = dsl.image({ context: "./base", sbom: true });
  const gpu = dsl.gpuPool({ gpu: "h100", gpusPerNode: 8, maxGpus: 8, efa: true, zones: ["us-west-2a"], ami: "al2023" });
  assert.deepEqual(what({ images: { base }, pools: { gpu } }).slice(6), [
    "the SBOM scanner",
    "NVIDIA's device plugin",
    "EFA's device plugin",
  ]);
});

Deno.test("what is to be copied is listed with its source and its digest", () => {
  const { images } = sourceDocument(config("us-west-2", mirrored("mirror.example.com"))) as {
    images: Record<string, string | null>[];
  };
  const helm = images.find(({ what }) => what === "Helm")!;
  assert.match(helm["source"]!, /^docker\.io\/alpine\/helm:4\.3\.0@sha256:/);
  assert.equal(helm["reference"], helm["source"]!.replace("docker.io", "mirror.example.com/hub"));
  assert.equal(helm["digest"], helm["source"]!.split("@")[1]);
  assert.equal(images.find(({ what }) => what === "Karpenter (chart)")!["digest"], null);
});

Deno.test("registries that share a mirror keep their own names as sources, and an image of the config's own is its source", () => {
  const mirrors = { "docker.io": "mirror.example.com", "public.ecr.aws": "mirror.example.com" };
  const builder = { image: "mirror.example.com/own/buildkit:v0.34.2" };
  const sources = new Map(
    supplied(config("us-west-2", { mirrors, builder })).map(({ what, source }) => [what, source]),
  );
  assert.match(sources.get("Helm")!, /^docker\.io\/alpine\/helm:/);
  assert.match(sources.get("Karpenter (chart)")!, /^public\.ecr\.aws\/karpenter\/karpenter:/);
  assert.equal(sources.get("BuildKit"), builder.image);
});

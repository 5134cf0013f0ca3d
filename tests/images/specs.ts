/** Builds for tests, with every field filled in. */
import { CPU_DEFAULTS } from "../../lib/config/resolve/pool_defaults.ts";
import { PINS } from "../../lib/core/pins.ts";
import type {
  Builder,
  BuildSpec,
  Config,
  ContextFacts,
  CpuPool,
  Deployed,
  Image,
  JobSpec,
} from "../../lib/plan/types.ts";

export const builder: Builder = {
  pool: "builder",
  concurrency: 4,
  isolation: "userns",
  image: PINS.buildkit.image,
  fetcher: PINS.fetcherImage,
  sbomScanner: PINS.sbomScanner,
  cache: null,
  ttlSeconds: 300,
  nodeTimeoutSeconds: 900,
  registries: [],
  proxy: null,
  network: { allow: [] },
  pulls: [],
  reads: [],
};

export const pool: CpuPool = {
  ...CPU_DEFAULTS,
  kind: "cpu",
  name: "builder",
  arch: ["amd64"],
  capacity: ["on-demand"],
  disk: "200Gi",
  labels: {},
  taints: [],
  maxCpus: 64,
  families: [],
  builder: true,
};

export function image(name: string, changes: Partial<Image> = {}): Image {
  return {
    name,
    repository: `acme/${name}`,
    context: `/project/${name}`,
    dockerfile: "Dockerfile",
    dockerfileInline: null,
    ignoreFile: null,
    target: null,
    args: {},
    secrets: {},
    ssh: {},
    needs: {},
    contexts: {},
    platforms: ["linux/amd64"],
    tags: [],
    gitTags: false,
    labels: {},
    pool: "builder",
    resources: { cpu: "2", memory: "4Gi", disk: "40Gi" },
    lowered: [],
    cache: "max",
    provenance: "none",
    sbom: false,
    compression: "gzip",
    permissions: "git",
    reproducible: false,
    maxAgeSeconds: null,
    timeoutSeconds: 3600,
    ...changes,
  };
}

export const facts: ContextFacts = { digest: "c".repeat(64), bytes: 10, dockerfileDigest: "d".repeat(64), folders: {} };

/** The outputs that a build reads. */
export const deployed = {
  account: "123456789012",
  region: "us-west-2",
  contextBucket: "b",
  pushRoleArn: "r",
} as Partial<Deployed> as Deployed;

/** Only what `buildSpecs` reads. */
export function config(images: readonly Image[], changes: Partial<Builder> = {}): Config {
  return { images, builder: { ...builder, ...changes } } as unknown as Config;
}

export function jobSpec(changes: Partial<Image> = {}, more: Partial<JobSpec> = {}): JobSpec {
  const build: BuildSpec = {
    image: image("trainer", changes),
    key: "0123456789ab".padEnd(64, "e"),
    parts: { context: "0a1b2c3d", "need/base": "4e5f6a7b" },
    context: facts,
    needs: [],
  };
  return {
    name: "trainer-amd64-0123456789ab",
    build,
    platform: "linux/amd64",
    tag: "src-0123456789ab",
    context: { bucket: "acme-contexts", listKey: `lists/${"f".repeat(64)}.json`, listDigest: "f".repeat(64) },
    needs: {},
    fresh: {},
    importsCache: true,
    cacheClaim: null,
    registry: "123456789012.dkr.ecr.us-west-2.amazonaws.com",
    pushRoleArn: "arn:aws:iam::123456789012:role/acme-push",
    pool,
    ...more,
  };
}

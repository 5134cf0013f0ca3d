import assert from "node:assert/strict";
import { loadConfig } from "../../lib/adapters/config/load.ts";
import { isUnituneError } from "../../lib/core/errors.ts";
import { CPU_DEFAULTS, GPU_DEFAULTS } from "../../lib/config/resolve/pool_fields.ts";
import { DIGESTS } from "../../lib/core/facts/digests.ts";
import { DEFAULT_KUBERNETES, KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
import { interfacesOf } from "../../lib/config/resolve/efa.ts";
import { PINS } from "../../lib/core/pins.ts";
import { makeProject } from "./project.ts";

const MINIMAL = `
import { defineConfig } from "unitune/config";
export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" } });
`;

/** As unitune runs it: by its digest, where that is known. */
const pinned = (reference: string): string => `${reference}@${DIGESTS[reference]}`;

const WHOLE = `
import { cpuPool, defineConfig, gpuPool, image, type ConfigInput } from "unitune/config";

const base = image({ context: "./images/base", platforms: ["linux/arm64", "linux/amd64"] });
const name: ConfigInput["name"] = "acme-ml";

export default defineConfig({
  name,
  region: "us-west-2",
  account: "123456789012",
  tags: { team: "ml", "cost centre": "7" },
  network: {
    azs: 2,
    nat: "single",
    cidr: "10.4.0.0/18",
    flowLogs: { retentionDays: 30 },
    endpoints: ["sts", "ecr.api"],
  },
  cluster: {
    version: "1.36",
    endpoint: { publicFrom: ["203.0.113.0/24"] },
    admins: ["arn:aws:iam::123456789012:role/platform/Admin"],
    logs: { types: ["audit", "api"], retentionDays: 90 },
    kmsKey: "arn:aws:kms:us-west-2:123456789012:key/0123-abcd",
    systemNodes: { instanceTypes: ["m7g.large"], count: 3, disk: "50Gi" },
    addOns: {
      "aws-ebs-csi-driver": { configuration: { controller: { replicaCount: 1 } } },
      coredns: { version: "v1.12.4-eksbuild.1" },
    },
  },
  iam: { rolePath: "/platform/", permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary" },
  karpenter: { replicas: 3 },
  devicePlugins: { efa: "example.com/efa:v1" },
  pools: {
    train: gpuPool({
      gpu: "h100",
      gpusPerNode: 8,
      maxGpus: 32,
      capacity: ["reserved", "on-demand"],
      reservation: { ids: ["cr-0123456789abcdef0"] },
      efa: true,
      zones: ["us-west-2a"],
      disk: "1Ti",
      labels: { "example.com/team": "ml" },
      taints: [{ key: "team", value: "ml", effect: "NoExecute" }],
    }),
    cpu: cpuPool({ arch: ["amd64", "arm64"], maxCpus: 256, families: ["m7i.2xlarge", "m7g.2xlarge"] }),
  },
  images: {
    trainer: image({
      context: "images/trainer",
      needs: { base },
      dockerfile: "./Dockerfile",
      target: "run",
      args: { PYTHON: "3.13" },
      secrets: { netrc: { file: "./secrets/netrc" }, hf: { env: "HF_TOKEN" } },
      platforms: ["linux/arm64"],
      tags: ["v1", { name: "latest", moves: true }],
      labels: { "org.opencontainers.image.source": "https://example.com" },
      repository: "ml/trainer",
      pool: "cpu",
      resources: { cpu: "1500m", memory: "4Gi" },
      timeout: "2h",
      cache: "min",
      provenance: "min",
      sbom: true,
    }),
    base,
  },
  builder: {
    pool: "cpu",
    concurrency: 2,
    isolation: "privileged",
    ttl: "10m",
    nodeTimeout: "40m",
    registries: {
      "registry.internal:5000": { plainHttp: true },
      "docker.io": { mirror: "mirror.example.com/hub", ca: "./certs/ca.pem" },
    },
  },
});
`;

Deno.test("a minimal config resolves to the documented defaults", async () => {
  await using project = await makeProject();
  const { config, file, root } = await project.load(MINIMAL);
  assert.equal(file, `${project.root}/unitune.config.ts`);
  assert.equal(root, project.root);
  assert.deepEqual(config, {
    name: "acme-ml",
    project: "acme-ml",
    stage: null,
    region: "us-west-2",
    account: null,
    tags: {},
    network: {
      kind: "own",
      cidr: "10.0.0.0/16",
      zones: ["usw2-az1", "usw2-az2", "usw2-az3"],
      extraZones: [],
      nat: "per-az",
      isolated: false,
      flowLogDays: 365,
      endpoints: [],
    },
    cluster: {
      version: DEFAULT_KUBERNETES,
      supportPolicy: "extended",
      endpoint: { kind: "private" },
      admins: [],
      logs: { types: ["api", "audit", "authenticator", "controllerManager", "scheduler"], retentionDays: 365 },
      kmsKey: null,
      serviceCidr: null,
      systemNodes: { instanceTypes: ["m6i.large", "m5.large"], count: 2, disk: "30Gi", release: "1.66.0-1ad6b4a4" },
      addOns: (["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"] as const).map((name) => {
        return { name, version: KUBERNETES["1.35"].addOns[name], configuration: null, role: null };
      }),
    },
    iam: { rolePath: "/", permissionsBoundary: null },
    ebsKey: null,
    access: [],
    storage: { ebs: false, volumes: [] },
    mirrors: {},
    karpenter: {
      version: "1.14.3",
      helmImage: pinned(PINS.helmImage),
      chart: "public.ecr.aws/karpenter/karpenter:1.14.3",
      crdChart: "public.ecr.aws/karpenter/karpenter-crd:1.14.3",
      controller: "public.ecr.aws/karpenter/controller:1.14.3",
      replicas: 2,
      resources: { cpu: "250m", memory: "512Mi", memoryLimit: "1Gi" },
      gates: {
        capacityBuffer: false,
        nodeOverlay: false,
        nodeRepair: false,
        reservedCapacity: true,
        spotToSpotConsolidation: false,
        staticCapacity: false,
      },
    },
    devicePlugins: {
      efa: `602401143452.dkr.ecr.us-west-2.amazonaws.com/${PINS.devicePlugins.efa}`,
      nvidia: PINS.devicePlugins.nvidia,
    },
    pools: [{
      ...CPU_DEFAULTS,
      kind: "cpu",
      name: "builder",
      ami: "al2023@v20261023",
      arch: ["amd64"],
      capacity: ["on-demand"],
      disk: "200Gi",
      diskThroughput: 600,
      consolidation: { policy: "WhenEmpty", after: "5m" },
      taints: [{ key: "unitune.dev/builder", value: "true", effect: "NoSchedule" }],
      maxCpus: 64,
      families: ["c", "m", "r"],
      builder: true,
    }],
    images: [],
    builder: {
      pool: "builder",
      concurrency: 4,
      isolation: "userns",
      image: PINS.buildkit.image,
      fetcher: pinned(PINS.fetcherImage),
      sbomScanner: pinned(PINS.sbomScanner),
      ttlSeconds: 300,
      nodeTimeoutSeconds: 900,
      registries: [],
      pulls: [],
    },
  });
});

Deno.test("every option of a whole config arrives", async () => {
  await using project = await makeProject();
  const { config } = await project.load(WHOLE);
  assert.equal(config.account, "123456789012");
  assert.deepEqual(config.tags, { "cost centre": "7", team: "ml" });
  assert.deepEqual(config.network, {
    kind: "own",
    cidr: "10.4.0.0/18",
    zones: ["usw2-az1", "usw2-az2"],
    extraZones: [],
    nat: "single",
    isolated: false,
    flowLogDays: 30,
    endpoints: ["ecr.api", "sts"],
  });
  assert.deepEqual(config.cluster, {
    version: "1.36",
    supportPolicy: "extended",
    endpoint: { kind: "public", publicFrom: ["203.0.113.0/24"] },
    admins: ["arn:aws:iam::123456789012:role/platform/Admin"],
    logs: { types: ["api", "audit"], retentionDays: 90 },
    kmsKey: "arn:aws:kms:us-west-2:123456789012:key/0123-abcd",
    serviceCidr: null,
    systemNodes: { instanceTypes: ["m7g.large"], count: 3, disk: "50Gi", release: "1.66.0-1ad6b4a4" },
    addOns: [
      {
        name: "aws-ebs-csi-driver",
        version: null,
        configuration: '{"controller":{"replicaCount":1}}',
        role: {
          namespace: "kube-system",
          serviceAccount: "ebs-csi-controller-sa",
          policies: ["service-role/AmazonEBSCSIDriverPolicy"],
          buckets: [],
          kmsKeys: [],
        },
      },
      { name: "coredns", version: "v1.12.4-eksbuild.1", configuration: null, role: null },
      { name: "eks-pod-identity-agent", version: "v1.3.10-eksbuild.3", configuration: null, role: null },
      { name: "kube-proxy", version: "v1.36.0-eksbuild.21", configuration: null, role: null },
      { name: "vpc-cni", version: "v1.22.4-eksbuild.3", configuration: null, role: null },
    ],
  });
  assert.deepEqual(config.iam, {
    rolePath: "/platform/",
    permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
  });
  assert.equal(config.karpenter.replicas, 3);
  assert.deepEqual(config.devicePlugins, { efa: "example.com/efa:v1", nvidia: PINS.devicePlugins.nvidia });
  assert.deepEqual(config.pools, [{
    ...CPU_DEFAULTS,
    ami: "bottlerocket@v1.66.0",
    kind: "cpu",
    name: "cpu",
    arch: ["amd64", "arm64"],
    capacity: ["spot", "on-demand"],
    maxCpus: 256,
    families: ["m7i.2xlarge", "m7g.2xlarge"],
    builder: false,
    budgets: [{ nodes: "100%", reasons: ["Empty"] }, { nodes: "0", reasons: ["Drifted", "Underutilized"] }],
  }, {
    ...GPU_DEFAULTS,
    ami: "bottlerocket@v1.66.0",
    kind: "gpu",
    name: "train",
    arch: ["amd64"],
    capacity: ["reserved", "on-demand"],
    disk: "1Ti",
    sharing: null,
    maxNodes: null,
    labels: { "example.com/team": "ml" },
    taints: [
      { key: "nvidia.com/gpu", value: "true", effect: "NoSchedule" },
      { key: "team", value: "ml", effect: "NoExecute" },
    ],
    zones: ["us-west-2a"],
    gpus: ["h100"],
    gpusPerNode: 8,
    maxGpus: 32,
    instanceTypes: ["p5.48xlarge"],
    efa: true,
    networkInterfaces: interfacesOf({ type: "p5.48xlarge", gpus: 8, efa: 32 }),
    placementGroup: null,
    reservation: { ids: ["cr-0123456789abcdef0"] },
  }]);
  assert.deepEqual(config.images.map((image) => image.name), ["base", "trainer"]);
  assert.deepEqual(config.images[0]?.platforms, ["linux/amd64", "linux/arm64"]);
  assert.deepEqual(config.images[1], {
    name: "trainer",
    repository: "ml/trainer",
    context: `${project.root}/images/trainer`,
    dockerfile: "Dockerfile",
    ignoreFile: null,
    target: "run",
    args: { PYTHON: "3.13" },
    secrets: { hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } },
    needs: { base: "base" },
    platforms: ["linux/arm64"],
    tags: [{ name: "v1", moves: false }, { name: "latest", moves: true }],
    labels: { "org.opencontainers.image.source": "https://example.com" },
    pool: "cpu",
    resources: { cpu: "1500m", memory: "4Gi" },
    cache: "min",
    provenance: "min",
    sbom: true,
    timeoutSeconds: 7200,
  });
  assert.deepEqual(config.builder, {
    pool: "cpu",
    concurrency: 2,
    isolation: "privileged",
    image: PINS.buildkit.image,
    fetcher: pinned(PINS.fetcherImage),
    sbomScanner: pinned(PINS.sbomScanner),
    ttlSeconds: 600,
    nodeTimeoutSeconds: 2400,
    registries: [
      {
        host: "docker.io",
        mirror: "mirror.example.com/hub",
        plainHttp: false,
        ca: "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
      },
      { host: "registry.internal:5000", mirror: null, plainHttp: true, ca: null },
    ],
    pulls: [],
  });
});

Deno.test("a function is told the stage and only the variables that were let through", async () => {
  await using project = await makeProject();
  const { config } = await project.load(
    `import { defineConfig } from "unitune/config";
    export default defineConfig(({ stage, env }) => ({
      name: "acme-ml", region: env.REGION, cluster: { endpoint: "private" },
      tags: { stage, names: Object.keys(env).join(" "), home: String(env.HOME) },
    }));`,
    { stage: "prod", env: { REGION: "eu-west-1" } },
  );
  assert.equal(config.name, "acme-ml-prod");
  assert.equal(config.project, "acme-ml");
  assert.equal(config.stage, "prod");
  assert.equal(config.region, "eu-west-1");
  assert.deepEqual(config.tags, { home: "undefined", names: "REGION", stage: "prod" });
});

Deno.test("a stage that makes the name too long or no name at all is refused", async () => {
  await using project = await makeProject();
  const long = await project.failure(MINIMAL, { stage: "a-stage-with-a-long-name" });
  assert.match(long, /3:31 {2}name {2}must be at most 28 characters together with the stage: found "acme-ml-a-stage/);
  assert.match(
    await project.failure(MINIMAL, { stage: "Prod" }),
    /the stage must be lower-case letters.*: found "Prod"/,
  );
});

Deno.test("the added builder pool has every declared architecture and room for what builds at once", async () => {
  await using project = await makeProject();
  const { config } = await project.load(`
    import { defineConfig, image } from "unitune/config";
    export default defineConfig({
      name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" }, builder: { concurrency: 8 },
      images: {
        base: image({ context: "./images/base", platforms: ["linux/arm64"], resources: { cpu: "16" } }),
        trainer: image({ context: "./images/trainer" }),
      },
    });`);
  const pool = config.pools.find((one) => one.name === "builder");
  assert.deepEqual(pool?.arch, ["amd64", "arm64"]);
  assert.equal(pool?.kind === "cpu" && pool.maxCpus, 256);
});

Deno.test("the config is searched upward, or named relative to the current folder", async () => {
  await using project = await makeProject();
  await project.load(MINIMAL);
  const found = await loadConfig({ cwd: `${project.root}/images/base`, env: {} });
  assert.equal(found.file, `${project.root}/unitune.config.ts`);
  const named = await loadConfig({ cwd: `${project.root}/images`, file: "../unitune.config.ts", env: {} });
  assert.equal(named.file, `${project.root}/unitune.config.ts`);
});

Deno.test("a config that is nowhere is an error of its own, with where it was searched", async () => {
  const cwd = await Deno.makeTempDir();
  const nowhere = await loadConfig({ cwd, env: {} }).catch((error) => error);
  assert(isUnituneError(nowhere) && nowhere.code === "CONFIG_NOT_FOUND" && nowhere.exit === 3);
  assert.equal(nowhere.message, `Cannot find a config as no folder from ${cwd} upward holds unitune.config.ts`);
  assert.match(nowhere.hint ?? "", /unitune\.config\.ts/);
  const named = await loadConfig({ cwd, file: "other.ts", env: {} }).catch((error) => error);
  assert(isUnituneError(named) && named.code === "CONFIG_NOT_FOUND" && named.exit === 3 && named.path === "other.ts");
  await Deno.remove(cwd);
});

Deno.test("a config that is a link out of its folder is refused", async () => {
  await using project = await makeProject();
  await Deno.symlink(`${project.root}/../elsewhere/secret.ts`, `${project.root}/other.config.ts`);
  const failure = await project.failure(MINIMAL, { file: "other.config.ts" });
  assert.match(failure, /other\.config\.ts:1:1 {2}a config must not be a link that leads out of its folder/);
});

Deno.test("a context outside is taken when its folder is allowed", async () => {
  await using project = await makeProject();
  const config = `import { defineConfig, image } from "unitune/config";
    export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
      images: { out: image({ context: "../elsewhere" }), linked: image({ context: "./images/linked", repository: "x/y" }) } });`;
  assert.match(await project.failure(config), /"\.\.\/elsewhere" leads out of it/);
  const { config: { images } } = await project.load(config, { allowRead: ["../elsewhere"] });
  assert.equal(images[0]?.context, images[1]?.context);
});

Deno.test("a Dockerfile or an ignore file that is a link out of the folder is refused", async () => {
  await using project = await makeProject();
  for (const name of ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"]) {
    await Deno.remove(`${project.root}/images/base/${name}`).catch(() => {});
    await Deno.symlink(`${project.root}/../elsewhere/Dockerfile`, `${project.root}/images/base/${name}`);
    const failure = await project.failure(`import { defineConfig, image } from "unitune/config";
      export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
        images: { base: image({ context: "./images/base" }) } });`);
    assert(failure.includes(`"${name}" leads out of it`), failure);
    await Deno.remove(`${project.root}/images/base/${name}`);
    if (name === "Dockerfile") await project.write("images/base/Dockerfile", "FROM busybox\n");
  }
});

Deno.test("what a config writes to its console is handed on, not printed", async () => {
  await using project = await makeProject();
  const lines: string[] = [];
  await project.load(`${MINIMAL}console.log("region", { a: 1 });`, { log: (line) => lines.push(line) });
  assert.deepEqual(lines, ['region {"a":1}']);
});

Deno.test("modules of the config's folder are shared: one read, one identity", async () => {
  await using project = await makeProject();
  await project.write(
    "images.ts",
    'import { image } from "unitune";\nexport const base = image({ context: "./images/base" });',
  );
  await project.write(
    "more.ts",
    'import { base } from "./images.ts";\nexport default { base };\nexport * from "./images.ts";',
  );
  const { config } = await project.load(`import { defineConfig, image } from "unitune/config";
    import { base } from "./images.ts";
    import needs, * as all from "./more.ts";
    const trainer = image({ context: "./images/trainer", needs: all.base === base ? needs : {} });
    export default defineConfig({ name: "acme-ml", region: "us-west-2", cluster: { endpoint: "private" },
      images: { [trainer ? "base" : ""]: base, trainer } });`);
  assert.deepEqual(config.images.map(({ name, needs }) => [name, needs]), [["base", {}], ["trainer", {
    base: "base",
  }]]);
});

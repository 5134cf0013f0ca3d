/** Complete configs, from the file to every resolved field. */
import assert from "node:assert/strict";
import { interfacesOf } from "../../lib/config/resolve/efa.ts";
import { CPU_DEFAULTS, GPU_DEFAULTS } from "../../lib/config/resolve/pool_defaults.ts";
import { DIGESTS } from "../../lib/core/facts/digests.ts";
import { DEFAULT_KUBERNETES, KUBERNETES } from "../../lib/core/facts/kubernetes.ts";
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
      ssh: { default: { env: "DEPLOY_KEY" } },
      platforms: ["linux/arm64"],
      tags: ["v1", { name: "latest", moves: true }],
      labels: { "org.opencontainers.image.source": "https://example.com" },
      repository: "ml/trainer",
      pool: "cpu",
      resources: { cpu: "1500m", memory: "4Gi", disk: "20Gi" },
      timeout: "2h",
      cache: "min",
      provenance: "min",
      sbom: true,
      compression: "zstd",
      permissions: "exact",
      reproducible: true,
    }),
    base,
  },
  builder: {
    cache: { size: "100Gi" },
    pool: "cpu",
    concurrency: 2,
    isolation: "privileged",
    ttl: "10m",
    nodeTimeout: "40m",
    network: { allow: ["10.20.0.0/16", { range: "10.30.0.5/32", ports: [5000, 53] }] },
    registries: {
      "registry.internal:5000": { plainHttp: true },
      "docker.io": { mirror: "mirror.example.com/hub", ca: "./certs/ca.pem" },
      "ghcr.io": { auth: { username: "robot", password: { env: "GHCR_TOKEN" } } },
    },
    proxy: { https: "http://proxy.example.com:3128", no: [".amazonaws.com"] },
    pull: [
      "arn:aws:ecr:us-west-2:763104351884:repository/pytorch-training",
      { repository: "arn:aws:ecr:us-west-2:123456789012:repository/hub/*", cache: true },
    ],
  },
});
`;

const CNI = '{"enableNetworkPolicy":"true"}';

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
        return {
          name,
          version: KUBERNETES["1.35"].addOns[name],
          configuration: name === "vpc-cni" ? CNI : null,
          role: null,
        };
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
      cache: { size: "50Gi" },
      ttlSeconds: 300,
      nodeTimeoutSeconds: 900,
      network: { allow: [] },
      registries: [],
      proxy: null,
      pulls: [],
      reads: [],
    },
  });
});

Deno.test("every option of a complete config is resolved", async () => {
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
      { name: "vpc-cni", version: "v1.22.4-eksbuild.3", configuration: CNI, role: null },
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
    dockerfileInline: null,
    ignoreFile: null,
    target: "run",
    args: { PYTHON: "3.13" },
    secrets: { hf: { env: "HF_TOKEN" }, netrc: { file: "./secrets/netrc" } },
    ssh: { default: { env: "DEPLOY_KEY" } },
    needs: { base: "base" },
    contexts: {},
    lowered: [],
    platforms: ["linux/arm64"],
    tags: [{ name: "v1", moves: false }, { name: "latest", moves: true }],
    gitTags: false,
    labels: { "org.opencontainers.image.source": "https://example.com" },
    pool: "cpu",
    resources: { cpu: "1500m", memory: "4Gi", disk: "20Gi" },
    cache: "min",
    provenance: "min",
    sbom: true,
    compression: "zstd",
    permissions: "exact",
    reproducible: true,
    maxAgeSeconds: null,
    timeoutSeconds: 7200,
  });
  assert.deepEqual(config.builder, {
    pool: "cpu",
    concurrency: 2,
    isolation: "privileged",
    image: PINS.buildkit.image,
    fetcher: pinned(PINS.fetcherImage),
    sbomScanner: pinned(PINS.sbomScanner),
    cache: { size: "100Gi" },
    ttlSeconds: 600,
    nodeTimeoutSeconds: 2400,
    network: { allow: [{ range: "10.20.0.0/16", ports: [22, 80, 443] }, { range: "10.30.0.5/32", ports: [53, 5000] }] },
    registries: [
      {
        host: "docker.io",
        mirror: "mirror.example.com/hub",
        plainHttp: false,
        ca: "-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----\n",
        auth: null,
      },
      {
        host: "ghcr.io",
        mirror: null,
        plainHttp: false,
        ca: null,
        auth: { username: "robot", password: { env: "GHCR_TOKEN" } },
      },
      { host: "registry.internal:5000", mirror: null, plainHttp: true, ca: null, auth: null },
    ],
    proxy: { http: null, https: "http://proxy.example.com:3128", no: [".amazonaws.com"] },
    pulls: ["123456789012.dkr.ecr.us-west-2.amazonaws.com/hub/*"],
    reads: ["763104351884.dkr.ecr.us-west-2.amazonaws.com/pytorch-training"],
  });
});

/** Where the cluster gets the images and charts that unitune adds, and which it cannot reach. Pure: only the config. */
import { entryOf } from "../core/tables.ts";
import { eksImageRegistry } from "../core/facts/eks_registries.ts";
import { isBottlerocket } from "../core/facts/kubernetes.ts";
import type { Finding } from "../core/findings.ts";
import { partitionOf, registryHost } from "../core/names.ts";
import { PINS } from "../core/pins.ts";
import { ecrRegistry, parseReference } from "../core/registries.ts";
import type { Config, Pool } from "./types.ts";

/** An image or a chart that unitune adds. */
interface Supplied {
  readonly what: string;
  /** The reference that the cluster uses. */
  readonly reference: string;
  /** Where its vendor publishes it; the same as `reference` without a mirror. */
  readonly source: string;
  /** The option that names it: it is used as written, and no mirror changes it. */
  readonly option: string | null;
}

/** Everything that this config needs, in order of use. */
export function supplied(config: Config): Supplied[] {
  const { karpenter, builder, devicePlugins, pools, images } = config;
  const gpus = pools.filter((pool): pool is Extract<Pool, { kind: "gpu" }> => pool.kind === "gpu");
  const sbom = images.some(({ sbom }) => sbom), al2023 = gpus.some(({ ami }) => !isBottlerocket(ami));
  const all: (readonly [string, string | null, string, string?])[] = [
    ["Helm", karpenter.helmImage, PINS.helmImage],
    ["Karpenter's CRDs (chart)", karpenter.crdChart, PINS.karpenter.crdChart],
    ["Karpenter (chart)", karpenter.chart, PINS.karpenter.chart],
    ["Karpenter's controller", karpenter.controller, PINS.karpenter.controller],
    ["the build context fetcher", builder.fetcher, PINS.fetcherImage],
    ["BuildKit", builder.image, PINS.buildkit.image, "builder.image"],
    ["the SBOM scanner", sbom ? builder.sbomScanner : null, PINS.sbomScanner],
    [
      "NVIDIA's device plugin",
      al2023 ? devicePlugins.nvidia : null,
      PINS.devicePlugins.nvidia,
      "devicePlugins.nvidia",
    ],
    [
      "EFA's device plugin",
      gpus.some(({ efa }) => efa) ? devicePlugins.efa : null,
      `${eksImageRegistry(config.region) ?? ""}/${PINS.devicePlugins.efa}`,
      "devicePlugins.efa",
    ],
  ];
  return all.flatMap(([what, reference, published, option]) => {
    return reference === null ? [] : [{ what, reference, ...originOf(reference, published, option, config) }];
  });
}

/** The source behind a mirror; an image that the config names is its own source. */
function originOf(
  reference: string,
  published: string,
  option: string | undefined,
  { mirrors }: Config,
): Pick<Supplied, "source" | "option"> {
  const { host, repository } = parseReference(published), found = parseReference(reference);
  if (
    `${found.host}/${found.repository}` !== `${entryOf(mirrors, host) ?? host}/${repository}` && option !== undefined
  ) {
    return { source: reference, option };
  }
  return { source: `${host}/${repository}${found.version}`, option: null };
}

const CODE = "IMAGES";

/** Public registries on the Internet. */
const PUBLIC =
  /^(?:docker\.io|registry-1\.docker\.io|public\.ecr\.aws|nvcr\.io|ghcr\.io|quay\.io|registry\.k8s\.io|gcr\.io)$/;

/** Why nodes of this config cannot pull from the host, or only with difficulty; `null`: no reason is known. */
function obstacle({ network, region }: Config, host: string): Pick<Finding, "severity" | "message"> | null {
  const partition = partitionOf(region), ecr = ecrRegistry(host);
  if (ecr) {
    if (partitionOf(ecr.region) !== partition) {
      const message = `${host} is in another partition than ${region}, where the rights of nodes do not count`;
      return { severity: "warning", message };
    }
    if (!network.isolated || ecr.region === region) return null;
    const message = `${host} is in another region than the network's endpoints, and nodes have no way to the Internet`;
    return { severity: "warning", message };
  }
  if (!PUBLIC.test(host)) return null;
  if (network.isolated) {
    return { severity: "warning", message: `nodes have no way to the Internet, and no endpoint leads to ${host}` };
  }
  if (partition === "aws-cn") {
    return { severity: "warning", message: `${host} is blocked, slow or unreliable from China` };
  }
  if (partition === "aws-us-gov") {
    return {
      severity: "note",
      message: `${host} is outside GovCloud: nodes reach it through NAT, if your rules allow it`,
    };
  }
  return null;
}

/** One finding for each registry that nodes cannot reach well, with everything that comes from it. */
export function sourceFindings(config: Config): Finding[] {
  const all = supplied(config), ours = all.filter(({ option }) => option === null);
  const byHost = Map.groupBy(ours, ({ reference }) => parseReference(reference).host);
  const findings = [...byHost].flatMap(([host, things]): Finding[] => {
    const found = obstacle(config, host);
    if (!found) return [];
    const list = things.map(({ what, reference }) => `${what} (${reference.split("@")[0]})`).join(", ");
    return [{
      code: CODE,
      path: "mirrors",
      ...found,
      message: `${found.message}: ${list}`,
      hint: hintOf(config, host),
    }];
  });
  return [
    ...findings,
    ...all.flatMap((thing) => namedFindings(config, thing)),
    ...baseFindings(config),
    ...pullFindings(config),
  ];
}

/** An image that the config names itself. */
function namedFindings(config: Config, { what, reference, option }: Supplied): Finding[] {
  const found = option === null ? null : obstacle(config, parseReference(reference).host);
  if (!found || option === null) return [];
  const message = `${found.message}: ${what} (${reference.split("@")[0]})`;
  return [{
    code: CODE,
    path: option,
    severity: found.severity,
    message,
    hint: "name a copy in a registry that nodes can reach",
  }];
}

/** Base images, which only Dockerfiles name. */
function baseFindings(config: Config): Finding[] {
  const { region, images, builder } = config, host = "docker.io", found = obstacle(config, host);
  if (!found || images.length === 0 || builder.registries.some((registry) => registry.host === host)) return [];
  const message = `${found.message}: base images of Dockerfiles, unless they name another registry`;
  const hint = `write builder: { registries: { "${host}": { mirror: "${mirrorIn(region, host)}" } } }`;
  return [{ code: CODE, path: "builder.registries", severity: found.severity, message, hint }];
}

/** A build logs in to every registry that it may pull from, and fails if it cannot reach one. */
function pullFindings(config: Config): Finding[] {
  const { builder: { reads, pulls }, mirrors } = config, named = Object.values(mirrors).map(hostOf);
  const hosts = [...new Set([...reads, ...pulls].map(hostOf))].filter((host) => !named.includes(host));
  return hosts.flatMap((host): Finding[] => {
    const found = obstacle(config, host);
    if (!found) return [];
    const hint = `copy what builds pull to ECR in ${config.region}`;
    return [{ code: CODE, path: "builder", severity: found.severity, message: `${found.message}: builds fail`, hint }];
  });
}

function hostOf(path: string): string {
  return path.split("/")[0]!;
}

/** The usual prefixes of pull-through caches in ECR. */
const PREFIXES: Readonly<Record<string, string>> = { "docker.io": "docker-hub", "public.ecr.aws": "ecr-public" };

function mirrorIn(region: string, host: string): string {
  return `${registryHost("<account>", region)}/${entryOf(PREFIXES, host) ?? host.split(".")[0]}`;
}

function hintOf({ region }: Config, host: string): string {
  const mirror = mirrorIn(region, host);
  return `copy them and write mirrors: { "${host}": "${mirror}" }; unitune synth lists what to copy in images.json`;
}

/** `images.json`, for copying and reviewing: each image and chart with its source, its reference and any digest. */
export function sourceDocument(config: Config): Readonly<Record<string, unknown>> {
  return {
    images: supplied(config).map(({ what, reference, source }) => {
      const digest = parseReference(reference).version.split("@")[1] ?? null;
      return { what, source, reference, digest };
    }),
  };
}

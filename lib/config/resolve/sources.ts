/** Where the cluster pulls the images and charts that unitune itself uses: from their publishers, or from mirrors. */
import { entryOf } from "../../core/tables.ts";
import * as z from "zod";
import { DIGESTS } from "../../core/facts/digests.ts";
import { eksImageRegistry } from "../../core/facts/eks_registries.ts";
import { PINS } from "../../core/pins.ts";
import { ecrRegistry, parseReference } from "../../core/registries.ts";
import { text } from "../fields.ts";
import { didYouMean, type Issue, oneOf, show } from "../issues.ts";
import type { Registry } from "../types.ts";

const HOST = /^[a-z0-9]+(?:[.-][a-z0-9]+)*(?::[0-9]{1,5})?$/i;
/** A mirror: a host, optionally with a path. In a reference, a name without a dot or a port is a path, not a host. */
const mirrorPath = text(
  /^(?=[^/]*[.:])[a-z0-9]+(?:(?:\.|-+)[a-z0-9]+)*(?::[0-9]{1,5})?(?:\/[a-z0-9]+(?:[._-][a-z0-9]+)*)*$/,
  "a host, or a host and a path, like mirror.example.com/hub",
  (found) => /^https?:\/\//.test(String(found)) ? "write it without https://" : undefined,
);
export const registryHost = text(HOST, "the host of a registry, with its port if it has one, like docker.io");

export const mirrors = z.record(registryHost, mirrorPath);
export const digests = z.record(
  text(/^[^\s@]+\/[^\s@]+:[\w][\w.-]*$/, "a reference with its tag, like docker.io/alpine/helm:4.3.0"),
  text(/^sha256:[0-9a-f]{64}$/, "a digest: sha256: and 64 hex digits"),
);

/** The mirrors and digests of the config. */
export interface Sources {
  /** By host. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** By reference, as its publisher names it. */
  readonly digests: Readonly<Record<string, string>>;
}

/** The reference as the cluster pulls it: from its mirror if there is one, by its digest if it is known. */
export function sourced(reference: string, { mirrors, digests }: Sources): string {
  const { host, repository, version } = parseReference(reference);
  const digest = entryOf(digests, reference) ?? entryOf(DIGESTS, reference);
  return `${entryOf(mirrors, host) ?? host}/${repository}${version}${digest === undefined ? "" : `@${digest}`}`;
}

/** The references that unitune itself uses, as their publishers name them; those in the config are used as written. */
export function published(region: string | undefined, karpenter: string): string[] {
  const { chart, crdChart, controller } = PINS.karpenter, eks = eksImageRegistry(region ?? "");
  return [
    PINS.helmImage,
    PINS.fetcherImage,
    PINS.sbomScanner,
    PINS.buildkit.image,
    PINS.buildkit.rootless,
    PINS.devicePlugins.nvidia,
    ...[chart, crdChart, controller].map((repository) => `${repository}:${karpenter}`),
    ...(eks === null ? [] : [`${eks}/${PINS.devicePlugins.efa}`]),
  ];
}

/** A mirror or a digest for something that unitune does not use would have no effect. */
export function sourceIssues({ mirrors, digests }: Sources, region: string | undefined, karpenter: string): Issue[] {
  const references = published(region, karpenter);
  const hosts = [...new Set(references.map((reference) => parseReference(reference).host))].toSorted();
  return [
    ...Object.keys(mirrors).filter((host) => !hosts.includes(host)).map((host): Issue => ({
      code: "UNKNOWN_REFERENCE",
      path: ["mirrors", host],
      message: `must be a registry that unitune itself uses, ${oneOf(hosts)}: found ${show(host)}`,
      hint: didYouMean(host, hosts) ?? "mirrors for base images in Dockerfiles belong in builder.registries",
    })),
    ...Object.keys(digests).filter((reference) => !references.includes(reference)).map((reference): Issue => ({
      code: "UNKNOWN_REFERENCE",
      path: ["digests", reference],
      message: `is not one of the references that this release of unitune uses: ${references.toSorted().join(", ")}`,
      hint: didYouMean(reference, references) ?? "for an image that the config names, write its digest there, after @",
    })),
  ];
}

/** ECR repositories that builds read and fill besides their own: `host/repository`, or `host/prefix/*`. */
export function buildPulls(
  scanner: string,
  registries: readonly Registry[],
  caches: readonly string[] = [],
): readonly string[] {
  const { host, repository } = parseReference(scanner);
  const patterns = [
    `${host}/${repository}`,
    ...registries.flatMap(({ mirror }) => mirror === null ? [] : [`${mirror}/*`]),
    ...caches,
  ];
  return [...new Set(patterns.filter((pattern) => ecrRegistry(pattern.split("/")[0]!) !== null))].toSorted();
}

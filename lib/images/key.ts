/** A build's key: a hash of everything that can change the image, known without an account. */
import { familiarName } from "../core/image_names.ts";
import { sha256 } from "../core/hash.ts";
import { compareCodeUnits, sortedEntries } from "../core/order.ts";
import { PINS } from "../core/pins.ts";
import { NEED } from "./key_parts.ts";
import type { BuildSpec, Config, ContextFacts, Image } from "../plan/types.ts";

type Need = BuildSpec["needs"][number];

/** 64 hex digits. `needs` hold the keys of the images that it starts from: a change in one of them changes this key. */
export function buildKey(image: Image, context: ContextFacts, needs: readonly Need[], buildkit: string): string {
  return sha256(JSON.stringify(["unitune.build/v2", ...keyFacts(image, context, needs, buildkit)]));
}

/** Each fact as a short hash, so that a later build can tell which of them has changed. */
export function keyParts(
  image: Image,
  context: ContextFacts,
  needs: readonly Need[],
  buildkit: string,
): Readonly<Record<string, string>> {
  const short = (value: unknown) => sha256(JSON.stringify(value)).slice(0, 8);
  const facts = keyFacts(image, context, needs, buildkit).filter(([name]) => name !== "needs");
  return Object.fromEntries([
    ...facts.map(([name, ...values]) => [name, short(values)] as const),
    ...needs.map(({ alias, key }) => [`${NEED}${alias}`, short(key)] as const),
  ]);
}

function keyFacts(image: Image, context: ContextFacts, needs: readonly Need[], buildkit: string) {
  const facts: readonly (readonly [string, ...unknown[]])[] = [
    ["context", context.digest],
    ["dockerfile", image.dockerfile, context.dockerfileDigest],
    ["target", image.target],
    ["args", sortedEntries(image.args)],
    ["labels", sortedEntries(image.labels)],
    ["platforms", [...image.platforms].sort()],
    ["repository", image.repository],
    ["attestations", attestations(image)],
    ["compression", image.compression],
    ["reproducible", image.reproducible],
    // Only their names: a renewed token changes no image.
    ["secrets", Object.keys(image.secrets).sort(compareCodeUnits)],
    ...sshFacts(image),
    ["buildkit", buildkit],
    ...contextFacts(image, context),
    ["needs", sortedEntries(Object.fromEntries(needs.map(({ alias, key }) => [alias, key])))],
  ];
  return facts;
}

/** Nothing for images without SSH keys. */
function sshFacts({ ssh }: Image): (readonly [string, ...unknown[]])[] {
  const ids = Object.keys(ssh).sort(compareCodeUnits);
  return ids.length === 0 ? [] : [["ssh", ids]];
}

/** Nothing for images without named contexts. An image of a registry counts by its name, as those after FROM do. */
function contextFacts({ contexts }: Image, { folders }: ContextFacts): (readonly [string, ...unknown[]])[] {
  const facts = sortedEntries(contexts).map(([alias, source]) => {
    return [familiarName(alias), "image" in source ? ["image", source.image] : ["folder", folders[alias]!.digest]];
  });
  return facts.length === 0 ? [] : [["contexts", facts]];
}

function attestations({ provenance, sbom }: Image): unknown {
  return provenance === "none" && !sbom ? "none" : [provenance, sbom ? PINS.sbomScanner : null];
}

/** The builds of all images: an image comes after those that it needs. */
export function buildSpecs(config: Config, contexts: Readonly<Record<string, ContextFacts>>): BuildSpec[] {
  const keys = new Map<string, string>();
  const buildkit = buildkitVersion(config.builder.image);
  return config.images.map((image) => {
    const needs = sortedEntries(image.needs).map(([alias, name]): Need => ({
      alias,
      image: name,
      key: keys.get(name)!,
    }));
    const context = contexts[image.name]!;
    const key = buildKey(image, context, needs, buildkit), parts = keyParts(image, context, needs, buildkit);
    keys.set(image.name, key);
    return { image, key, parts, context, needs };
  });
}

/**
 * `v0.34.2` of an image reference, or the whole reference when it has no tag. The registry that it comes from and its
 * isolation change no image: what an isolated build cannot do makes it fail.
 */
export function buildkitVersion(reference: string): string {
  const tag = /:([^/:]+)$/.exec(reference.split("@")[0]!)?.[1];
  return tag?.replace(/-rootless$/, "") ?? reference;
}

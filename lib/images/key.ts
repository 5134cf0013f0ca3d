/** A build's one key: everything that can change the image, known without an account. */
import { createHash } from "node:crypto";
import { PINS } from "../core/pins.ts";
import type { BuildSpec, Config, ContextFacts, Image } from "../plan/types.ts";
import { compareCodeUnits } from "./context.ts";

type Need = BuildSpec["needs"][number];

/** 64 hex digits. `needs` carry the keys of the images below, so that a change there reaches every image above. */
export function buildKey(image: Image, context: ContextFacts, needs: readonly Need[], buildkit: string): string {
  const facts = [
    "unitune.build/v1",
    ["context", context.digest],
    ["dockerfile", image.dockerfile, context.dockerfileDigest],
    ["target", image.target],
    ["args", sorted(image.args)],
    ["labels", sorted(image.labels)],
    ["platforms", [...image.platforms].sort()],
    ["repository", image.repository],
    ["attestations", attestations(image)],
    // Their names alone: a token that was renewed changes no image.
    ["secrets", Object.keys(image.secrets).sort(compareCodeUnits)],
    ["buildkit", buildkit],
    ["needs", sorted(Object.fromEntries(needs.map(({ alias, key }) => [alias, key])))],
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

function attestations({ provenance, sbom }: Image): unknown {
  return provenance === "none" && !sbom ? "none" : [provenance, sbom ? PINS.sbomScanner : null];
}

/** The builds of all images, in their order: an image comes after all that it needs. */
export function buildSpecs(config: Config, contexts: Readonly<Record<string, ContextFacts>>): BuildSpec[] {
  const keys = new Map<string, string>();
  const buildkit = buildkitVersion(config.builder.image);
  return config.images.map((image) => {
    const needs = sorted(image.needs).map(([alias, name]): Need => ({ alias, image: name, key: keys.get(name)! }));
    const context = contexts[image.name]!;
    const key = buildKey(image, context, needs, buildkit);
    keys.set(image.name, key);
    return { image, key, context, needs };
  });
}

/**
 * `v0.34.2` of an image reference: neither the registry it is mirrored in nor how it is isolated (by another
 * user, in other namespaces) changes what it builds: what a user namespace cannot do fails there, and differs nowhere.
 * Without a tag the whole reference has to stand for it.
 */
export function buildkitVersion(reference: string): string {
  const tag = /:([^/:]+)$/.exec(reference.split("@")[0]!)?.[1];
  return tag?.replace(/-rootless$/, "") ?? reference;
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => compareCodeUnits(a, b));
}

/** A build's one key: everything that can change the image, known without an account. */
import { createHash } from "node:crypto";
import { PINS } from "../core/pins.ts";
import type { BuildSpec, Config, ContextFacts, Image } from "../plan/types.ts";

export type Need = BuildSpec["needs"][number];

/** 64 hex digits. `needs` carry the keys of the images below, so that a change there reaches every image above. */
export function buildKey(image: Image, context: ContextFacts, needs: readonly Need[], buildkit: string): string {
  const facts = [
    "unitune.build/v1",
    ["context", context.digest],
    ["dockerfile", image.dockerfile, context.dockerfileDigest],
    ["target", image.target],
    ["args", sorted(image.args)],
    ["labels", sorted(image.labels)],
    ["platforms", image.platforms],
    ["repository", image.repository],
    ["attestations", "none"],
    ["buildkit", PINS.buildkit.version, buildkit],
    ["needs", needs.map(({ alias, key }) => [alias, key]).sort()],
  ];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}

/** The builds of all images, in their order: an image comes after all that it needs. */
export function buildSpecs(config: Config, contexts: Readonly<Record<string, ContextFacts>>): BuildSpec[] {
  const keys = new Map<string, string>();
  return config.images.map((image) => {
    const needs = Object.entries(image.needs).sort(([a], [b]) => (a < b ? -1 : 1)).map(([alias, name]): Need => {
      return { alias, image: name, key: keys.get(name)! };
    });
    const context = contexts[image.name]!;
    const key = buildKey(image, context, needs, config.builder.image);
    keys.set(image.name, key);
    return { image, key, context, needs };
  });
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What the registry holds of a build: looked up by its short tag, verified by its full key. */
import { imageIndex, type Manifest } from "../../images/image_index.ts";
import { changedParts } from "../../images/key_parts.ts";
import { UnituneError } from "../../core/errors.ts";
import { archOf, type Platform, sourceTag } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { RegistryPort } from "../../core/ports.ts";
import type { BuildSpec, Image } from "../../plan/types.ts";

export type ImageRegistry = Pick<RegistryPort, "find" | "manifest" | "putManifest">;

/** An image of a build in the registry. */
interface Built {
  readonly digest: string;
  /** Whether it is older than `maxAge` allows. */
  readonly old: boolean;
}

/** The image under this build's key; `null` if the registry has none. `now`: milliseconds since 1970. */
export async function findBuilt(registry: ImageRegistry, build: BuildSpec, now: number): Promise<Built | null> {
  // The tag of the key expires when 20 newer ones exist; a tag that never moves stays on its image.
  const tags = [sourceTag(build.key), ...fixedTags(build.image)];
  for (const tag of tags) {
    const found = await findTag(registry, build, tag, now);
    if (found) return found;
  }
  return null;
}

export function fixedTags({ tags }: Pick<Image, "tags">): string[] {
  return tags.filter(({ moves }) => !moves).map(({ name }) => name);
}

/** The tag of one platform's build: the image's own, unless it joins several platforms. */
export function platformTag({ image, key }: BuildSpec, platform: Platform): string {
  return image.platforms.length > 1 ? sourceTag(key, archOf(platform)) : sourceTag(key);
}

/** The image of one platform under this build's key. `now`: milliseconds since 1970. */
export function findPlatform(
  registry: ImageRegistry,
  build: BuildSpec,
  platform: Platform,
  now: number,
): Promise<Built | null> {
  return findTag(registry, build, platformTag(build, platform), now);
}

async function findTag(registry: ImageRegistry, build: BuildSpec, tag: string, now: number): Promise<Built | null> {
  const { repository, maxAgeSeconds } = build.image, manifest = await registry.manifest(repository, tag);
  if (!manifest || annotationsOf(manifest)[CLUSTER.imageKeyAnnotation] !== build.key) return null;
  const { digest } = manifest;
  if (maxAgeSeconds === null) return { digest, old: false };
  const pushedAt = (await registry.find(repository, tag))?.pushedAt ?? now;
  return { digest, old: now - pushedAt > maxAgeSeconds * 1000 };
}

/** Whether the image of this digest is from this build. Tags hold the key's first digits; the manifest holds all. */
export async function hasKey(
  registry: ImageRegistry,
  { image, key }: Pick<BuildSpec, "image" | "key">,
  digest: string,
): Promise<boolean> {
  return annotationsOf(await registry.manifest(image.repository, digest))[CLUSTER.imageKeyAnnotation] === key;
}

function annotationsOf(manifest: Pick<Manifest, "body"> | null): Readonly<Record<string, string>> {
  return manifest ? JSON.parse(manifest.body).annotations ?? {} : {};
}

/** Why an image is built that the registry does not have: compared with the newest one of its repository. */
export async function reasonToBuild(
  registry: Pick<RegistryPort, "manifest" | "newest">,
  { image: { repository }, parts }: BuildSpec,
): Promise<string> {
  const newest = await registry.newest(repository);
  if (!newest) return "first build: the registry has no image of it";
  const annotations = annotationsOf(await registry.manifest(repository, newest.digest));
  const changed = changedParts(annotations[CLUSTER.imagePartsAnnotation], parts);
  if (changed === null || changed.length === 0) return "the registry has no image of this key";
  return `changed since ${newest.tag}: ${changed.join(", ")}`;
}

/** Puts the index of all platforms under the image's tag, from their manifests in the registry; returns its digest. */
export async function joinPlatforms(
  registry: ImageRegistry,
  build: BuildSpec,
  digests: ReadonlyMap<Platform, string>,
): Promise<string> {
  const { image, key } = build;
  const platforms = [...digests].map(async ([platform, digest]) => {
    return { platform, digest, manifest: await requireManifest(registry, image.repository, digest) };
  });
  const index = imageIndex(await Promise.all(platforms), build), tag = sourceTag(key);
  if ((await registry.find(image.repository, tag))?.digest !== index.digest) {
    await registry.putManifest(image.repository, tag, index);
  }
  return index.digest;
}

/**
 * Puts the user's tags on the digest, those that move first. A tag that already points there costs no write. Returns the
 * tags that were put; throws, when all others are put, for tags that never move and are on another image.
 */
export async function putTags(
  registry: ImageRegistry,
  { name: image, repository, tags }: Pick<Image, "name" | "repository" | "tags">,
  digest: string,
): Promise<string[]> {
  const put: string[] = [], taken: { readonly tag: string; readonly digest: string }[] = [];
  for (const { name, moves } of tags.toSorted((a, b) => Number(b.moves) - Number(a.moves))) {
    const found = await registry.find(repository, name);
    if (found?.digest === digest) continue;
    if (found && !moves) {
      taken.push({ tag: name, digest: found.digest });
      continue;
    }
    await registry.putManifest(repository, name, await requireManifest(registry, repository, digest));
    put.push(name);
  }
  if (taken.length > 0) throw tagsFixed(taken.map((tag) => ({ image, ...tag, wanted: digest })));
  return put;
}

/** A tag that would have to move, and must not. */
export interface TakenTag {
  readonly image: string;
  readonly tag: string;
  /** The image that it is on. */
  readonly digest: string;
  /** A digest; or, of an image that is still to be built, a description. */
  readonly wanted: string;
}

export function tagsFixed(taken: readonly TakenTag[]): UnituneError {
  const lines = taken.map(({ image, tag, digest, wanted }) => {
    return `images.${image}.tags  tag ${tag} is on ${digest} and would have to move to ${wanted}`;
  });
  const { image, tag, digest, wanted } = taken[0]!;
  const message = taken.length === 1
    ? `Cannot tag image "${image}" as its tag ${tag} never moves: it is on ${digest}, and would have to move to ${wanted}`
    : `Cannot tag the images as ${taken.length} tags that never move are on others`;
  return new UnituneError("TAG_FIXED", message, {
    path: `images.${image}.tags`,
    ...(taken.length > 1 && { lines }),
    hint: "Name a new tag for what changed, or let the tag move with { name, moves: true }",
  });
}

async function requireManifest(registry: ImageRegistry, repository: string, digest: string): Promise<Manifest> {
  const manifest = await registry.manifest(repository, digest);
  if (manifest) return manifest;
  throw new Error(`Cannot tag ${repository}@${digest}: the registry does not have it`);
}

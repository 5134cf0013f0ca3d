/** What the registry holds of a build: looked up by its short tag, verified by its full key. */
import { imageIndex, type Manifest } from "../../images/image_index.ts";
import { archOf, type Platform, sourceTag } from "../../core/names.ts";
import { CLUSTER } from "../../core/pins.ts";
import type { RegistryPort } from "../../core/ports.ts";
import type { BuildSpec, ImageTag } from "../../plan/types.ts";

/** The digest under this build's key; `null` if the registry has none. */
export function findBuilt(registry: RegistryPort, build: BuildSpec): Promise<string | null> {
  return findTag(registry, build, sourceTag(build.key));
}

/** The tag of one platform's build: the image's own, unless it joins several platforms. */
export function platformTag({ image, key }: BuildSpec, platform: Platform): string {
  return image.platforms.length > 1 ? sourceTag(key, archOf(platform)) : sourceTag(key);
}

/** The digest of one platform under this build's key. */
export function findPlatform(registry: RegistryPort, build: BuildSpec, platform: Platform): Promise<string | null> {
  return findTag(registry, build, platformTag(build, platform));
}

async function findTag(registry: RegistryPort, build: BuildSpec, tag: string): Promise<string | null> {
  const found = await registry.find(build.image.repository, tag);
  return found && await hasKey(registry, build, found.digest) ? found.digest : null;
}

/** Whether the image of this digest is from this build. Tags hold the key's first digits; the manifest holds all. */
export async function hasKey(
  registry: RegistryPort,
  { image, key }: Pick<BuildSpec, "image" | "key">,
  digest: string,
): Promise<boolean> {
  const manifest = await registry.manifest(image.repository, digest);
  const annotations: Record<string, string> = manifest ? JSON.parse(manifest.body).annotations ?? {} : {};
  return annotations[CLUSTER.imageKeyAnnotation] === key;
}

/** Puts the index of all platforms under the image's tag, from their manifests in the registry; returns its digest. */
export async function joinPlatforms(
  registry: RegistryPort,
  { image, key }: BuildSpec,
  digests: ReadonlyMap<Platform, string>,
): Promise<string> {
  const parts = [...digests].map(async ([platform, digest]) => {
    return { platform, digest, manifest: await requireManifest(registry, image.repository, digest) };
  });
  const index = imageIndex(await Promise.all(parts), key), tag = sourceTag(key);
  if ((await registry.find(image.repository, tag))?.digest !== index.digest) {
    await registry.putManifest(image.repository, tag, index);
  }
  return index.digest;
}

/** Puts the user's tags on the digest. A tag that already points there costs no write. Returns the tags that moved. */
export async function putTags(
  registry: RegistryPort,
  repository: string,
  digest: string,
  tags: readonly ImageTag[],
): Promise<string[]> {
  const put: string[] = [];
  for (const { name } of tags) {
    if ((await registry.find(repository, name))?.digest === digest) continue;
    await registry.putManifest(repository, name, await requireManifest(registry, repository, digest));
    put.push(name);
  }
  return put;
}

async function requireManifest(registry: RegistryPort, repository: string, digest: string): Promise<Manifest> {
  const manifest = await registry.manifest(repository, digest);
  if (manifest) return manifest;
  throw new Error(`Cannot tag ${repository}@${digest}: the registry does not have it`);
}

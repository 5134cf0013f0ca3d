/** What the registry knows about a build: found by its short tag, believed by its full key. */
import { sourceTag } from "../core/names.ts";
import { CLUSTER } from "../core/pins.ts";
import type { RegistryPort } from "../core/ports.ts";
import type { BuildSpec, ImageTag } from "../plan/types.ts";

/** The digest under this build's key, `null` when the registry has none. */
export async function findBuilt(registry: RegistryPort, build: BuildSpec): Promise<string | null> {
  const tag = sourceTag(build.key);
  const found = await registry.find(build.image.repository, tag);
  if (!found) return null;
  const manifest = await registry.manifest(build.image.repository, found.digest);
  const annotations: Record<string, string> = manifest ? JSON.parse(manifest.body).annotations ?? {} : {};
  return annotations[CLUSTER.imageKeyAnnotation] === build.key ? found.digest : null;
}

/** Puts the user's tags on the digest; a tag that is there already costs no write. Gives the tags that were put. */
export async function putTags(
  registry: RegistryPort,
  repository: string,
  digest: string,
  tags: readonly ImageTag[],
): Promise<string[]> {
  const put: string[] = [];
  for (const { name } of tags) {
    if ((await registry.find(repository, name))?.digest === digest) continue;
    const manifest = await registry.manifest(repository, digest);
    if (!manifest) throw new Error(`Cannot tag ${repository}@${digest}: the registry does not have it`);
    await registry.putManifest(repository, name, manifest);
    put.push(name);
  }
  return put;
}
